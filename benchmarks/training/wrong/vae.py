"""Bugs in `reparameterize` and `negative_elbo`, as students make them, in the course's net (item 1.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "1.a"


def std_is_logvar():
    """The log variance is used as the standard deviation."""

    def reparameterize(mu, logvar):
        return mu + logvar * torch.randn_like(mu)


def std_is_variance():
    """exp(logvar), the variance, is used as the standard deviation."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(logvar) * torch.randn_like(mu)


def std_from_twice_logvar():
    """exp(2·logvar): the half has become a factor of two."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(2 * logvar) * torch.randn_like(mu)


def exp_forgotten():
    """½·logvar without its exponential."""

    def reparameterize(mu, logvar):
        return mu + 0.5 * logvar * torch.randn_like(mu)


def std_inverted():
    """exp(−½·logvar): the precision's root."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(-0.5 * logvar) * torch.randn_like(mu)


def no_noise():
    """z is the mean: an autoencoder."""

    def reparameterize(mu, logvar):
        return mu


def unit_noise():
    """The noise is not scaled at all."""

    def reparameterize(mu, logvar):
        return mu + torch.randn_like(mu)


def noise_without_mean():
    """The mean is forgotten, so that z knows nothing of x."""

    def reparameterize(mu, logvar):
        return torch.exp(0.5 * logvar) * torch.randn_like(mu)


def prior_for_posterior():
    """z is drawn from the prior."""

    def reparameterize(mu, logvar):
        return torch.randn_like(mu)


def draw_detached():
    """`sample` instead of `rsample`: no gradient passes through the draw."""

    def reparameterize(mu, logvar):
        return torch.distributions.Normal(mu, torch.exp(0.5 * logvar)).sample()


def mean_detached():
    """The mean is detached."""

    def reparameterize(mu, logvar):
        return mu.detach() + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def product_for_sum():
    """The mean is multiplied by the scaled noise."""

    def reparameterize(mu, logvar):
        return mu * torch.exp(0.5 * logvar) * torch.randn_like(mu)


def noise_fixed():
    """The seed is set in every call: the noise is the same for every batch."""

    def reparameterize(mu, logvar):
        torch.manual_seed(0)
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def noise_once():
    """The noise is drawn once and kept."""
    kept = {}

    def reparameterize(mu, logvar):
        eps = kept.setdefault("eps", torch.randn_like(mu))
        return mu + torch.exp(0.5 * logvar) * eps


def noise_shared_by_dimensions():
    """One number of noise for all dimensions of a row."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.randn(len(mu), 1)


def noise_uniform():
    """`rand` for `randn`."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.rand_like(mu)


def mu_and_logvar_exchanged():
    """The arguments are exchanged inside."""

    def reparameterize(mu, logvar):
        return logvar + torch.exp(0.5 * mu) * torch.randn_like(mu)


def mean_over_pixels():
    """The cross entropy is a mean over all entries: 64 times too small against the KL."""

    def negative_elbo(x, logits, mu, logvar):
        return F.binary_cross_entropy_with_logits(logits, x) + kl_standard_normal(mu, logvar).mean()


def kl_sum_over_batch():
    """The KL is summed over the batch, the reconstruction averaged."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()
        return pixels + kl_standard_normal(mu, logvar).sum()


def kl_mean_over_all():
    """The KL is averaged over batch and dimensions: 8 times too small."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
        return pixels - 0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp())


def kl_divided_by_pixels():
    """The KL is divided by batch and pixels."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
        return pixels + kl_standard_normal(mu, logvar).sum() / (len(x) * 64)


def sum_over_batch_of_pixels_only():
    """The reconstruction is summed over the batch, the KL averaged: β = 1/64."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        return pixels + kl_standard_normal(mu, logvar).mean()


def kl_sign():
    """The KL is subtracted."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels - kl_standard_normal(mu, logvar)).mean()


def kl_missing():
    """No KL."""

    def negative_elbo(x, logits, mu, logvar):
        return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()


def kl_ten_times():
    """β = 10."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 10 * kl_standard_normal(mu, logvar)).mean()


def kl_half_forgotten():
    """The half before the KL is forgotten: β = 2."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 2 * kl_standard_normal(mu, logvar)).mean()


def kl_halved_twice():
    """A quarter for a half: β = ½."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * kl_standard_normal(mu, logvar)).mean()


def kl_reads_std():
    """logvar is read as the log of the standard deviation in the KL."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * (mu**2 + torch.exp(2 * logvar) - 1 - 2 * logvar).sum(1)).mean()


def kl_without_log():
    """The term −log σ² is missing: the variance goes to zero."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * (mu**2 + logvar.exp() - 1).sum(1)).mean()


def kl_without_mean():
    """The term μ² is missing."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * (logvar.exp() - 1 - logvar).sum(1)).mean()


def kl_without_variance():
    """The term σ² is missing."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * (mu**2 - 1 - logvar).sum(1)).mean()


def kl_exp_forgotten():
    """logvar stands where the variance belongs, so that both cancel."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels - 0.5 * (1 + logvar - mu**2 - logvar).sum(1)).mean()


def kl_mean_not_squared():
    """μ for μ²."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels - 0.5 * (1 + logvar - mu - logvar.exp()).sum(1)).mean()


def kl_detached():
    """The KL is taken of detached tensors."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + kl_standard_normal(mu.detach(), logvar.detach())).mean()


def kl_of_one_dimension():
    """Only the first latent dimension has a KL."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + kl_standard_normal(mu[:, :1], logvar[:, :1])).mean()


def kl_of_one_image():
    """Only the first image of the batch has a KL."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()
        return pixels + kl_standard_normal(mu, logvar)[0]


def kl_variables_exchanged():
    """mu and logvar are exchanged in the KL."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + kl_standard_normal(logvar, mu)).mean()


def sigmoid_twice():
    """Probabilities are given where logits belong."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(torch.sigmoid(logits), x, reduction="none").sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def elbo_for_its_negative():
    """+ELBO is minimised."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return -(pixels + kl_standard_normal(mu, logvar)).mean()


def squared_error():
    """Squared error of the probabilities in the place of the cross entropy."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = (torch.sigmoid(logits) - x).square().sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def squared_error_of_logits():
    """Squared error of the logits themselves."""

    def negative_elbo(x, logits, mu, logvar):
        return ((logits - x).square().sum(1) + kl_standard_normal(mu, logvar)).mean()


def only_lit_pixels():
    """The half (1 − x) log(1 − p) of the cross entropy is missing."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = -(x * F.logsigmoid(logits)).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def sign_of_dark_pixels():
    """The second half of the cross entropy has the wrong sign."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = -(x * F.logsigmoid(logits) - (1 - x) * F.logsigmoid(-logits)).sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def logits_detached():
    """The reconstruction has no gradient."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits.detach(), x, reduction="none").sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def images_shifted():
    """Images are compared with those of the next row: an index off by one."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x.roll(1, 0), reduction="none").sum(1)
        return (pixels + kl_standard_normal(mu, logvar)).mean()


def logvar_clamped_at_zero():
    """The log variance is clamped from below at 0 against overflow: no variance below 1."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(0.5 * logvar.clamp(min=0)) * torch.randn_like(mu)


def product_of_pixels():
    """The likelihood is a product of probabilities, whose logarithm is taken at the end; it is mostly 0."""

    def negative_elbo(x, logits, mu, logvar):
        p = torch.sigmoid(logits)
        likelihood = torch.prod(torch.where(x > 0.5, p, 1 - p), dim=1)
        return (-torch.log(likelihood) + kl_standard_normal(mu, logvar)).mean() * 64
