"""The commonest wrong answers to `vae.py`, each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would, or the network that he would build; the docstring's first paragraph is the sentence that he reads.
"""

import torch
from torch import nn

HIDDEN = 400


def loss_function__kl_sign(x_hat, x, mu, logvar):
    """your loss subtracts the KL from the reconstruction error; the negative ELBO adds it"""
    return (_cross_entropy(x_hat, x).sum() - _kl(mu, logvar).sum()) / len(x)


def loss_function__sign(x_hat, x, mu, logvar):
    """your loss is the ELBO, which is maximised; the loss to minimise is its negative"""
    return -(_cross_entropy(x_hat, x).sum() + _kl(mu, logvar).sum()) / len(x)


def loss_function__mean_reconstruction(x_hat, x, mu, logvar):
    """your reconstruction error is averaged over the pixels (the default of F.binary_cross_entropy); sum them"""
    return _cross_entropy(x_hat, x).mean() + _kl(mu, logvar).sum() / len(x)


def loss_function__mean_kl(x_hat, x, mu, logvar):
    """your KL is averaged over the latent dimensions while the pixels are summed; both must be summed"""
    return _cross_entropy(x_hat, x).sum() / len(x) + _kl(mu, logvar).mean()


def loss_function__mean_for_sum(x_hat, x, mu, logvar):
    """your loss averages over the pixels and over the latent dimensions; both must be summed"""
    return _cross_entropy(x_hat, x).mean() + _kl(mu, logvar).mean()


def loss_function__sum_over_batch(x_hat, x, mu, logvar):
    """your loss is the sum over the images; it is to be divided by their number"""
    return _cross_entropy(x_hat, x).sum() + _kl(mu, logvar).sum()


def loss_function__reconstruction_not_divided(x_hat, x, mu, logvar):
    """your loss divides only the KL by the number of images; the reconstruction error must be divided as well"""
    return _cross_entropy(x_hat, x).sum() + _kl(mu, logvar).sum() / len(x)


def loss_function__kl_not_divided(x_hat, x, mu, logvar):
    """your loss divides only the reconstruction error by the number of images; the KL must be divided as well"""
    return _cross_entropy(x_hat, x).sum() / len(x) + _kl(mu, logvar).sum()


def loss_function__forgot_half(x_hat, x, mu, logvar):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return (_cross_entropy(x_hat, x).sum() + 2 * _kl(mu, logvar).sum()) / len(x)


