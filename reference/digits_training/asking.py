"""What is trained with the students' functions: the course's nets, and how a step of theirs is put together."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

LATENT = 8
RATE = 3e-3


class Coder(nn.Module):
    """The course's VAE, 64 → 128 → 8 and back: `encode` gives mean and log variance, `decode` logits."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(64, 128)
        self.mu = nn.Linear(128, LATENT)
        self.logvar = nn.Linear(128, LATENT)
        self.outer = nn.Linear(LATENT, 128)
        self.pixels = nn.Linear(128, 64)

    def encode(self, x):
        hidden = torch.relu(self.inner(x))
        return self.mu(hidden), self.logvar(hidden)

    def decode(self, z):
        return self.pixels(torch.relu(self.outer(z)))


class GaussianCoder(Coder):
    """The same with a mean and a log variance of each pixel; the latter between −4 and 0, or a pixel that is always 0
    would be worth any number of nats."""

    def __init__(self):
        super().__init__()
        self.spread = nn.Linear(128, 64)

    def decode(self, z):
        hidden = torch.relu(self.outer(z))
        return torch.sigmoid(self.pixels(hidden)), -4 * torch.sigmoid(self.spread(hidden))


class BernoulliVae:
    """`reparameterize` and `negative_elbo` in the course's net."""

    def __init__(self, student):
        self.student = student

    def build(self):
        return Coder()

    def encode(self, net, x):
        return net.encode(x.flatten(1))

    def decode(self, net, z):
        return net.decode(z)

    def loss(self, net, x):
        x = x.flatten(1)
        mu, logvar = net.encode(x)
        return self.student.negative_elbo(x, net.decode(self.student.reparameterize(mu, logvar)), mu, logvar)


class GaussianVae(BernoulliVae):
    """`reparameterize` and `gaussian_negative_elbo` in the course's net."""

    def build(self):
        return GaussianCoder()

    def loss(self, net, x):
        x = x.flatten(1)
        mu, logvar = net.encode(x)
        mean, log_variance = net.decode(self.student.reparameterize(mu, logvar))
        return self.student.gaussian_negative_elbo(x, mean, log_variance, mu, logvar)


class OwnVae(BernoulliVae):
    """The student's `VAE` with its own `loss`."""

    def build(self):
        return self.student.VAE()

    def loss(self, net, x):
        return net.loss(x.flatten(1))


class OwnPixelCnn:
    """The student's `PixelCNN` with his `pixelcnn_loss`."""

    def __init__(self, student):
        self.student = student

    def build(self):
        return self.student.PixelCNN(16, 2)

    def logits(self, net, x):
        return net(x[:, None])

    def loss(self, net, x):
        return self.student.pixelcnn_loss(net(x[:, None]), x[:, None])


class Centred(nn.Module):
    """Images or rows in [0, 1] as rows in [−1, 1]."""

    def forward(self, x):
        return 2 * x.flatten(1) - 1


class Adversaries:
    """`discriminator_step` and `generator_step` with the course's nets."""

    def __init__(self, student):
        self.student = student

    def build(self):
        return {
            "generator": nn.Sequential(nn.Linear(LATENT, 128), nn.ReLU(), nn.Linear(128, 64), nn.Sigmoid()),
            "discriminator": nn.Sequential(Centred(), nn.Linear(64, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)),
        }

    def generate(self, net, z):
        return net["generator"](z)

    def noise(self, n):
        return torch.randn(n, LATENT)

    def fake(self, net, x):
        return net["generator"](self.noise(len(x)))

    def discriminator_loss(self, net, x):
        nets = net["discriminator"], net["generator"]
        return self.student.discriminator_step(*nets, x.flatten(1), self.noise(len(x)))

    def generator_loss(self, net, x):
        return self.student.generator_step(net["discriminator"], net["generator"], self.noise(len(x)))


