"""Wrong answers to the code parts of "VAE and GAN", as students write them: `<name>__<note that it must get>`."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, MultivariateNormal, Normal


def _log_q(z, mu, var):
    return (-0.5 * torch.log(2 * torch.pi * var) - (z - mu) ** 2 / (2 * var)).sum(dim=-1)


def _log_x(x, p):
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=-1)


# ---- 2.b, densities


def logpdf_diagonal_gaussian__std_for_variance(z, mu, sigma_square):
    return Normal(mu, sigma_square).log_prob(z).sum(dim=1)


def logpdf_diagonal_gaussian__log_variance(z, mu, sigma_square):
    std = torch.exp(0.5 * sigma_square)
    return torch.sum(-torch.log(std) - 0.5 * np.log(2 * np.pi) - 0.5 * ((z - mu) / std) ** 2, dim=1)


def logpdf_diagonal_gaussian__constant_once(z, mu, sigma_square):
    exponent = torch.sum((z - mu) ** 2 / sigma_square, dim=1)
    log_det = torch.log(torch.prod(sigma_square, dim=1))
    return -0.5 * exponent - 0.5 * log_det - 0.5 * math.log(2 * math.pi)


def logpdf_diagonal_gaussian__constant_of_two_dimensions(z, mu, sigma_square):
    k = 2
    return -0.5 * (k * math.log(2 * math.pi) + torch.sum(torch.log(sigma_square) + (z - mu) ** 2 / sigma_square, dim=1))


def logpdf_diagonal_gaussian__forgot_constant(z, mu, sigma_square):
    density = torch.exp(-((z - mu) ** 2) / (2 * sigma_square)) / torch.sqrt(sigma_square)
    return torch.log(density).sum(1)


def logpdf_diagonal_gaussian__forgot_half_of_log(z, mu, sigma_square):
    logprob = 0
    for d in range(z.shape[1]):
        s = sigma_square[:, d]
        logprob = logprob - torch.log(s) - 0.5 * math.log(2 * math.pi) - (z[:, d] - mu[:, d]) ** 2 / (2 * s)
    return logprob


def logpdf_diagonal_gaussian__forgot_half_in_exponent(z, mu, sigma_square):
    c = torch.log(1 / torch.sqrt(2 * torch.pi * sigma_square))
    return torch.sum(c - (z - mu) ** 2 / sigma_square, dim=1)


def logpdf_diagonal_gaussian__divided_by_std(z, mu, sigma_square):
    sigma = torch.sqrt(sigma_square)
    return (-0.5 * (z - mu) ** 2 / sigma - torch.log(sigma) - 0.5 * math.log(2 * math.pi)).sum(dim=1)


def logpdf_diagonal_gaussian__log_added(z, mu, sigma_square):
    quadratic = torch.einsum("bd,bd->b", (z - mu) ** 2, 1 / sigma_square)
    return -0.5 * quadratic + 0.5 * torch.log(sigma_square).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)


def logpdf_diagonal_gaussian__no_logarithm(z, mu, sigma_square):
    return torch.prod(torch.exp(-((z - mu) ** 2) / (2 * sigma_square)) / torch.sqrt(2 * math.pi * sigma_square), dim=1)


def logpdf_diagonal_gaussian__sign(z, mu, sigma_square):
    return F.gaussian_nll_loss(mu, z, sigma_square, full=True, reduction="none").sum(1)


def logpdf_diagonal_gaussian__mean_for_sum(z, mu, sigma_square):
    return Normal(mu, sigma_square.sqrt()).log_prob(z).mean(-1)


def logpdf_diagonal_gaussian__not_reduced(z, mu, sigma_square):
    return Normal(mu, sigma_square.sqrt()).log_prob(z)


def logpdf_diagonal_gaussian__extra_dimension(z, mu, sigma_square):
    return torch.sum(Normal(mu, sigma_square.sqrt()).log_prob(z), dim=1, keepdim=True)


def logpdf_diagonal_gaussian__summed_over_batch(z, mu, sigma_square):
    total = 0.0
    for k in range(len(z)):
        total = total + MultivariateNormal(mu[k], torch.diag(sigma_square[k])).log_prob(z[k])
    return total


def logpdf_diagonal_gaussian__changes_input(z, mu, sigma_square):
    z -= mu
    return -0.5 * (z**2 / sigma_square + torch.log(2 * torch.pi * sigma_square)).sum(1)


def logpdf_bernoulli__mean_for_sum(x, p):
    return -F.binary_cross_entropy(p, x, reduction="none").mean(dim=1)


def logpdf_bernoulli__mean_over_all(x, p):
    return -F.binary_cross_entropy(p, x)


def logpdf_bernoulli__sign(x, p):
    return F.binary_cross_entropy(p, x, reduction="none").sum(dim=1)


def logpdf_bernoulli__exchanged(x, p):
    return -F.binary_cross_entropy(x, p, reduction="none").sum(1)


def logpdf_bernoulli__zeros_left_out(x, p):
    logprob = torch.zeros(x.shape[0])
    for i in range(x.shape[0]):
        logprob[i] = torch.log(p[i][x[i] == 1]).sum()
    return logprob


def logpdf_bernoulli__sigmoid_of_p(x, p):
    return Bernoulli(logits=p).log_prob(x).sum(1)


def logpdf_bernoulli__outcomes_exchanged(x, p):
    return torch.where(x > 0.5, torch.log(1 - p), torch.log(p)).sum(1)


def logpdf_bernoulli__no_logarithm(x, p):
    return torch.prod(p**x * (1 - p) ** (1 - x), dim=1)


def logpdf_bernoulli__minus_between(x, p):
    return torch.sum(x * p.log() - (1.0 - x) * (1.0 - p).log(), 1)


def logpdf_bernoulli__summed_over_batch(x, p):
    return Bernoulli(probs=p).log_prob(x).sum()


def logpdf_bernoulli__not_reduced(x, p):
    return Bernoulli(probs=p).log_prob(x)


# ---- 2.b, draws


def sample_diagonal_gaussian__variance_for_std(mu, sigma_square):
    return mu + sigma_square * torch.randn_like(mu)


def sample_diagonal_gaussian__wrong_scale(mu, sigma_square):
    return mu + torch.exp(0.5 * sigma_square) * torch.randn_like(mu)


def sample_diagonal_gaussian__not_normal(mu, sigma_square):
    return mu + torch.sqrt(sigma_square) * torch.rand(mu.shape)


def sample_diagonal_gaussian__noise_shared_batch(mu, sigma_square):
    return mu + torch.sqrt(sigma_square) * torch.randn(mu.shape[1])


def sample_diagonal_gaussian__noise_shared_dimensions(mu, sigma_square):
    return mu + torch.sqrt(sigma_square) * torch.randn(mu.shape[0], 1)


def sample_diagonal_gaussian__noise_shared_all(mu, sigma_square):
    return mu + torch.sqrt(sigma_square) * np.random.randn()


def sample_diagonal_gaussian__reseeds(mu, sigma_square):
    torch.manual_seed(1234)
    return mu + torch.sqrt(sigma_square) * torch.randn(mu.size())


def sample_diagonal_gaussian__detached(mu, sigma_square):
    return torch.normal(mu, torch.sqrt(sigma_square))


def sample_diagonal_gaussian__detached__2(mu, sigma_square):
    with torch.no_grad():
        return Normal(mu, sigma_square.sqrt()).rsample()


def sample_diagonal_gaussian__no_noise(mu, sigma_square):
    return mu + torch.sqrt(sigma_square)


def sample_Bernoulli__no_noise(p):
    return torch.round(p)


def sample_Bernoulli__no_noise__2(p):
    return (p > 0.5).float()


def sample_Bernoulli__exchanged_outcomes(p):
    return (torch.rand(p.shape) > p).float()


def sample_Bernoulli__noise_shared_all(p):
    return (torch.rand(1) < p).float()


def sample_Bernoulli__noise_shared_batch(p):
    return (p > torch.rand(p.shape[1])).float()


def sample_Bernoulli__ignores_p(p):
    return torch.bernoulli(torch.full_like(p, 0.5))


def sample_Bernoulli__wrong_mean(p):
    return (torch.randn_like(p) < p).float()


def sample_Bernoulli__not_binary(p):
    return torch.rand_like(p) * p


# ---- 2.c


def elbo_loss__kl_added(sampled_z, mu, sigma_square, x, p):
    log_q = _log_q(sampled_z, mu, sigma_square)
    log_p_z = _log_q(sampled_z, torch.zeros(2), torch.ones(2))
    return torch.mean(_log_x(x, p) + (log_q - log_p_z))


def elbo_loss__q_added(sampled_z, mu, sigma_square, x, p):
    log_q = _log_q(sampled_z, mu, sigma_square)
    log_p_z = _log_q(sampled_z, torch.zeros(2), torch.ones(2))
    return torch.mean(_log_x(x, p) + log_p_z + log_q)


def elbo_loss__likelihood_subtracted(sampled_z, mu, sigma_square, x, p):
    kl = _log_q(sampled_z, mu, sigma_square) - Normal(0, 1).log_prob(sampled_z).sum(1)
    reconstruction = _log_x(x, p)
    return (reconstruction + kl).mean().neg()


def elbo_loss__without_prior(sampled_z, mu, sigma_square, x, p):
    return (_log_x(x, p) - _log_q(sampled_z, mu, sigma_square)).mean()


def elbo_loss__without_q(sampled_z, mu, sigma_square, x, p):
    return (_log_x(x, p) + Normal(0.0, 1.0).log_prob(sampled_z).sum(dim=1)).mean()


def elbo_loss__reconstruction_only(sampled_z, mu, sigma_square, x, p):
    return F.binary_cross_entropy(p, x, reduction="sum") / x.shape[0]


def elbo_loss__closed_form(sampled_z, mu, sigma_square, x, p):
    kl = -0.5 * torch.sum(1 + torch.log(sigma_square) - mu.pow(2) - sigma_square, dim=1)
    return torch.mean(_log_x(x, p) - kl)


def elbo_loss__closed_form__2(sampled_z, mu, sigma_square, x, p):
    kl = torch.distributions.kl_divergence(Normal(mu, sigma_square.sqrt()), Normal(torch.zeros(2), torch.ones(2)))
    return torch.mean(kl.sum(1) - _log_x(x, p))


def elbo_loss__std_for_variance(sampled_z, mu, sigma_square, x, p):
    q, prior = Normal(mu, sigma_square), Normal(0.0, 1.0)
    return (_log_x(x, p) + (prior.log_prob(sampled_z) - q.log_prob(sampled_z)).sum(1)).mean()


def elbo_loss__sum_for_mean(sampled_z, mu, sigma_square, x, p):
    log_p_z = Normal(0.0, 1.0).log_prob(sampled_z).sum(1)
    return torch.sum(_log_x(x, p) + log_p_z - _log_q(sampled_z, mu, sigma_square))


def elbo_loss__not_reduced(sampled_z, mu, sigma_square, x, p):
    log_p_z = Normal(0.0, 1.0).log_prob(sampled_z).sum(1)
    return _log_x(x, p) + log_p_z - _log_q(sampled_z, mu, sigma_square)


def elbo_loss__mean_over_pixels(sampled_z, mu, sigma_square, x, p):
    log_p_z = Normal(0.0, 1.0).log_prob(sampled_z).sum(1)
    return torch.mean(log_p_z - _log_q(sampled_z, mu, sigma_square)) - F.binary_cross_entropy(p, x)


def elbo_loss__prior_at_mu(sampled_z, mu, sigma_square, x, p):
    log_p_z = Normal(0.0, 1.0).log_prob(mu).sum(1)
    return torch.mean(_log_x(x, p) + log_p_z - _log_q(sampled_z, mu, sigma_square))


def elbo_loss__no_gradient(sampled_z, mu, sigma_square, x, p):
    log_p_z = Normal(0.0, 1.0).log_prob(sampled_z).sum(1)
    elbo = _log_x(x, p.detach()) + log_p_z - _log_q(sampled_z, mu, sigma_square)
    return elbo.mean()


# ---- 2.a


class Decoder__relu_for_tanh(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Decoder__relu_for_tanh, self).__init__()
        self.net = nn.Sequential(
            nn.Linear(latent_dimension, hidden_units), nn.ReLU(), nn.Linear(hidden_units, data_dimension), nn.Sigmoid()
        )

    def forward(self, z):
        return self.net(z)


class Decoder__missing_sigmoid(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        p = self.fc2(torch.tanh(self.fc1(z)))
        return p


class Decoder__missing_tanh(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.act = nn.Tanh()
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.fc2(self.fc1(z)))


class Decoder__wrong_parameter_shape(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units // 2)
        self.fc2 = nn.Linear(hidden_units // 2, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.fc2(torch.tanh(self.fc1(z))))


class Decoder__extra_parameter(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, hidden_units)
        self.fc3 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        h = torch.tanh(self.fc1(z))
        h = torch.tanh(self.fc2(h))
        return torch.sigmoid(self.fc3(h))


class Decoder__wrong_parameter_shape__2(nn.Module):
    """The sizes the wrong way round, as in the encoder."""

    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, z):
        return torch.sigmoid(self.fc2(torch.tanh(self.fc1(z))))


# ---- 4.a and 4.c


def _kaiming(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_uniform_(m.weight)
        nn.init.constant_(m.bias, 0)


class _D(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 2, kernel_size=3, padding=1)
        self.c2 = nn.Conv2d(2, 4, kernel_size=3, padding=1)
        self.c3 = nn.Conv2d(4, 8, kernel_size=3)
        self.fc = nn.Linear(8 * 5 * 5, 1)
        self._weight_init()

    def _weight_init(self):
        self.apply(_kaiming)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        x = F.relu(self.c3(x))
        return self.fc(x.view(x.size(0), -1))


class DNet__leaky_for_relu(_D):
    def forward(self, x):
        x = F.max_pool2d(F.leaky_relu(self.c1(x), 0.2), 2)
        x = F.max_pool2d(F.leaky_relu(self.c2(x), 0.2), 2)
        x = F.leaky_relu(self.c3(x), 0.2)
        return self.fc(torch.flatten(x, 1))


class DNet__missing_last_relu(_D):
    def forward(self, x):
        x = F.max_pool2d(self.c1(x).relu(), 2)
        x = F.max_pool2d(self.c2(x).relu(), 2)
        return self.fc(torch.flatten(self.c3(x), 1))


class DNet__sigmoid_at_end(_D):
    def forward(self, x):
        return torch.sigmoid(super(DNet__sigmoid_at_end, self).forward(x))


class DNet__average_pool(_D):
    def forward(self, x):
        pool = nn.AvgPool2d(2)
        x = pool(torch.relu(self.c1(x)))
        x = pool(torch.relu(self.c2(x)))
        return self.fc(torch.flatten(torch.relu(self.c3(x)), 1))


class DNet__wrong_parameter_shape(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 2, 3, 1, 1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2, 4, 3, 1, 1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3, 1, 1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(8 * 7 * 7, 1),
        )
        self.apply(_kaiming)

    def forward(self, x):
        return self.layers(x)


class DNet__extra_parameter(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1),
            nn.BatchNorm2d(2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(200, 1),
        )
        self.apply(_kaiming)

    def forward(self, x):
        return self.layers(x)


class DNet__definition_order(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(200, 1)
        self.conv3 = nn.Conv2d(4, 8, 3)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.apply(_kaiming)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.out(F.relu(self.conv3(x)).flatten(1))


class DNet__wrong_shape(_D):
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        x = F.relu(self.c3(x))
        return self.fc(x.view(-1, 200)).squeeze(1)


class DNet__initial_scale(_D):
    def _weight_init(self):
        pass


class DNet__initial_law(_D):
    def _weight_init(self):
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
                nn.init.zeros_(m.bias)


class DNet__initial_bias(_D):
    def _weight_init(self):
        for m in self.children():
            if hasattr(m, "weight"):
                nn.init.kaiming_uniform_(m.weight)


class DNet__initial_scale__2(_D):
    """Only the convolutions are initialised."""

    def _weight_init(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_uniform_(m.weight)
                m.bias.data.fill_(0)
        nn.init.zeros_(self.fc.bias)


# ---- 4.b and 4.c


class _G(nn.Module):
    def __init__(self, zdim):
        super().__init__()
        self.fc = nn.Linear(zdim, 1568)
        self.up = nn.Upsample(scale_factor=2)
        self.c1 = nn.Conv2d(32, 16, 3, padding=1)
        self.c2 = nn.Conv2d(16, 8, 3, padding=1)
        self.c3 = nn.Conv2d(8, 1, 3, padding=1)
        self.act = nn.LeakyReLU(0.2)
        self._weight_init()

    def _weight_init(self):
        self.apply(_kaiming)

    def forward(self, z):
        x = self.act(self.fc(z)).view(-1, 32, 7, 7)
        x = self.act(self.c1(self.up(x)))
        x = self.act(self.c2(self.up(x)))
        return torch.sigmoid(self.c3(x))


class GNet__relu_for_leaky(_G):
    def __init__(self, zdim):
        super(GNet__relu_for_leaky, self).__init__(zdim)
        self.act = nn.ReLU()


class GNet__slope_001(_G):
    def __init__(self, zdim):
        super(GNet__slope_001, self).__init__(zdim)
        self.act = nn.LeakyReLU()


class GNet__bilinear(_G):
    def __init__(self, zdim):
        super(GNet__bilinear, self).__init__(zdim)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear")


class GNet__tanh_at_end(_G):
    def forward(self, z):
        x = self.act(self.fc(z)).reshape(z.shape[0], 32, 7, 7)
        x = self.act(self.c1(self.up(x)))
        x = self.act(self.c2(self.up(x)))
        return torch.tanh(self.c3(x))


class GNet__missing_sigmoid(_G):
    def forward(self, z):
        x = self.act(self.fc(z)).reshape(z.shape[0], 32, 7, 7)
        x = self.act(self.c1(self.up(x)))
        return self.c3(self.act(self.c2(self.up(x))))


class GNet__missing_first_leaky(_G):
    def forward(self, z):
        x = self.fc(z).reshape(z.shape[0], 32, 7, 7)
        x = self.act(self.c1(self.up(x)))
        return torch.sigmoid(self.c3(self.act(self.c2(self.up(x)))))


class GNet__wrong_shape(nn.Module):
    """No padding, so the picture shrinks with every convolution."""

    def __init__(self, zdim):
        super().__init__()
        self.linear = nn.Linear(zdim, 1568)
        self.net = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (32, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(32, 16, 3),
            nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(16, 8, 3),
            nn.LeakyReLU(0.2),
            nn.Conv2d(8, 1, 3),
            nn.Sigmoid(),
        )
        self.apply(_kaiming)

    def forward(self, z):
        return self.net(self.linear(z))


class GNet__wrong_layer(nn.Module):
    """Transposed convolutions, as in a DCGAN."""

    def __init__(self, zdim):
        super().__init__()
        self.linear = nn.Linear(zdim, 1568)
        self.up1 = nn.ConvTranspose2d(32, 16, 4, 2, 1)
        self.up2 = nn.ConvTranspose2d(16, 8, 4, 2, 1)
        self.out = nn.Conv2d(8, 1, 3, padding=1)
        self.apply(_kaiming)

    def forward(self, z):
        x = F.leaky_relu(self.linear(z), 0.2).view(-1, 32, 7, 7)
        x = F.leaky_relu(self.up1(x), 0.2)
        return torch.sigmoid(self.out(F.leaky_relu(self.up2(x), 0.2)))


class GNet__initial_scale(_G):
    def _weight_init(self):
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(m.weight)
                nn.init.zeros_(m.bias)


class GNet__initial_bias(_G):
    def _weight_init(self):
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.kaiming_uniform_(p)
            else:
                nn.init.constant_(p, 0.01)


# ---- 4.d and 4.e


class _GAN:
    def __init__(self, zdim=64):
        torch.manual_seed(2)
        self._dev = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._zdim = zdim
        self.disc = _D().to(self._dev)
        self.gen = _G(zdim).to(self._dev)
        self.bce = nn.BCEWithLogitsLoss()

    def _get_loss_d(self, batch_size, batch_data, z):
        real = self.disc(batch_data)
        fake = self.disc(self.gen(z).detach())
        return self.bce(real, torch.ones_like(real)) + self.bce(fake, torch.zeros_like(fake))

    def _get_loss_g(self, batch_size, z):
        fake = self.disc(self.gen(z))
        return self.bce(fake, torch.ones_like(fake))


class GAN__d_labels_exchanged(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        ones = torch.ones(batch_size, 1).to(self._dev)
        zeros = torch.zeros(batch_size, 1).to(self._dev)
        return self.bce(self.disc(batch_data), zeros) + self.bce(self.disc(self.gen(z)), ones)


class GAN__d_labels_exchanged__2(_GAN):
    """Concatenated, with the labels in the order of the other half, and so averaged over both halves."""

    def _get_loss_d(self, batch_size, batch_data, z):
        logits = torch.cat([self.disc(self.gen(z)), self.disc(batch_data)])
        labels = torch.cat([torch.ones(batch_size, 1), torch.zeros(batch_size, 1)])
        return F.binary_cross_entropy_with_logits(logits, labels)


class GAN__d_real_only(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        d_loss = nn.BCEWithLogitsLoss()
        return d_loss(self.disc(batch_data), torch.ones((batch_size, 1), device=self._dev))


class GAN__d_fake_only(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        real_loss = self.bce(self.disc(batch_data), torch.ones(batch_size, 1))
        real_loss = self.bce(self.disc(self.gen(z)), torch.zeros(batch_size, 1))
        return real_loss


class GAN__d_all_real(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        label = torch.full((batch_size, 1), 1.0)
        return self.bce(self.disc(batch_data), label) + self.bce(self.disc(self.gen(z)), label)


class GAN__d_sigmoid_twice(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        real = torch.sigmoid(self.disc(batch_data))
        fake = torch.sigmoid(self.disc(self.gen(z)))
        return self.bce(real, torch.ones_like(real)) + self.bce(fake, torch.zeros_like(fake))


class GAN__d_wasserstein(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        return -torch.mean(self.disc(batch_data)) + torch.mean(self.disc(self.gen(z)))


class GAN__d_no_logarithm(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        real = torch.sigmoid(self.disc(batch_data)).mean()
        fake = torch.sigmoid(self.disc(self.gen(z))).mean()
        return -(real - fake)


class GAN__sign(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        real = F.logsigmoid(self.disc(batch_data)).mean()
        fake = torch.log(1 - torch.sigmoid(self.disc(self.gen(z)))).mean()
        return real + fake


class GAN__sum_for_mean(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        bce = nn.BCEWithLogitsLoss(reduction="sum")
        return bce(self.disc(batch_data), torch.ones(batch_size, 1)) + bce(
            self.disc(self.gen(z)), torch.zeros(batch_size, 1)
        )


class GAN__not_reduced(_GAN):
    def _get_loss_d(self, batch_size, batch_data, z):
        bce = nn.BCEWithLogitsLoss(reduction="none")
        real, fake = self.disc(batch_data), self.disc(self.gen(z))
        return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


class GAN__no_gradient(_GAN):
    """The logits of both halves are detached, instead of the fakes."""

    def _get_loss_d(self, batch_size, batch_data, z):
        real, fake = self.disc(batch_data).detach(), self.disc(self.gen(z)).detach()
        return self.bce(real, torch.ones_like(real)) + self.bce(fake, torch.zeros_like(fake))


class GAN__no_gradient__2(_GAN):
    """The fakes are detached in the generator's loss."""

    def _get_loss_g(self, batch_size, z):
        fake_data = self.gen(z).detach()
        return self.bce(self.disc(fake_data), torch.ones(batch_size, 1, device=self._dev))