def loss_function__log_std(x_hat, x, mu, logvar):
    """the KL in your loss reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return (_cross_entropy(x_hat, x).sum() + _kl(mu, 2 * logvar).sum()) / len(x)


def loss_function__without_kl(x_hat, x, mu, logvar):  # noqa: ARG001
    """your loss is the reconstruction error alone: the KL is missing"""
    return _cross_entropy(x_hat, x).sum() / len(x)


def loss_function__squared_error(x_hat, x, mu, logvar):
    """your reconstruction error is the squared error; the binary cross-entropy is asked for"""
    return ((x_hat - x).square().sum() + _kl(mu, logvar).sum()) / len(x)


def loss_function__exchanged(x_hat, x, mu, logvar):
    """your loss exchanges x_hat and x: it takes the logarithm of the image instead of the reconstruction"""
    return (_cross_entropy(x, x_hat).sum() + _kl(mu, logvar).sum()) / len(x)


def loss_function__logits_for_probabilities(x_hat, x, mu, logvar):
    """your loss applies a sigmoid to x_hat, which holds probabilities already"""
    return (_cross_entropy(torch.sigmoid(x_hat), x).sum() + _kl(mu, logvar).sum()) / len(x)


def VAE__heads_exchanged(input_size, latent_size=15):  # noqa: N802
    """your network exchanges mu_layer and logvar_layer"""
    return _Net(input_size, latent_size, exchanged=True)


def VAE__no_activation(input_size, latent_size=15):  # noqa: N802
    """your network has no activations between its linear layers, which makes one linear layer of them all"""
    return _Net(input_size, latent_size, activation=nn.Identity)


def VAE__no_last_activation(input_size, latent_size=15):  # noqa: N802
    """your encoder lacks the ReLU after its last layer"""
    return _Net(input_size, latent_size, last=False)


def VAE__positive_heads(input_size, latent_size=15):  # noqa: N802
    """your mu and logvar pass through a ReLU; both may be negative, so they come from linear layers alone"""
    return _Net(input_size, latent_size, head=torch.relu)


def VAE__no_sigmoid(input_size, latent_size=15):  # noqa: N802
    """your decoder ends without a sigmoid; its outputs must be probabilities"""
    return _Net(input_size, latent_size, end=nn.Identity)


def VAE__tanh(input_size, latent_size=15):  # noqa: N802
    """your decoder ends with tanh; its outputs must be probabilities, from a sigmoid"""
    return _Net(input_size, latent_size, end=nn.Tanh)


def VAE__decodes_the_mean(input_size, latent_size=15):  # noqa: N802
    """your network decodes mu; z must be drawn, with reparametrize(mu, logvar)"""
    return _Net(input_size, latent_size, sample=False)


def VAE__decodes_the_noise(input_size, latent_size=15):  # noqa: N802
    """your network draws z with a standard deviation that does not follow logvar"""
    return _Net(input_size, latent_size, spread=0.0)


def CVAE__heads_exchanged(input_size, num_classes=10, latent_size=15):  # noqa: N802
    """your network exchanges mu_layer and logvar_layer"""
    return _Net(input_size, latent_size, num_classes, exchanged=True)


def CVAE__no_activation(input_size, num_classes=10, latent_size=15):  # noqa: N802
    """your network has no activations between its linear layers, which makes one linear layer of them all"""
    return _Net(input_size, latent_size, num_classes, activation=nn.Identity)


def CVAE__no_sigmoid(input_size, num_classes=10, latent_size=15):  # noqa: N802
    """your decoder ends without a sigmoid; its outputs must be probabilities"""
    return _Net(input_size, latent_size, num_classes, end=nn.Identity)


def CVAE__decodes_the_mean(input_size, num_classes=10, latent_size=15):  # noqa: N802
    """your network decodes mu; z must be drawn, with reparametrize(mu, logvar)"""
    return _Net(input_size, latent_size, num_classes, sample=False)


def _cross_entropy(x_hat, x):
    return -(x * torch.log(x_hat) + (1 - x) * torch.log1p(-x_hat))


def _kl(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


class _Net(nn.Module):
    """Both networks (with classes the second), with one mistake chosen by a keyword."""

    def __init__(self, size, latent, classes=0, *, activation=nn.ReLU, last=True, end=nn.Sigmoid, **mistake):
        super().__init__()
        encoder, decoder = ([*_layers(n + classes, activation)] for n in (size, latent))
        self.encoder = nn.Sequential(*encoder[: None if last else -1])
        self.mu_layer = nn.Linear(HIDDEN, latent)
        self.logvar_layer = nn.Linear(HIDDEN, latent)
        self.decoder = nn.Sequential(*decoder, nn.Linear(HIDDEN, size), end(), nn.Unflatten(1, (1, 28, 28)))
        self.mistake = mistake

    def forward(self, x, c=None):
        told = self.mistake
        hidden = self.encoder(_beside(x.flatten(1), c))
        heads = [layer(hidden) for layer in (self.mu_layer, self.logvar_layer)]
        mu, logvar = heads[::-1] if "exchanged" in told else heads
        mu, logvar = (told["head"](mu), told["head"](logvar)) if "head" in told else (mu, logvar)
        std = torch.exp(0.5 * told.get("spread", 1.0) * logvar)
        z = mu + std * torch.randn_like(mu) if told.get("sample", True) else mu
        return self.decoder(_beside(z, c)), mu, logvar


def _layers(size, activation):
    for a, b in ((size, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, HIDDEN)):
        yield from (nn.Linear(a, b), activation())


def _beside(rows, c):
    return rows if c is None else torch.cat([rows, c], dim=1)
