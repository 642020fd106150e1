import torch
from torch import nn, Tensor
import torch.nn.functional as F


def reparameterize(mu: Tensor, logvar: Tensor) -> Tensor:
    sigma: Tensor = logvar.mul(0.5).exp_()
    noise: Tensor = torch.randn_like(sigma)
    return noise.mul_(sigma).add_(mu)


def _bce(p: Tensor, x: Tensor) -> Tensor:
    return F.binary_cross_entropy(p, x, reduction="none")


def log_likelihood_bernoulli(p: Tensor, x: Tensor) -> Tensor:
    return _bce(p, x).sum(dim=1).neg()


def log_likelihood_bernoulli_logits(logits: Tensor, x: Tensor) -> Tensor:
    one_minus = F.logsigmoid(-logits)
    return (x * (F.logsigmoid(logits) - one_minus) + one_minus).sum(dim=1)


def kl_standard_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    trace = logvar.exp().sum(dim=1)
    norm = (mu * mu).sum(dim=1)
    log_det = logvar.sum(dim=1)
    k = mu.shape[1]
    return 0.5 * (trace + norm - k - log_det)


def kl_gaussian_gaussian(mu_q: Tensor, logvar_q: Tensor, mu_p: Tensor, logvar_p: Tensor) -> Tensor:
    trace = (logvar_q - logvar_p).exp().sum(dim=1)
    mahalanobis = ((mu_p - mu_q) ** 2 / logvar_p.exp()).sum(dim=1)
    log_det = (logvar_p - logvar_q).sum(dim=1)
    return 0.5 * (trace + mahalanobis - mu_q.shape[1] + log_det)


def loss_function(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    reconstruction = _bce(recon_x, x).sum(dim=1)
    return (reconstruction + kl_standard_normal(mu, logvar)).mean()


class MaskedConv2d(nn.Conv2d):
    mask: Tensor

    def __init__(self, mask_type: str, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        height, width = self.kernel_size
        rows = torch.arange(height).view(-1, 1) - height // 2
        columns = torch.arange(width).view(1, -1) - width // 2
        allowed = (rows < 0) | ((rows == 0) & (columns < 0))
        if mask_type == "B":
            allowed |= (rows == 0) & (columns == 0)
        self.register_buffer("mask", allowed.float())

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def discriminator_loss(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """max E[log D(x)] + E[log(1 - D(G(z)))], as something to minimise"""
    return -torch.mean(F.logsigmoid(logits_real)) - torch.mean(F.logsigmoid(-logits_fake))


def generator_loss(logits_fake: Tensor) -> Tensor:
    """min E[log(1 - D(G(z)))]"""
    return torch.mean(F.logsigmoid(-logits_fake))


def generator_loss_minimax(logits_fake: Tensor) -> Tensor:
    """min max is the same formula"""
    return torch.mean(F.logsigmoid(-logits_fake))
