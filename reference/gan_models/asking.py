"""How the functions that take networks are asked: the networks hold the weights that are among the inputs."""

import torch
from torch import nn


class Perceptron(nn.Module):
    """Rows (images are flattened) through a hidden layer with tanh; its weights are copies of those given."""

    def __init__(self, *given):
        super().__init__()
        self.given = given
        self.weight, self.bias, self.out = (nn.Parameter(weight.detach().clone()) for weight in given)

    def forward(self, rows):
        return torch.tanh(rows.flatten(1) @ self.weight.T + self.bias) @ self.out.T


def penalty(found, given):
    """A gradient penalty of a critic, for images and one interpolation weight per image."""
    critic = Perceptron(given["weight"], given["bias"], given["out"])
    return _passed_on(found(critic, given["x_real"], given["x_fake"], given["u"]), critic)


def discriminator_loss(found, given):
    """What the discriminator's step returns."""
    networks = _networks(given)
    return _passed_on(found(*networks, given["x"], given["z"]), *networks)


def generator_loss(found, given):
    """What the generator's step returns."""
    networks = _networks(given)
    return _passed_on(found(*networks, given["z"]), *networks)


def discriminator_traces(found, given):
    """What the discriminator's step leaves changed in the networks."""
    return _traces(given, lambda *networks: found(*networks, given["x"], given["z"]))


def generator_traces(found, given):
    """What the generator's step leaves changed in the networks."""
    return _traces(given, lambda *networks: found(*networks, given["z"]))


def up_to_a_constant(found, given):
    """A function T on a table, less its plain mean."""
    t = found(given["p"], given["q"])
    return t - t.mean()


def _networks(given):
    discriminator = Perceptron(given["d_weight"], given["d_bias"], given["d_out"])
    return discriminator, Perceptron(given["g_weight"], given["g_bias"], given["g_out"])


def _passed_on(loss, *networks):
    """The loss, with the slopes of the networks' weights passed on to those inputs that want a gradient."""
    pairs = [pair for network in networks for pair in zip(network.parameters(), network.given, strict=True)]
    wanted = [(weight, given) for weight, given in pairs if weight.requires_grad and given.requires_grad]
    if not wanted or not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        return loss
    slopes = torch.autograd.grad(loss.sum(), [weight for weight, _ in wanted], allow_unused=True)
    reached = [(g, slope) for (_, g), slope in zip(wanted, slopes, strict=True) if slope is not None]
    return loss.detach() + sum((slope * (g - g.detach())).sum() for g, slope in reached)


def _traces(given, step):
    """What a step leaves changed in each of the two networks, which begin in train mode and with nothing frozen."""
    named = dict(zip(("discriminator", "generator"), _networks(given), strict=True))
    before = {name: [p.detach().clone() for p in network.parameters()] for name, network in named.items()}
    step(*named.values())
    traces = {}
    for name, network in named.items():
        weights = list(network.parameters())
        moved = any(not torch.equal(p, old) for p, old in zip(weights, before[name], strict=True))
        traces[f"{name} left in eval mode"] = torch.tensor(not network.training)
        traces[f"{name} weights changed"] = torch.tensor(moved)
        traces[f"{name} weights frozen"] = torch.tensor(not all(p.requires_grad for p in weights))
    return traces
