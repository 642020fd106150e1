"""Right answers to the code parts of "VAE and GAN" in many styles: `<name>__<style>`."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal

# ---- 2.b


def logpdf_diagonal_gaussian__formula(z, mu, sigma_square):
    return torch.sum(-0.5 * torch.log(2 * torch.pi * sigma_square) - (z - mu) ** 2 / (2 * sigma_square), dim=1)


def logpdf_diagonal_gaussian__distributions(z, mu, sigma_square):
    return Independent(Normal(mu, torch.sqrt(sigma_square)), 1).log_prob(z)


def logpdf_diagonal_gaussian__multivariate_loop(z, mu, sigma_square):
    logprob = torch.zeros(mu.shape[0])
    for i in range(mu.shape[0]):
        logprob[i] = MultivariateNormal(mu[i], sigma_square[i] * torch.eye(mu.shape[1])).log_prob(z[i])
    return logprob


def logpdf_diagonal_gaussian__product_in_double(z, mu, sigma_square):
    t1 = torch.div(torch.mul(z - mu, z - mu), 2 * sigma_square)
    t2 = torch.log((2 * 3.141592654) ** (sigma_square.size(dim=1)) * torch.prod(sigma_square, dim=1, dtype=float))
    return -0.5 * t2 - torch.sum(t1, dim=1)


def logpdf_diagonal_gaussian__einsum(z, mu, sigma_square):
    d = z - mu
    return -0.5 * (
        torch.einsum("bd,bd,bd->b", d, d, 1 / sigma_square)
        + torch.log(sigma_square).sum(-1)
        + z.shape[-1] * math.log(2 * math.pi)
    )


def logpdf_diagonal_gaussian__nll(z, mu, sigma_square):
    return -F.gaussian_nll_loss(mu, z, sigma_square, full=True, reduction="none").sum(1)


def logpdf_diagonal_gaussian__scipy(z, mu, sigma_square):
    from scipy import stats

    return torch.from_numpy(stats.norm.logpdf(z.numpy(), mu.numpy(), np.sqrt(sigma_square.numpy())).sum(axis=1))


def logpdf_bernoulli__formula(x, p):
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=-1)


def logpdf_bernoulli__epsilon(x, p):
    eps = 1e-6
    return torch.sum(x * torch.log(p + eps) + (1 - x) * torch.log(1 - p + eps), dim=1)


def logpdf_bernoulli__clamped(x, p):
    p = torch.clamp(p, 1e-7, 1 - 1e-7)
    return torch.sum(x * p.log() + (1 - x) * (1 - p).log(), dim=1)


def logpdf_bernoulli__mixture(x, p):
    return torch.log(p * x + (1 - p) * (1 - x)).sum(1)


def logpdf_bernoulli__distributions(x, p):
    return Bernoulli(probs=p).log_prob(x).sum(1)


def logpdf_bernoulli__cross_entropy(x, p):
    return torch.stack([-F.binary_cross_entropy(pk, xk, reduction="sum") for xk, pk in zip(x, p)])


def logpdf_bernoulli__where(x, p):
    return torch.where(x == 1, p, 1 - p).double().log().sum(1).float()


def sample_diagonal_gaussian__randn_like(mu, sigma_square):
    eps = torch.randn_like(sigma_square)
    return mu + eps * torch.sqrt(sigma_square)


def sample_diagonal_gaussian__torch_normal(mu, sigma_square):
    return mu + torch.normal(mean=0, std=1.0, size=(mu.size(dim=0), mu.size(dim=1))) * sigma_square**0.5


def sample_diagonal_gaussian__rsample(mu, sigma_square):
    return Normal(mu, sigma_square.sqrt()).rsample()


def sample_diagonal_gaussian__numpy_noise(mu, sigma_square):
    eps = torch.from_numpy(np.random.normal(size=tuple(mu.shape))).to(mu.dtype)
    return torch.addcmul(mu, eps, torch.sqrt(sigma_square))


def sample_diagonal_gaussian__exp_of_log(mu, sigma_square):
    return mu + torch.exp(0.5 * torch.log(sigma_square)) * torch.randn(mu.shape)


def sample_Bernoulli__bernoulli(p):
    return torch.bernoulli(p)


def sample_Bernoulli__compared(p):
    return (torch.rand(p.shape) < p).float().to(p.device)


def sample_Bernoulli__distributions(p):
    return torch.distributions.bernoulli.Bernoulli(probs=p).sample()


def sample_Bernoulli__numpy(p):
    return torch.from_numpy(np.random.binomial(1, p.detach().numpy())).to(torch.float32)


def sample_Bernoulli__in_place(p):
    return torch.empty_like(p).bernoulli_(p)


# ---- 2.c


def _log_normal(z, mu, var):
    return torch.sum(-0.5 * torch.log(2 * torch.pi * var) - (z - mu) ** 2 / (2 * var), dim=1)


def elbo_loss__sum_of_three(sampled_z, mu, sigma_square, x, p):
    log_q = _log_normal(sampled_z, mu, sigma_square)
    z_mu = torch.FloatTensor([0] * 2).repeat(sampled_z.shape[0], 1)
    z_sigma = torch.FloatTensor([1] * 2).repeat(sampled_z.shape[0], 1)
    log_p_z = _log_normal(sampled_z, z_mu, z_sigma)
    log_p = (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(1)
    return torch.mean(log_p + log_p_z - log_q)


def elbo_loss__to_be_minimised(sampled_z, mu, sigma_square, x, p):
    q, prior = Normal(mu, sigma_square.sqrt()), Normal(0.0, 1.0)
    kl = (q.log_prob(sampled_z) - prior.log_prob(sampled_z)).sum() / len(x)
    return F.binary_cross_entropy(p, x, reduction="sum") / len(x) + kl


def elbo_loss__constants_cancelled(sampled_z, mu, sigma_square, x, p):
    ratio = torch.log(sigma_square) + (sampled_z - mu) ** 2 / sigma_square - sampled_z**2
    return (Independent(Bernoulli(probs=p), 1).log_prob(x) + 0.5 * ratio.sum(1)).mean()


def elbo_loss__epsilon(sampled_z, mu, sigma_square, x, p):
    log_p = (x * torch.log(p + 1e-8) + (1 - x) * torch.log(1 - p + 1e-8)).sum(dim=1)
    log_p_z = -0.5 * (sampled_z**2 + math.log(2 * math.pi)).sum(dim=1)
    elbo = log_p + log_p_z - _log_normal(sampled_z, mu, sigma_square)
    return elbo.sum() / elbo.shape[0]


# ---- 2.a


class Decoder__functional(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Decoder__functional, self).__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return F.sigmoid(self.fc2(F.tanh(self.fc1(z))))


class Decoder__sequential(nn.Module):
    def __init__(self, latent_dimension=2, hidden_units=500, data_dimension=784):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(latent_dimension, hidden_units),
            nn.Tanh(),
            nn.Dropout(0.0),
            nn.Linear(hidden_units, data_dimension),
            nn.Sigmoid(),
        )

    def forward(self, z):
        return self.model(z)


class Decoder__by_hand(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.first = nn.Linear(latent_dimension, hidden_units)
        self.second = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        h = self.first(z).tanh()
        return 1 / (1 + torch.exp(-self.second(h)))


# ---- 4.a to 4.c


def _init(net):
    for m in net.children():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")
            if m.bias is not None:
                nn.init.constant_(m.bias, 0)


class DNet__functional(nn.Module):
    def __init__(self):
        super(DNet__functional, self).__init__()
        self.conv1 = nn.Conv2d(in_channels=1, out_channels=2, kernel_size=3, stride=1, padding=1)
        self.conv2 = nn.Conv2d(in_channels=2, out_channels=4, kernel_size=3, stride=1, padding=1)
        self.conv3 = nn.Conv2d(in_channels=4, out_channels=8, kernel_size=3, stride=1, padding=0)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc1 = nn.Linear(8 * 5 * 5, 1)
        self._weight_init()

    def _weight_init(self):
        _init(self)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(F.relu(self.conv3(x)), start_dim=1)
        return self.fc1(x)


class DNet__sequential(nn.Module):
    def __init__(self):
        super().__init__()
        channels = [1, 2, 4, 8]
        layers = []
        for k in range(3):
            layers += [nn.Conv2d(channels[k], channels[k + 1], 3, padding="same" if k < 2 else "valid")]
            layers += [nn.ReLU(inplace=True)] + ([nn.MaxPool2d(2)] if k < 2 else [])
        self.main = nn.Sequential(*layers, nn.Flatten(), nn.Linear(200, 1))
        self._weight_init()

    def _weight_init(self):
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                parameter.data.zero_()
            else:
                nn.init.kaiming_uniform_(parameter.data)

    def forward(self, x):
        return self.main(x)


class GNet__modules(nn.Module):
    def __init__(self, zdim):
        super(GNet__modules, self).__init__()
        self.linear = nn.Linear(zdim, 1568, bias=True)
        self.leaky_relu = nn.LeakyReLU(0.2)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.conv1 = nn.Conv2d(32, 16, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv2 = nn.Conv2d(16, 8, kernel_size=3, stride=1, padding=1, bias=True)
        self.conv3 = nn.Conv2d(8, 1, kernel_size=3, stride=1, padding=1, bias=True)
        self.sigmoid = nn.Sigmoid()
        self._weight_init()

    def _weight_init(self):
        _init(self)

    def forward(self, z):
        x = self.leaky_relu(self.linear(z))
        x = x.view(-1, 32, 7, 7)
        x = self.leaky_relu(self.conv1(self.upsample(x)))
        x = self.leaky_relu(self.conv2(self.upsample(x)))
        return self.sigmoid(self.conv3(x))


class GNet__sequential_with_its_slope(nn.Module):
    """kaiming_uniform told of the slope: a gain that is 2 % smaller."""

    def __init__(self, zdim=64):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(zdim, 1568),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Unflatten(1, (32, 7, 7)),
            nn.UpsamplingNearest2d(scale_factor=2),
            nn.Conv2d(32, 16, 3, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.UpsamplingNearest2d(scale_factor=2),
            nn.Conv2d(16, 8, 3, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(8, 1, 3, padding=1),
            nn.Sigmoid(),
        )
        self._weight_init()

    def _weight_init(self):
        for m in self.net:
            if isinstance(m, (nn.Linear, nn.Conv2d)):
                nn.init.kaiming_uniform_(m.weight, a=0.2, nonlinearity="leaky_relu")
                m.bias.data.fill_(0.0)

    def forward(self, z):
        return self.net(z)


class GNet__functional(nn.Module):
    def __init__(self, zdim):
        super().__init__()
        self.l1 = nn.Linear(zdim, 32 * 7 * 7)
        self.c1, self.c2, self.c3 = (nn.Conv2d(a, b, 3, padding=1) for a, b in ((32, 16), (16, 8), (8, 1)))
        _init(self)

    def forward(self, z):
        h = F.leaky_relu(self.l1(z), negative_slope=0.2).reshape(z.shape[0], 32, 7, 7)
        for conv in (self.c1, self.c2):
            h = h.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
            h = conv(h)
            h = torch.where(h > 0, h, 0.2 * h)
        return self.c3(h).sigmoid()


# ---- 4.d and 4.e


class _D(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(784, 1)

    def forward(self, x):
        return self.out(x.flatten(1))


class _G(nn.Module):
    def __init__(self, zdim):
        super().__init__()
        self.out = nn.Linear(zdim, 784)

    def forward(self, z):
        return torch.sigmoid(self.out(z)).view(-1, 1, 28, 28)


class GAN__sum_detached(object):
    def __init__(self, zdim=64):
        torch.manual_seed(2)
        self._dev = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._zdim = zdim
        self.disc = _D().to(self._dev)
        self.gen = _G(self._zdim).to(self._dev)
        self.bce_logits_loss = nn.BCEWithLogitsLoss()

    def _get_loss_d(self, batch_size, batch_data, z):
        real = self.bce_logits_loss(self.disc(batch_data.to(self._dev)), torch.ones(batch_size, 1, device=self._dev))
        fake = self.bce_logits_loss(self.disc(self.gen(z).detach()), torch.zeros(batch_size, 1, device=self._dev))
        return real + fake

    def _get_loss_g(self, batch_size, z):
        return self.bce_logits_loss(self.disc(self.gen(z)), torch.ones(batch_size, 1, device=self._dev))


class GAN__halved_and_joined:
    def __init__(self, zdim=64):
        self.disc, self.gen = _D(), _G(zdim)

    def _get_loss_d(self, batch_size, batch_data, z):
        images = torch.cat((batch_data, self.gen(z)), 0)
        target = torch.cat((torch.ones(batch_size, 1), torch.zeros(batch_size, 1)), 0)
        return nn.BCEWithLogitsLoss(pos_weight=torch.ones([1]))(self.disc(images), target)

    def _get_loss_g(self, batch_size, z):
        logits = self.disc(self.gen(z))
        return nn.BCEWithLogitsLoss()(-logits, torch.zeros(batch_size, 1))


class GAN__module_with_other_names(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.device = args.device
        self.D = _D().to(args.device)
        self.G = _G(args.zdim).to(args.device)
        self.images = np.load(args.path)

    def _get_loss_d(self, batch_size, batch_data, z):
        self.D.train()
        fake = self.G(z.to(self.device))
        return (F.softplus(-self.D(batch_data)) + F.softplus(self.D(fake))).mean()

    def _get_loss_g(self, batch_size, z):
        return -F.logsigmoid(self.D(self.G(z))).mean()


class GAN__trains_when_made:
    """Nothing of its networks is there when the data is missing."""

    def __init__(self, path="./data/train-images-idx3-ubyte.gz"):
        with open(path, "rb") as file:
            self.data = file.read()
        self.criterion = nn.BCELoss()
        self.discriminator = _D()
        self.generator = _G(64)
        self.train()

    def train(self):
        raise RuntimeError("not without data")

    def _get_loss_d(self, batch_size, batch_data, z):
        real = torch.sigmoid(self.discriminator(batch_data)).view(-1)
        fake = torch.sigmoid(self.discriminator(self.generator(z).detach())).view(-1)
        loss_real = self.criterion(real, torch.ones(batch_size))
        return 0.5 * (loss_real + self.criterion(fake, torch.zeros(batch_size)))

    def _get_loss_g(self, batch_size, z):
        return self.criterion(torch.sigmoid(self.discriminator(self.generator(z))), torch.ones(batch_size, 1))


class GAN__flat_logits:
    def __init__(self, zdim=64):
        self.disc = nn.Sequential(_D(), nn.Flatten(0))
        self.gen = _G(zdim)

    def _get_loss_d(self, batch_size, batch_data, z):
        real, fake = self.disc(batch_data), self.disc(self.gen(z))
        return F.binary_cross_entropy_with_logits(real, torch.ones(batch_size)) + F.binary_cross_entropy_with_logits(
            fake, torch.zeros(batch_size)
        )

    def _get_loss_g(self, batch_size, z):
        return F.binary_cross_entropy_with_logits(self.disc(self.gen(z)), torch.ones(batch_size))