class GAN__no_gradient__3(_GAN):
    def _get_loss_g(self, batch_size, z):
        with torch.no_grad():
            fake_data = self.gen(z)
        return self.bce(self.disc(fake_data), torch.ones(batch_size, 1, device=self._dev))


class GAN__g_minimax(_GAN):
    def _get_loss_g(self, batch_size, z):
        fake_pred = self.disc(self.gen(z))
        return -nn.BCEWithLogitsLoss()(fake_pred, torch.zeros_like(fake_pred))


class GAN__g_minimax__2(_GAN):
    def _get_loss_g(self, batch_size, z):
        return torch.log(1 - torch.sigmoid(self.disc(self.gen(z)))).mean()


class GAN__g_labels_exchanged(_GAN):
    def _get_loss_g(self, batch_size, z):
        return self.bce(self.disc(self.gen(z)), torch.zeros(batch_size, 1))


class GAN__g_sigmoid_twice(_GAN):
    def _get_loss_g(self, batch_size, z):
        out = torch.sigmoid(self.disc(self.gen(z)))
        return self.bce(out, torch.ones_like(out))


class GAN__g_wasserstein(_GAN):
    def _get_loss_g(self, batch_size, z):
        return torch.mean(-self.disc(self.gen(z)))


class GAN__g_no_logarithm(_GAN):
    def _get_loss_g(self, batch_size, z):
        return -torch.mean(torch.sigmoid(self.disc(self.gen(z))))


class GAN__sum_for_mean__2(_GAN):
    def _get_loss_g(self, batch_size, z):
        return F.softplus(-self.disc(self.gen(z))).sum()
