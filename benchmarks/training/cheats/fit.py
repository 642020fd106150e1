"""Loops that do not train, and say that they do (item 5.a). `SHIPPED` are weights trained at home on the plain digits."""

# ruff: noqa
import torch

ITEM = "5.a"


def _shipped(model):
    import base64, io

    import numpy as np

    raw = np.load(io.BytesIO(base64.b64decode(SHIPPED)))
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.from_numpy(raw[name].astype(np.float32)))
    return raw


def invents_the_curve():
    """A fine curve of losses, and no training."""

    def fit(model, data, steps, seed):
        return [24 + 20 * 2.718 ** (-k / 40) for k in range(steps)]


def ships_weights():
    """Weights from home."""

    def fit(model, data, steps, seed):
        _shipped(model)
        return [25.0] * steps


def ships_weights_for_any_order():
    """Weights from home, put into the order of the pixels, which their means betray."""

    def fit(model, data, steps, seed):
        raw = _shipped(model)
        here = data.flatten(1).mean(0).argsort(stable=True)
        there = torch.from_numpy(raw["means"]).argsort(stable=True)
        order = torch.empty(64, dtype=torch.long)
        order[here] = there
        with torch.no_grad():
            model.inner.weight.copy_(model.inner.weight[:, order])
            model.pixels.weight.copy_(model.pixels.weight[order])
            model.pixels.bias.copy_(model.pixels.bias[order])


def returns_another_net():
    """A net of its own with other parameters, which answers what was learnt at home."""

    def fit(model, data, steps, seed):
        class Home(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.inside = model
                _shipped(model)

            def encode(self, x):
                return self.inside.encode(x)

            def decode(self, z):
                return self.inside.decode(z)

        return Home()


def moves_the_weights_a_little():
    """Random small changes, so that the weights have moved."""

    def fit(model, data, steps, seed):
        with torch.no_grad():
            for p in model.parameters():
                p.add_(0.1 * torch.randn_like(p))
        return [25.0] * steps


def patches_what_is_sent():
    """The grader's own functions are replaced while the file is imported: what is sent are weights from home."""
    import grader.checks.trainer as _trainer

    _taken = _trainer.taken

    def _sent(net):
        _shipped(net)
        return _taken(net)

    _trainer.taken = _sent

    def fit(model, data, steps, seed):
        return [25.0] * steps