class Minimax(Adversaries):
    """`discriminator_loss` and `generator_loss_minimax` of the logits of the course's discriminator."""

    def discriminator_loss(self, net, x):
        fake = self.fake(net, x).detach()
        return self.student.discriminator_loss(net["discriminator"](x), net["discriminator"](fake))

    def generator_loss(self, net, x):
        return self.student.generator_loss_minimax(net["discriminator"](self.fake(net, x)))


class Wasserstein(Adversaries):
    """`wasserstein_critic_loss` with 10 times `gradient_penalty`, and `wasserstein_generator_loss`."""

    def discriminator_loss(self, net, x):
        critic, real, fake = net["discriminator"], x[:, None], self.fake(net, x).detach().view(-1, 1, 8, 8)
        penalty = self.student.gradient_penalty(critic, real, fake, torch.rand(len(x), 1, 1, 1))
        return self.student.wasserstein_critic_loss(critic(real), critic(fake)) + 10 * penalty

    def generator_loss(self, net, x):
        return self.student.wasserstein_generator_loss(net["discriminator"](self.fake(net, x)))


class OwnFit(BernoulliVae):
    """The student's `fit` on the course's VAE."""

    def fit(self, net, data, steps, seed):
        return self.student.fit(net, data, steps, seed)


class OwnStep(Adversaries):
    """The student's `Trainer`, which steps both of the course's nets."""

    trainer = None

    def step(self, net, x):
        if self.trainer is None:
            self.trainer = self.student.Trainer(net["generator"], net["discriminator"])
        said = self.trainer.step(x.flatten(1))
        return said[0] if isinstance(said, tuple | list) and said else said


class Watched(nn.Sequential):
    """The layers of a net, which keeps what went in and what came out."""

    def __init__(self, net):
        super().__init__(*net)
        self.seen = []

    def forward(self, x):
        y = super().forward(x)
        self.seen.append((x.detach().clone(), y.detach().clone()))
        return y


def first_steps(found, given):
    """Whether the first step of a `Trainer` moves the discriminator and the generator as it must, and the second has
    another z: three booleans."""
    x = given["x"].float()
    first, now = (Adversaries(None).build() for _ in range(2))
    for name, net in first.items():
        now[name].load_state_dict(net.state_dict())
    generator = Watched(now["generator"])
    trainer = found(generator, now["discriminator"])
    trainer.step(x)
    drawn = list(generator.seen)
    real = [_loss_of_discriminator(first["discriminator"], x, fake) for _, fake in drawn]
    moved = [_stepped(first["discriminator"], loss) for loss in real]
    scores = [critic(first["generator"](z)) for z, _ in drawn for critic in (first["discriminator"], *moved)]
    made = [_stepped(first["generator"], F.softplus(-score).mean()) for score in scores]
    trained = [_is_among(now["discriminator"], moved), _is_among(now["generator"], made)]
    trainer.step(x)
    later = generator.seen[len(drawn) :]
    fresh = not any(torch.equal(old, new) for old, _ in drawn for new, _ in later)
    return torch.tensor([*trained, fresh])


def _loss_of_discriminator(discriminator, x, fake):
    return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(fake)).mean()


def _stepped(net, loss):
    """The net after a first step of Adam: minus the rate times the sign of the gradient, whatever the loss's factor."""
    after = copy.deepcopy(net)
    slopes = torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)
    with torch.no_grad():
        for weight, slope in zip(after.parameters(), slopes, strict=True):
            weight.sub_(RATE * slope.sign())
    return after


def _is_among(net, nets):
    """Whether the net has the weights of one of these, up to a few whose slope was next to nothing."""
    gaps = [_gaps(net, other) for other in nets]
    return any((gap < 0.05 * RATE).float().mean().item() > 0.98 for gap in gaps)


def _gaps(net, other):
    pairs = zip(net.parameters(), other.parameters(), strict=True)
    return torch.cat([(one - two).detach().abs().flatten() for one, two in pairs])
