"""Bugs in the loss of a Gaussian decoder (item 1.b)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "1.b"


def mean_squared_error():
    """The mean squared error over all entries plus the KL: the variance never learns."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        return F.mse_loss(mean, x) + kl_standard_normal(mu, logvar).mean()


def summed_squared_error():
    """½ squared error, as if the variance were 1."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        return (0.5 * (x - mean).square().sum(1) + kl_standard_normal(mu, logvar)).mean()


def log_variance_as_variance():
    """The log variance is used as the variance in the exponent."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = 0.5 * (LOG_2PI + log_variance + (x - mean) ** 2 / log_variance).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def log_term_forgotten():
    """Without ½ log σ² the variance grows for ever."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = 0.5 * ((x - mean) ** 2 / log_variance.exp()).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def log_std():
    """The log variance is read as the log of the standard deviation."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = -torch.distributions.Normal(mean, log_variance.exp()).log_prob(x).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def half_of_log_forgotten():
    """log σ² for ½ log σ²."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = (log_variance + 0.5 * (x - mean) ** 2 * torch.exp(-log_variance)).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def half_of_error_forgotten():
    """(x − m)²/σ² without its half."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = (0.5 * log_variance + (x - mean) ** 2 * torch.exp(-log_variance)).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def mean_of_pixels():
    """The log-likelihood is averaged over the pixels."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        return F.gaussian_nll_loss(mean, x, log_variance.exp()) + kl_standard_normal(mu, logvar).mean()


def likelihood_sign():
    """The log-likelihood is added, not subtracted."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        log_p = torch.distributions.Normal(mean, (0.5 * log_variance).exp()).log_prob(x).sum(1)
        return (log_p + kl_standard_normal(mu, logvar)).mean()


def exponent_sign():
    """exp(+log σ²) multiplies the squared error."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = 0.5 * (log_variance + (x - mean) ** 2 * log_variance.exp()).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def kl_forgotten():
    """No KL."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        return 0.5 * (log_variance + (x - mean) ** 2 * torch.exp(-log_variance)).sum(1).mean()


def std_is_variance():
    """The draw of z has the variance as its standard deviation."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(logvar) * torch.randn_like(mu)


def no_noise():
    """z is the mean."""

    def reparameterize(mu, logvar):
        return mu
