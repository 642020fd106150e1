import torch
from torch import nn
from torch.nn import functional as F

# The networks of the lecture return logits, so I apply the sigmoid first and then the loss.


def reparameterize(mu, logvar):
    std = (logvar * 0.5).exp()
    return mu + std * torch.randn(*mu.shape)


def log_likelihood_bernoulli(p, x):
    loss = nn.BCELoss(reduction="none")
    return -loss(p, x).sum(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    loss = nn.BCEWithLogitsLoss(reduction="none")
    prob = torch.sigmoid(logits)
    return -loss(prob, x).sum(dim=1)


def kl_standard_normal(mu, logvar):
    var = logvar.exp()
    return (0.5 * (var + mu * mu - 1.0 - logvar)).sum(dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    diff = mu_p - mu_q
    return (0.5 * (torch.log(var_p / var_q) + var_q / var_p + diff * diff / var_p - 1.0)).sum(dim=1)


def loss_function(recon_x, x, mu, logvar):
    loss = nn.BCELoss(reduction="sum")
    batch_size = x.size(0)
    return (loss(recon_x, x) + kl_standard_normal(mu, logvar).sum()) / batch_size


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        mask = torch.ones(out_channels, in_channels, *self.kernel_size)
        ch, cw = self.kernel_size[0] // 2, self.kernel_size[1] // 2
        mask[:, :, ch + 1:, :] = 0
        mask[:, :, ch, cw + 1:] = 0
        if mask_type == "A":
            mask[:, :, ch, cw] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    D_real = torch.sigmoid(logits_real)
    D_fake = torch.sigmoid(logits_fake)
    loss = nn.BCEWithLogitsLoss()
    return loss(D_real, torch.ones_like(D_real)) + loss(D_fake, torch.zeros_like(D_fake))


def generator_loss(logits_fake):
    D_fake = torch.sigmoid(logits_fake)
    loss = nn.BCEWithLogitsLoss()
    return loss(D_fake, torch.ones_like(D_fake))


def generator_loss_minimax(logits_fake):
    D_fake = torch.sigmoid(logits_fake)
    loss = nn.BCEWithLogitsLoss()
    return -loss(D_fake, torch.zeros_like(D_fake))
