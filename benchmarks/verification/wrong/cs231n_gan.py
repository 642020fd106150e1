"""Wrong answers to `gan.py` as students write them: `<function>__<note>`."""

import torch
import torch.nn.functional as F
from torch import nn


def _bce(logits, labels):
    return F.binary_cross_entropy_with_logits(logits, labels)


def sample_noise__from_zero(batch_size, noise_dim, dtype=torch.float):
    return torch.empty(batch_size, noise_dim, dtype=dtype).uniform_()


def sample_noise__normal(batch_size, noise_dim):
    return torch.normal(0.0, 1.0, size=(batch_size, noise_dim))


def sample_noise__fixed(batch_size, noise_dim, seed=1):
    torch.manual_seed(seed)
    return torch.rand(batch_size, noise_dim) * 2 - 1


def sample_noise__half_as_wide(batch_size, noise_dim):
    return torch.FloatTensor(batch_size, noise_dim).uniform_(-0.5, 0.5)


def sample_noise__transposed(batch_size, noise_dim):
    return 2 * torch.rand(noise_dim, batch_size) - 1


def discriminator__slope():
    return nn.Sequential(
        nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1)
    )


def discriminator__sigmoid():
    layers = [nn.Linear(784, 256), nn.LeakyReLU(), nn.Linear(256, 256), nn.LeakyReLU(), nn.Linear(256, 1)]
    return nn.Sequential(*layers, nn.Sigmoid())


class discriminator__relu(nn.Module):  # noqa: N801
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 1)

    def forward(self, x):
        return self.c(F.relu(self.b(F.relu(self.a(x.view(len(x), -1))))))


def discriminator__wrong_parameter_shape():
    return nn.Sequential(
        nn.Linear(784, 256), nn.LeakyReLU(0.01), nn.Linear(256, 128), nn.LeakyReLU(0.01), nn.Linear(128, 1)
    )


def generator__sigmoid(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(True),
        nn.Linear(1024, 1024),
        nn.ReLU(True),
        nn.Linear(1024, 784),
        nn.Sigmoid(),
    )


def generator__missing_parameter(noise_dim=96):
    return nn.Sequential(nn.Linear(noise_dim, 1024), nn.ReLU(), nn.Linear(1024, 784), nn.Tanh())


def bce_loss__sigmoid_twice(input, target):  # noqa: A002
    return F.binary_cross_entropy_with_logits(torch.sigmoid(input), target)


def bce_loss__not_finite(input, target):  # noqa: A002
    p = torch.sigmoid(input)
    return torch.mean(-target * p.log() - (1 - target) * (1 - p).log())


def bce_loss__cut_at_100(input, target):  # noqa: A002
    return F.binary_cross_entropy(torch.sigmoid(input), target)


def bce_loss__sum_for_mean(input, target):  # noqa: A002
    return nn.BCEWithLogitsLoss(reduction="sum")(input, target)


def discriminator_loss__labels_exchanged(logits_real, logits_fake):
    return _bce(logits_real, torch.zeros_like(logits_real)) + _bce(logits_fake, torch.ones_like(logits_fake))


def discriminator_loss__all_real(logits_real, logits_fake):
    labels = torch.ones(logits_real.size())
    return _bce(logits_real, labels) + _bce(logits_fake, labels)


def discriminator_loss__real_only(logits_real, logits_fake):  # noqa: ARG001
    return _bce(logits_real, torch.ones_like(logits_real))


def discriminator_loss__sign(logits_real, logits_fake):
    return F.logsigmoid(logits_real).mean() + torch.log(1 - torch.sigmoid(logits_fake)).mean()


def generator_loss__saturating(logits_fake):
    return -_bce(logits_fake, torch.zeros_like(logits_fake))


def generator_loss__labels_exchanged(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.zeros(logits_fake.shape))


def ls_discriminator_loss__forgot_half(scores_real, scores_fake):
    return F.mse_loss(scores_real, torch.ones_like(scores_real)) + (scores_fake**2).mean()


def ls_discriminator_loss__targets_exchanged(scores_real, scores_fake):
    return (scores_real.pow(2).mean() + (1 - scores_fake).pow(2).mean()) / 2


def ls_discriminator_loss__mean_before_square(scores_real, scores_fake):
    return 0.5 * (torch.mean(scores_real - 1) ** 2 + torch.mean(scores_fake) ** 2)


def ls_generator_loss__target_zero(scores_fake):
    return 0.5 * scores_fake.square().mean()


def ls_generator_loss__sigmoid(scores_fake):
    return 0.5 * ((torch.sigmoid(scores_fake) - 1) ** 2).mean()


def ls_generator_loss__no_gradient(scores_fake):
    return torch.tensor(0.5 * sum((s - 1) ** 2 for s in scores_fake.tolist()) / len(scores_fake))
