"""The commonest wrong answers to `gan.py`, each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would, or the network that he would build; the docstring's first paragraph is the sentence that he reads.
"""

import torch
import torch.nn.functional as F
from torch import nn


def sample_noise__from_zero(batch_size, noise_dim):
    """your noise lies between 0 and 1; it must lie between −1 and 1"""
    return torch.rand(batch_size, noise_dim)


def sample_noise__normal(batch_size, noise_dim):
    """your noise is normal; it must be uniform between −1 and 1"""
    return torch.randn(batch_size, noise_dim)


def sample_noise__half_as_wide(batch_size, noise_dim):
    """your noise lies between −½ and ½; it must lie between −1 and 1"""
    return torch.rand(batch_size, noise_dim) - 0.5


def sample_noise__zero_to_two(batch_size, noise_dim):
    """your noise lies between 0 and 2; it must lie between −1 and 1"""
    return 2 * torch.rand(batch_size, noise_dim)


def sample_noise__fixed(batch_size, noise_dim):
    """your noise is the same in every call; it must be drawn afresh"""
    return 2 * torch.rand(batch_size, noise_dim, generator=torch.Generator().manual_seed(0)) - 1


def sample_noise__transposed(batch_size, noise_dim):
    """your noise has the shape (noise_dim, batch_size); the batch comes first"""
    return 2 * torch.rand(noise_dim, batch_size) - 1


def sample_noise__signs(batch_size, noise_dim):
    """your noise takes the values −1 and 1 only; it must be uniform between them"""
    return 2.0 * torch.randint(0, 2, (batch_size, noise_dim)) - 1


def sample_noise__shared(batch_size, noise_dim):
    """your noise is the same for every row of the batch; every entry needs noise of its own"""
    return (2 * torch.rand(1, noise_dim) - 1).expand(batch_size, noise_dim)


def discriminator__relu():
    """your discriminator uses ReLU; LeakyReLU with slope 0.01 is asked for"""
    return _discriminator(nn.ReLU)


def discriminator__slope():
    """your discriminator's LeakyReLU has the slope 0.2; 0.01 is asked for"""
    return _discriminator(lambda: nn.LeakyReLU(0.2))


def discriminator__sigmoid():
    """your discriminator ends with a sigmoid; the losses take its logits"""
    return nn.Sequential(*_discriminator(nn.LeakyReLU), nn.Sigmoid())


def discriminator__no_activation():
    """your discriminator has no activations between its linear layers, which makes one linear layer of them all"""
    return _discriminator(nn.Identity)


def discriminator__last_activation():
    """your discriminator has an activation after its last layer; a logit may have any value"""
    return nn.Sequential(*_discriminator(nn.LeakyReLU), nn.LeakyReLU())


def generator__sigmoid(noise_dim=96):
    """your generator ends with a sigmoid; its pixels are in [−1, 1], from tanh"""
    return _generator(noise_dim, nn.ReLU, nn.Sigmoid)


def generator__no_tanh(noise_dim=96):
    """your generator ends without tanh; its pixels must be in [−1, 1]"""
    return _generator(noise_dim, nn.ReLU, nn.Identity)


def generator__leaky(noise_dim=96):
    """your generator uses LeakyReLU; ReLU is asked for"""
    return _generator(noise_dim, nn.LeakyReLU, nn.Tanh)


def generator__no_activation(noise_dim=96):
    """your generator has no activations between its linear layers, which makes one linear layer of them all"""
    return _generator(noise_dim, nn.Identity, nn.Tanh)


def bce_loss__sum_for_mean(input, target):  # noqa: A002
    """your cross-entropy is summed over the batch; the mean is asked for"""
    return _bce(input, target).sum()


def bce_loss__not_reduced(input, target):  # noqa: A002
    """your cross-entropy is one value per entry; the mean over the batch is asked for"""
    return _bce(input, target)


def bce_loss__sigmoid_twice(input, target):  # noqa: A002
    """your cross-entropy applies the sigmoid twice: the function for logits was given probabilities"""
    return _bce(torch.sigmoid(input), target).mean()


def bce_loss__sign(input, target):  # noqa: A002
    """the sign of your cross-entropy is wrong: it is never negative"""
    return -_bce(input, target).mean()


def bce_loss__labels_exchanged(input, target):  # noqa: A002
    """your cross-entropy exchanges the labels 0 and 1"""
    return _bce(-input, target).mean()


def bce_loss__zeros_left_out(input, target):  # noqa: A002
    """your cross-entropy counts only the entries with the label 1; the term (1 − t) log(1 − D) is missing"""
    return (target * F.softplus(-input)).mean()


def bce_loss__cut_at_100(input, target):  # noqa: A002
    """your cross-entropy stops at 100 per entry: the logits became probabilities, whose logarithm was cut there"""
    return _bce(input, target).clamp(max=100).mean()


def discriminator_loss__labels_exchanged(logits_real, logits_fake):
    """your discriminator learns to call the fakes real and the real ones fake: the labels are exchanged"""
    return F.softplus(logits_real).mean() + F.softplus(-logits_fake).mean()


def discriminator_loss__sign(logits_real, logits_fake):
    """your discriminator loss has the wrong sign: it is to be minimised"""
    return -F.softplus(-logits_real).mean() - F.softplus(logits_fake).mean()


