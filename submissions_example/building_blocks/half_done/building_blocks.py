import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    ############################################################
    #  z = mu + sigma * epsilon                                #
    ############################################################
    epsilon = torch.randn_like(logvar)
    sigma = torch.exp(logvar / 2)
    z = mu + sigma * epsilon
    return z


def log_likelihood_bernoulli(p, x):
    ############################################################
    #  sum over the pixels                                     #
    ############################################################
    ll = (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    return ll


def log_likelihood_bernoulli_logits(logits, x):
    ############################################################
    #  later, if there is time                                 #
    ############################################################
    pass


def kl_standard_normal(mu, logvar):
    kl = 0.5 * (logvar.exp() + mu ** 2 - logvar - 1).sum(dim=1)
    return kl


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    raise NotImplementedError("kl_gaussian_gaussian")


def loss_function(recon_x, x, mu, logvar):
    reconstruction = -log_likelihood_bernoulli(recon_x, x)
    regularisation = kl_standard_normal(mu, logvar)
    return (reconstruction + regularisation).mean()


def generator_loss(logits_fake):
    labels = torch.ones_like(logits_fake)
    return F.binary_cross_entropy_with_logits(logits_fake, labels)


def discriminator_losses(logits_real, logits_fake):
    real_labels = torch.ones_like(logits_real)
    fake_labels = torch.zeros_like(logits_fake)
    real_loss = F.binary_cross_entropy_with_logits(logits_real, real_labels)
    fake_loss = F.binary_cross_entropy_with_logits(logits_fake, fake_labels)
    return real_loss, fake_loss
