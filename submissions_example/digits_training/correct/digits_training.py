import torch
import torch.nn as nn
import torch.nn.functional as F


# ---- Question 1
def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + eps * std


def kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def negative_elbo(x, logits, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)
    return torch.mean(bce + kl(mu, logvar))


def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
    nll = 0.5 * (log_variance + (x - mean) ** 2 / log_variance.exp() + 1.8378770664)
    return torch.mean(nll.sum(dim=1) + kl(mu, logvar))


# ---- Question 2
class VAE(nn.Module):
    def __init__(self, hidden=200):
        super().__init__()
        self.fc1 = nn.Linear(64, hidden)
        self.fc_mu = nn.Linear(hidden, 2)
        self.fc_logvar = nn.Linear(hidden, 2)
        self.fc2 = nn.Linear(2, hidden)
        self.fc3 = nn.Linear(hidden, 64)

    def encode(self, x):
        h = F.relu(self.fc1(x))
        return self.fc_mu(h), self.fc_logvar(h)

    def decode(self, z):
        return self.fc3(F.relu(self.fc2(z)))

    def loss(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return negative_elbo(x, self.decode(z), mu, logvar)


# ---- Question 3
class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        assert mask_type in ("A", "B")
        self.register_buffer("mask", torch.ones_like(self.weight))
        _, _, h, w = self.weight.shape
        self.mask[:, :, h // 2, w // 2 + (1 if mask_type == "B" else 0):] = 0
        self.mask[:, :, h // 2 + 1:, :] = 0

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)


class PixelCNN(nn.Module):
    def __init__(self, channels, layers):
        super().__init__()
        net = [MaskedConv2d("A", 1, channels, 5, padding=2), nn.ReLU()]
        for _ in range(layers):
            net.append(MaskedConv2d("B", channels, channels, 3, padding=1))
            net.append(nn.ReLU())
        net.append(nn.Conv2d(channels, 1, 1))
        self.net = nn.Sequential(*net)

    def forward(self, x):
        return self.net(x)


def pixelcnn_loss(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=(1, 2, 3)).mean()


# ---- Question 4
bce_loss = nn.BCEWithLogitsLoss()


def discriminator_step(discriminator, generator, x, z):
    fake = generator(z).detach()
    real_score, fake_score = discriminator(x), discriminator(fake)
    return bce_loss(real_score, torch.ones_like(real_score)) + bce_loss(fake_score, torch.zeros_like(fake_score))


def generator_step(discriminator, generator, z):
    score = discriminator(generator(z))
    return bce_loss(score, torch.ones_like(score))


def discriminator_loss(logits_real, logits_fake):
    return bce_loss(logits_real, torch.ones_like(logits_real)) + bce_loss(logits_fake, torch.zeros_like(logits_fake))


def generator_loss_minimax(logits_fake):
    return -bce_loss(logits_fake, torch.zeros_like(logits_fake))


def wasserstein_critic_loss(scores_real, scores_fake):
    return scores_fake.mean() - scores_real.mean()


def wasserstein_generator_loss(scores_fake):
    return -scores_fake.mean()


def gradient_penalty(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    score = critic(x_hat)
    grad = torch.autograd.grad(score, x_hat, torch.ones_like(score), create_graph=True)[0]
    return ((grad.flatten(1).norm(dim=1) - 1) ** 2).mean()


# ---- Question 5
def fit(model, data, steps, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for step in range(steps):
        batch = data[torch.randperm(len(data))[:64]].reshape(-1, 64)
        mu, logvar = model.encode(batch)
        loss = negative_elbo(batch, model.decode(reparameterize(mu, logvar)), mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


class Trainer:
    def __init__(self, generator, discriminator):
        self.G, self.D = generator, discriminator
        self.g_opt = torch.optim.Adam(generator.parameters(), lr=3e-3, betas=(0.5, 0.999))
        self.d_opt = torch.optim.Adam(discriminator.parameters(), lr=3e-3, betas=(0.5, 0.999))

    def step(self, x):
        d_loss = discriminator_step(self.D, self.G, x, torch.randn(x.shape[0], 8))
        self.d_opt.zero_grad()
        d_loss.backward()
        self.d_opt.step()
        g_loss = generator_step(self.D, self.G, torch.randn(x.shape[0], 8))
        self.g_opt.zero_grad()
        g_loss.backward()
        self.g_opt.step()
        return d_loss.item()