def discriminator_loss__real_only(logits_real, logits_fake):  # noqa: ARG001
    """your discriminator loss counts the real images only: the half for the fakes is missing"""
    return F.softplus(-logits_real).mean()


def discriminator_loss__fake_only(logits_real, logits_fake):  # noqa: ARG001
    """your discriminator loss counts the fakes only: the half for the real images is missing"""
    return F.softplus(logits_fake).mean()


def discriminator_loss__all_real(logits_real, logits_fake):
    """your discriminator loss gives the label 1 to the fakes as well"""
    return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()


def discriminator_loss__sum_over_batch(logits_real, logits_fake):
    """your discriminator loss is summed over the batch; the mean is asked for"""
    return F.softplus(-logits_real).sum() + F.softplus(logits_fake).sum()


def discriminator_loss__not_reduced(logits_real, logits_fake):
    """your discriminator loss is one value per image; the mean over the batch is asked for"""
    return F.softplus(-logits_real) + F.softplus(logits_fake)


def discriminator_loss__sigmoid_twice(logits_real, logits_fake):
    """your discriminator loss applies the sigmoid twice: the function for logits was given probabilities"""
    return F.softplus(-torch.sigmoid(logits_real)).mean() + F.softplus(torch.sigmoid(logits_fake)).mean()


def discriminator_loss__cut_at_100(logits_real, logits_fake):
    """your discriminator loss stops at 100 per image: the logits became probabilities, whose logarithm was cut there"""
    return F.softplus(-logits_real).clamp(max=100).mean() + F.softplus(logits_fake).clamp(max=100).mean()


def generator_loss__saturating(logits_fake):
    """your generator minimises log(1 − D(G(z))), the saturating loss; the non-saturating −log D(G(z)) is asked for"""
    return -F.softplus(logits_fake).mean()


def generator_loss__labels_exchanged(logits_fake):
    """your generator learns to be recognised: its fakes have the label 0, and must have the label 1"""
    return F.softplus(logits_fake).mean()


def generator_loss__sign(logits_fake):
    """your generator loss has the wrong sign: it is to be minimised"""
    return -F.softplus(-logits_fake).mean()


def generator_loss__sum_over_batch(logits_fake):
    """your generator loss is summed over the batch; the mean is asked for"""
    return F.softplus(-logits_fake).sum()


def generator_loss__sigmoid_twice(logits_fake):
    """your generator loss applies the sigmoid twice: the function for logits was given probabilities"""
    return F.softplus(-torch.sigmoid(logits_fake)).mean()


def generator_loss__cut_at_100(logits_fake):
    """your generator loss stops at 100 per image: the logits became probabilities, whose logarithm was cut there"""
    return F.softplus(-logits_fake).clamp(max=100).mean()


def ls_discriminator_loss__forgot_half(scores_real, scores_fake):
    """your least-squares loss is twice too large: both halves have the factor ½"""
    return (scores_real - 1).square().mean() + scores_fake.square().mean()


def ls_discriminator_loss__targets_exchanged(scores_real, scores_fake):
    """your least-squares loss pulls the real scores to 0 and the fake ones to 1: the targets are exchanged"""
    return 0.5 * scores_real.square().mean() + 0.5 * (scores_fake - 1).square().mean()


def ls_discriminator_loss__sigmoid(scores_real, scores_fake):
    """your least-squares loss puts the scores through a sigmoid; they are used as they are"""
    real, fake = torch.sigmoid(scores_real), torch.sigmoid(scores_fake)
    return 0.5 * (real - 1).square().mean() + 0.5 * fake.square().mean()


def ls_discriminator_loss__mean_before_square(scores_real, scores_fake):
    """your least-squares loss averages before it squares; each score is squared first"""
    return 0.5 * (scores_real.mean() - 1).square() + 0.5 * scores_fake.mean().square()


def ls_discriminator_loss__sum_over_batch(scores_real, scores_fake):
    """your least-squares loss is summed over the batch; the mean is asked for"""
    return 0.5 * (scores_real - 1).square().sum() + 0.5 * scores_fake.square().sum()


def ls_discriminator_loss__difference(scores_real, scores_fake):
    """your least-squares loss subtracts the fake half; both halves are added"""
    return 0.5 * (scores_real - 1).square().mean() - 0.5 * scores_fake.square().mean()


def ls_generator_loss__forgot_half(scores_fake):
    """your least-squares loss is twice too large: it has the factor ½"""
    return (scores_fake - 1).square().mean()


def ls_generator_loss__target_zero(scores_fake):
    """your least-squares loss pulls the fake scores to 0; the generator wants them at 1"""
    return 0.5 * scores_fake.square().mean()


def ls_generator_loss__sigmoid(scores_fake):
    """your least-squares loss puts the scores through a sigmoid; they are used as they are"""
    return 0.5 * (torch.sigmoid(scores_fake) - 1).square().mean()


def ls_generator_loss__mean_before_square(scores_fake):
    """your least-squares loss averages before it squares; each score is squared first"""
    return 0.5 * (scores_fake.mean() - 1).square()


def _bce(logits, target):
    return F.softplus(logits) - target * logits


def _discriminator(activation):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), activation(), nn.Linear(256, 256), activation(), nn.Linear(256, 1)
    )


def _generator(size, activation, end):
    hidden = nn.Linear(size, 1024), activation(), nn.Linear(1024, 1024), activation()
    return nn.Sequential(*hidden, nn.Linear(1024, 784), end())
