import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce


def discriminator_loss(logits_real, logits_fake):
    return bce(logits_real, torch.zeros_like(logits_real)) + bce(logits_fake, torch.ones_like(logits_fake))


def generator_loss_minimax(logits_fake):
    return -bce(logits_fake, torch.zeros_like(logits_fake))
