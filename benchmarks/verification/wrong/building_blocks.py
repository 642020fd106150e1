"""Wrong answers to "Building blocks", as students write them: `<function>__<note that it must get>`."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence


def _kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def _pixels(p, x):
    return F.binary_cross_entropy(p, x, reduction="none")


def _mask(kind, rows, columns):
    mask = torch.zeros(rows, columns)
    mask[: rows // 2] = 1
    mask[rows // 2, : columns // 2 + (kind == "B")] = 1
    return mask


_EPS = {}


# --- reparameterisation ---------------------------------------------------------------------------------------------


def reparameterize__std_from_logvar(mu, logvar):
    sigma = torch.exp(logvar)
    return mu + sigma * torch.randn_like(sigma)


def reparameterize__std_from_logvar__2(mu, logvar):
    # two mistakes that do not undo each other: the root is taken of the square
    variance = logvar.exp() ** 2
    return Normal(mu, variance.sqrt()).rsample()


def reparameterize__wrong_scale(mu, logvar):
    return torch.randn_like(mu) * logvar + mu


def reparameterize__wrong_scale__2(mu, logvar):
    std = torch.exp(-0.5 * logvar)
    return mu + std * torch.randn_like(std)


def reparameterize__wrong_scale__3(mu, logvar):
    return mu + torch.randn_like(logvar)


def reparameterize__not_normal(mu, logvar):
    eps = torch.rand_like(mu)
    return mu + eps * torch.exp(logvar / 2)


def reparameterize__not_normal__2(mu, logvar):
    eps = 2 * torch.rand(mu.shape) - 1
    return eps.mul(torch.exp(logvar * 0.5)).add(mu)


def reparameterize__noise_shared_batch(mu, logvar):
    eps = torch.randn(1, mu.size(1))
    return mu + eps * torch.exp(0.5 * logvar)


def reparameterize__noise_shared_dimensions(mu, logvar):
    eps = torch.randn(mu.size(0)).unsqueeze(1)
    return mu + eps * torch.exp(0.5 * logvar)


def reparameterize__noise_shared_all(mu, logvar):
    eps = np.random.randn()
    return mu + eps * torch.exp(0.5 * logvar)


def reparameterize__reseeds(mu, logvar):
    torch.manual_seed(0)
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def reparameterize__noise_fixed(mu, logvar):
    if mu.shape not in _EPS:
        _EPS[mu.shape] = torch.randn(mu.shape)
    return mu + torch.exp(0.5 * logvar) * _EPS[mu.shape]


def reparameterize__ignores_seed(mu, logvar):
    g = torch.Generator()
    g.seed()
    return mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=g)


def reparameterize__detached(mu, logvar):
    std = logvar.mul(0.5).exp()
    return torch.normal(mu.detach(), std.detach())


def reparameterize__detached__2(mu, logvar):
    with torch.no_grad():
        noise = torch.randn_like(mu) * torch.exp(0.5 * logvar)
    return mu + noise


def reparameterize__no_noise(mu, logvar):
    return mu


def reparameterize__no_noise__2(mu, logvar):
    return mu + torch.exp(0.5 * logvar)


def reparameterize__wrong_mean(mu, logvar):
    return torch.exp(0.5 * logvar) * torch.randn_like(mu)


# --- Bernoulli likelihoods ------------------------------------------------------------------------------------------


def log_likelihood_bernoulli__sign(p, x):
    return _pixels(p, x).sum(1)


def log_likelihood_bernoulli__mean_for_sum(p, x):
    return -_pixels(p, x).mean(1)


def log_likelihood_bernoulli__mean_over_all(p, x):
    return -F.binary_cross_entropy(p, x)


def log_likelihood_bernoulli__summed_over_batch(p, x):
    return Bernoulli(probs=p).log_prob(x).sum()


def log_likelihood_bernoulli__not_reduced(p, x):
    return Bernoulli(probs=p).log_prob(x)


def log_likelihood_bernoulli__zeros_left_out(p, x):
    return torch.einsum("bd,bd->b", x, p.log())


def log_likelihood_bernoulli__exchanged(p, x):
    return -F.binary_cross_entropy(x, p, reduction="none").sum(1)


def log_likelihood_bernoulli__logits_for_probabilities(p, x):
    return Bernoulli(logits=p).log_prob(x).sum(1)


def log_likelihood_bernoulli__extra_dimension(p, x):
    return -_pixels(p, x).sum(1, keepdim=True)


def log_likelihood_bernoulli_logits__sigmoid_twice(logits, x):
    p = torch.sigmoid(logits)
    return -F.binary_cross_entropy_with_logits(p, x, reduction="none").sum(1)


def log_likelihood_bernoulli_logits__not_finite(logits, x):
    p = torch.sigmoid(logits)
    return torch.sum(x * torch.log(p) + (1 - x) * torch.log(1 - p), dim=1)


def log_likelihood_bernoulli_logits__cut_at_100(logits, x):
    return -_pixels(torch.sigmoid(logits), x).sum(1)


def log_likelihood_bernoulli_logits__sign(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


def log_likelihood_bernoulli_logits__mean_for_sum(logits, x):
    return Bernoulli(logits=logits).log_prob(x).mean(dim=1)


# --- divergences ----------------------------------------------------------------------------------------------------


def kl_standard_normal__sign(mu, logvar):
    return 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=-1)


def kl_standard_normal__forgot_half(mu, logvar):
    return torch.sum(mu**2 + logvar.exp() - logvar - 1, dim=-1)


def kl_standard_normal__log_std(mu, logvar):
    standard = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return kl_divergence(Normal(mu, logvar.exp()), standard).sum(1)


def kl_standard_normal__variance_squared(mu, logvar):
    sigma = logvar.exp()
    return -0.5 * (1 + logvar - mu**2 - sigma**2).sum(1)


def kl_standard_normal__mean_for_sum(mu, logvar):
    return -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp(), dim=1)


def kl_standard_normal__summed_over_batch(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def kl_standard_normal__forgot_one(mu, logvar):
    return 0.5 * (mu @ mu.T).diagonal() + 0.5 * logvar.exp().sum(1) - 0.5 * logvar.sum(1)


def kl_standard_normal__exchanged_arguments(mu, logvar):
    return _kl(logvar, mu)


def kl_standard_normal__no_gradient(mu, logvar):
    m, v = mu.detach().numpy(), logvar.detach().numpy()
    return torch.tensor(0.5 * (m**2 + np.exp(v) - v - 1).sum(axis=1))


def kl_standard_normal__mu_not_squared(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu - torch.exp(logvar), 1)


def kl_gaussian_gaussian__exchanged(mu_q, logvar_q, mu_p, logvar_p):
    q, p = Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))
    return kl_divergence(p, q).sum(1)


def kl_gaussian_gaussian__log_std(mu_q, logvar_q, mu_p, logvar_p):
    return kl_divergence(Normal(mu_q, logvar_q.exp()), Normal(mu_p, logvar_p.exp())).sum(1)


def kl_gaussian_gaussian__log_ratio_inverted(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_q.exp() / logvar_p.exp()
    t = (mu_q - mu_p) ** 2 / logvar_p.exp()
    return 0.5 * (ratio + t - 1 + torch.log(ratio)).sum(1)


def kl_gaussian_gaussian__distance_over_q(mu_q, logvar_q, mu_p, logvar_p):
    kl = logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + (mu_p - mu_q) ** 2 / torch.exp(logvar_q) - 1
    return kl.sum(1) / 2


def kl_gaussian_gaussian__distance_not_scaled(mu_q, logvar_q, mu_p, logvar_p):
    kl = logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + (mu_p - mu_q) ** 2 - 1
    return kl.sum(1) / 2


def kl_gaussian_gaussian__forgot_half(mu_q, logvar_q, mu_p, logvar_p):
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    return (torch.log(var_p / var_q) + (var_q + (mu_q - mu_p) ** 2) / var_p - 1).sum(1)


def kl_gaussian_gaussian__forgot_one(mu_q, logvar_q, mu_p, logvar_p):
    s_q, s_p = (logvar_q / 2).exp(), (logvar_p / 2).exp()
    return (torch.log(s_p / s_q) + (s_q**2 + (mu_q - mu_p) ** 2) / (2 * s_p**2)).sum(1)


def kl_gaussian_gaussian__mean_for_sum(mu_q, logvar_q, mu_p, logvar_p):
    return kl_divergence(Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))).mean(-1)


# --- negative ELBO --------------------------------------------------------------------------------------------------


def loss_function__sum_over_batch(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def loss_function__mean_reconstruction(recon_x, x, mu, logvar):
    return F.binary_cross_entropy(recon_x, x) + _kl(mu, logvar).mean()


def loss_function__mean_reconstruction_sum_kl(recon_x, x, mu, logvar):
    BCE = nn.BCELoss()(recon_x, x)
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def loss_function__kl_sign(recon_x, x, mu, logvar):
    KLD = 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), 1)
    return (_pixels(recon_x, x).sum(1) + KLD).mean()


def loss_function__sign(recon_x, x, mu, logvar):
    log_px = Bernoulli(probs=recon_x).log_prob(x).sum(1)
    return torch.mean(log_px - _kl(mu, logvar))


def loss_function__squared_error(recon_x, x, mu, logvar):
    mse = F.mse_loss(recon_x, x, reduction="sum") / x.size(0)
    return mse + _kl(mu, logvar).mean()


def loss_function__log_std(recon_x, x, mu, logvar):
    kl = 0.5 * (logvar.exp() ** 2 + mu**2 - 1 - 2 * logvar).sum(1)
    return (_pixels(recon_x, x).sum(1) + kl).mean()


def loss_function__without_kl(recon_x, x, mu, logvar):
    return _pixels(recon_x, x).sum(1).mean()


def loss_function__mean_kl(recon_x, x, mu, logvar):
    kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return _pixels(recon_x, x).sum(1).mean() + kl


def loss_function__mean_for_sum(recon_x, x, mu, logvar):
    kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return F.binary_cross_entropy(recon_x, x) + kl


def loss_function__sum_against_mean(recon_x, x, mu, logvar):
    return F.binary_cross_entropy(recon_x, x, reduction="sum") + torch.mean(_kl(mu, logvar))


def loss_function__forgot_half(recon_x, x, mu, logvar):
    KLD = -torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (F.binary_cross_entropy(recon_x, x, reduction="sum") + KLD) / len(x)


def loss_function__no_gradient(recon_x, x, mu, logvar):
    return F.binary_cross_entropy(recon_x, x, reduction="sum") / len(x) + float(_kl(mu, logvar).mean())


# --- masked convolution ---------------------------------------------------------------------------------------------


class MaskedConv2d__mask_b_for_a(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _mask("B", *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__mask_a_for_b(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _mask("A", *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__mask_off_by_one(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kh, kw = self.kernel_size
        mask = torch.ones(kh, kw)
        mask[kh // 2, kw // 2 + (mask_type == "B") :] = 0
        mask[kh // 2 + 2 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__mask_off_by_one__2(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kh, kw = self.kernel_size
        mask = torch.zeros(kh, kw)
        mask[: kh // 2] = 1
        mask[kh // 2, : kw // 2 + 1 + (mask_type == "B")] = 1
        self.register_buffer("mask", mask)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__no_mask(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _mask(mask_type, *self.kernel_size))
        self.weight.data * self.mask


class MaskedConv2d__mask_lost_after_step(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.weight.data *= _mask(mask_type, *self.kernel_size)


class MaskedConv2d__mask_trainable(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mask = nn.Parameter(_mask(mask_type, *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__lost_above_right(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kh, kw = self.kernel_size
        mask = torch.ones(kh, kw)
        mask[:, kw // 2 + 1 :] = 0
        mask[kh // 2 + 1 :, :] = 0
        if mask_type == "A":
            mask[kh // 2, kw // 2] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__wrong_shape(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, **kwargs)
        self.register_buffer("mask", _mask(mask_type, kernel_size, kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias)


# --- GAN losses -----------------------------------------------------------------------------------------------------


def discriminator_loss__labels_exchanged(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss()
    return bce(logits_real, torch.zeros_like(logits_real)) + bce(logits_fake, torch.ones_like(logits_fake))


def discriminator_loss__all_real(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss()
    ones = torch.ones_like(logits_real)
    return bce(logits_real, ones) + bce(logits_fake, ones)


def discriminator_loss__sigmoid_twice(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss()
    real, fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


def discriminator_loss__sign(logits_real, logits_fake):
    return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()


def discriminator_loss__real_only(logits_real, logits_fake):
    return F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))


def discriminator_loss__sum_over_batch(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss(reduction="sum")
    return bce(logits_real, torch.ones_like(logits_real)) + bce(logits_fake, torch.zeros_like(logits_fake))


def discriminator_loss__not_finite(logits_real, logits_fake):
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -torch.mean(torch.log(d_real)) - torch.mean(torch.log(1 - d_fake))


def discriminator_loss__cut_at_100(logits_real, logits_fake):
    bce = nn.BCELoss()
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake))


def discriminator_loss__cut_at_100__2(logits_real, logits_fake):
    # halved, which is accepted, and cut, which is not
    bce = nn.BCELoss()
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return (bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake))) / 2


def generator_loss__saturating(logits_fake):
    return torch.log(1 - torch.sigmoid(logits_fake)).mean()


def generator_loss__labels_exchanged(logits_fake):
    return F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))


def generator_loss__sign(logits_fake):
    return torch.mean(torch.log(torch.sigmoid(logits_fake)))


def generator_loss__no_gradient(logits_fake):
    return F.softplus(-logits_fake.detach()).mean()


def generator_loss__sum_over_batch(logits_fake):
    return -torch.sum(F.logsigmoid(logits_fake))


def generator_loss__forgot_log(logits_fake):
    return -1 * torch.sigmoid(logits_fake).mean()


def generator_loss_minimax__non_saturating(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.ones_like(logits_fake))


def generator_loss_minimax__sign(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.zeros_like(logits_fake))


def generator_loss_minimax__log_d(logits_fake):
    return torch.log(torch.sigmoid(logits_fake)).mean()


def generator_loss_minimax__not_reduced(logits_fake):
    return torch.log(1 - torch.sigmoid(logits_fake)).squeeze(1)
