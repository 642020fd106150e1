"""Everything by torch.distributions, under other names, with sums over the batch where a mean is not needed."""
import numpy as np
import torch
from torch import nn
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence
from torch.nn.functional import elu, logsigmoid, pad, softplus
from torch.utils.data import DataLoader, TensorDataset


def reparametrize(mu, logvar):
    return Normal(mu, logvar.mul(0.5).exp()).rsample()


def prior_kl(mu, logvar):
    q = Normal(mu, logvar.mul(0.5).exp())
    return kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1)


def vae_loss(x, logits, mu, logvar):
    p = Independent(Bernoulli(logits=logits, validate_args=False), 1)
    return (prior_kl(mu, logvar) - p.log_prob(x)).sum()


def vae_loss_gaussian(x, mean, log_variance, mu, logvar):
    p = Independent(Normal(mean, torch.exp(log_variance / 2)), 1)
    return (prior_kl(mu, logvar) - p.log_prob(x)).sum()


class DigitsVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ELU(), nn.Flatten())
        self.head = nn.Linear(8 * 4 * 4, 4)
        self.up = nn.Linear(2, 100)
        self.out = nn.Linear(100, 64)

    def encode(self, x):
        out = self.head(self.features(x.reshape(-1, 1, 8, 8)))
        return out[:, :2], out[:, 2:]

    def decode(self, z):
        return self.out(elu(self.up(z)))

    def loss(self, x):
        mu, logvar = self.encode(x)
        return vae_loss(x, self.decode(reparametrize(mu, logvar)), mu, logvar) / x.shape[0]


def causal_mask(size, with_centre):
    mask = np.zeros((size, size), dtype="float32")
    for row in range(size):
        for column in range(size):
            place, centre = row * size + column, (size * size) // 2
            if place < centre or (with_centre and place == centre):
                mask[row, column] = 1
    return torch.from_numpy(mask)


class Causal(nn.Module):
    def __init__(self, first, inside, outside, size):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, size)
        self.size = size
        self.mask = nn.Parameter(causal_mask(size, not first), requires_grad=False)

    def forward(self, x):
        x = pad(x, (self.size // 2,) * 4)
        return nn.functional.conv2d(x, self.conv.weight * self.mask, self.conv.bias)


class PixelCnn(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        self.first = Causal(True, 1, channels, 5)
        self.others = nn.ModuleList(Causal(False, channels, channels, 3) for _ in range(layers))
        self.last = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        h = self.first(x).relu()
        for layer in self.others:
            h = layer(h).relu()
        return self.last(h)


def pixel_cnn_loss(logits, x):
    return -(x * logsigmoid(logits) + (1 - x) * logsigmoid(-logits)).mean(0).sum()


def d_step(discriminator, generator, x, z):
    both = torch.cat([x, generator(z).detach()])
    scores = discriminator(both)
    n = len(x)
    return (softplus(-scores[:n]).mean() + softplus(scores[n:]).mean()) / 2


def g_step(discriminator, generator, z):
    return torch.log1p(torch.exp(-discriminator(generator(z)))).mean()


def d_loss(logits_real, logits_fake):
    real, fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -(torch.log(real + 1e-8).mean() + torch.log(1 - fake + 1e-8).mean())


def minimax_generator_loss(logits_fake):
    return torch.log(1 - torch.sigmoid(logits_fake) + 1e-8).mean()


def critic_loss(scores_real, scores_fake):
    return torch.mean(scores_fake - scores_real)


def wgan_generator_loss(scores_fake):
    return scores_fake.neg().mean()


def compute_gradient_penalty(critic, x_real, x_fake, u):
    x = (x_fake + u * (x_real - x_fake)).detach()
    x.requires_grad = True
    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return (g.pow(2).sum((1, 2, 3)).add(1e-12).sqrt() - 1).pow(2).mean()


def train(model, data, steps, seed):
    torch.manual_seed(seed)
    loader = DataLoader(TensorDataset(data.flatten(1)), batch_size=64, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    history = []
    while True:
        for (x,) in loader:
            if len(history) == steps:
                return model, history
            optimizer.zero_grad()
            mu, logvar = model.encode(x)
            loss = vae_loss(x, model.decode(reparametrize(mu, logvar)), mu, logvar) / len(x)
            loss.backward()
            optimizer.step()
            history.append(loss.detach())


class GANTrainer:
    def __init__(self, generator, discriminator):
        def adam(net):
            return torch.optim.Adam(net.parameters(), 3e-3, (0.5, 0.999))

        self.nets = nn.ModuleDict({"g": generator, "d": discriminator})
        self.optimizers = {name: adam(net) for name, net in self.nets.items()}

    def step(self, x):
        generator, discriminator = self.nets["g"], self.nets["d"]
        fake = generator(torch.randn(len(x), 8))
        losses = []
        for name, loss in (
            ("d", lambda: softplus(-discriminator(x)).mean() + softplus(discriminator(fake.detach())).mean()),
            ("g", lambda: softplus(-discriminator(fake)).mean()),
        ):
            self.optimizers[name].zero_grad()
            value = loss()
            value.backward()
            self.optimizers[name].step()
            losses.append(value.item())
        return losses
