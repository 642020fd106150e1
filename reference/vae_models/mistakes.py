"""The commonest wrong answers to "Variational autoencoders", each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the first paragraph of its docstring is the sentence that the student reads.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LOG_2PI = math.log(2 * math.pi)


# --- draws ----------------------------------------------------------------------------------------------------------


def sample_matrix__transposed(mu, S):
    """your draws have the covariance Sᵀ·S: a row of noise must be multiplied by Sᵀ, which gives S·Sᵀ"""
    return mu + torch.randn_like(mu) @ S


def sample_matrix__covariance_for_factor(mu, S):
    """your draws multiply the noise by S·Sᵀ, which is their covariance; the noise is multiplied by S"""
    return mu + torch.randn_like(mu) @ (S @ S.T)


def sample_matrix__diagonal_only(mu, S):
    """your draws use only the diagonal of S: the noise must be multiplied by the whole matrix"""
    return mu + S.diagonal() * torch.randn_like(mu)


def sample_matrix__without_s(mu, S):  # noqa: ARG001
    """the noise of your draws is not multiplied by S"""
    return mu + torch.randn_like(mu)


# --- change of variables --------------------------------------------------------------------------------------------


def log_density_scale__no_log_det(g, mu, sigma):
    """your density lacks the term −Σ log σ: a change of variables divides by the determinant of its Jacobian"""
    return -(0.5 * (((g - mu) / sigma).square() + LOG_2PI)).sum(dim=1)


def log_density_scale__log_det_sign(g, mu, sigma):
    """your density adds Σ log σ, which is to be subtracted: stretching space makes the density smaller"""
    return (-0.5 * (((g - mu) / sigma).square() + LOG_2PI) + sigma.log()).sum(dim=1)


def log_density_scale__log_det_halved(g, mu, sigma):
    """your density subtracts ½ Σ log σ; with a standard deviation σ the term is Σ log σ, which is ½ Σ log σ²"""
    return _normal(g, mu, sigma.square(), 0.5 * sigma.log()).sum(dim=1)


def log_density_scale__log_det_doubled(g, mu, sigma):
    """your density subtracts Σ log σ²; the root of the determinant of diag(σ²) leaves Σ log σ"""
    return _normal(g, mu, sigma.square(), 2 * sigma.log()).sum(dim=1)


def log_density_scale__sigma_not_squared(g, mu, sigma):
    """your density divides the squared distance by σ; it must be divided by σ²"""
    return _normal(g, mu, sigma, sigma.log()).sum(dim=1)


def log_density_scale__variance(g, mu, sigma):
    """your density reads sigma as the variance; it is the standard deviation"""
    return _normal(g, mu, sigma, 0.5 * sigma.log()).sum(dim=1)


def log_density_scale__sigma_squared_as_std(g, mu, sigma):
    """your density takes σ² for the standard deviation; Normal of torch.distributions wants σ itself"""
    return _normal(g, mu, sigma**4, 2 * sigma.log()).sum(dim=1)


def log_density_scale__log_std(g, mu, sigma):
    """your density reads sigma as the logarithm of the standard deviation; it is the standard deviation itself"""
    return _normal(g, mu, (2 * sigma).exp(), sigma).sum(dim=1)


def log_density_scale__forgot_half(g, mu, sigma):
    """the exponent of your density lacks the factor ½"""
    return _normal(g, mu, 0.5 * sigma.square(), sigma.log()).sum(dim=1)


def log_density_scale__no_constant(g, mu, sigma):
    """your density lacks the constant ½ log(2π) of every dimension"""
    return (_normal(g, mu, sigma.square(), sigma.log()) + 0.5 * LOG_2PI).sum(dim=1)


def log_density_scale__constant_once(g, mu, sigma):
    """your density has the constant ½ log(2π) once; every dimension has one"""
    return (_normal(g, mu, sigma.square(), sigma.log()) + 0.5 * LOG_2PI).sum(dim=1) - 0.5 * LOG_2PI


def log_density_scale__not_log(g, mu, sigma):
    """your function returns the density itself; its logarithm is asked for"""
    return _normal(g, mu, sigma.square(), sigma.log()).sum(dim=1).exp()


def log_density_scale__mean_for_sum(g, mu, sigma):
    """your density averages over the dimensions; their logarithms must be summed"""
    return _normal(g, mu, sigma.square(), sigma.log()).mean(dim=1)


def log_density_scale__summed_over_batch(g, mu, sigma):
    """your density is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _normal(g, mu, sigma.square(), sigma.log()).sum()


def log_density_matrix__no_log_det(g, mu, S):
    """your density lacks the term −log|det S|: a change of variables divides by the determinant of its Jacobian"""
    return _mixed(g, mu, S @ S.T, torch.zeros((), dtype=S.dtype))


def log_density_matrix__log_det_sign(g, mu, S):
    """your density adds log|det S|, which is to be subtracted: stretching space makes the density smaller"""
    return _mixed(g, mu, S @ S.T, -_log_det(S))


def log_density_matrix__log_det_doubled(g, mu, S):
    """your density subtracts log det(S·Sᵀ); the determinant stands under a root, which leaves log|det S|"""
    return _mixed(g, mu, S @ S.T, 2 * _log_det(S))


def log_density_matrix__log_det_halved(g, mu, S):
    """your density subtracts ½ log|det S|; the term is log|det S|, which is ½ log det(S·Sᵀ)"""
    return _mixed(g, mu, S @ S.T, 0.5 * _log_det(S))


def log_density_matrix__s_for_covariance(g, mu, S):
    """your density takes S for the covariance; the covariance of mu + S·z0 is S·Sᵀ"""
    return _mixed(g, mu, S, 0.5 * _log_det(S))


def log_density_matrix__s_in_quadratic_form(g, mu, S):
    """the quadratic form of your density has S⁻¹ where (S·Sᵀ)⁻¹ belongs"""
    return _mixed(g, mu, S, _log_det(S))


def log_density_matrix__transposed(g, mu, S):
    """your density takes Sᵀ·S for the covariance; that of mu + S·z0 is S·Sᵀ (the noise was multiplied by Sᵀ)"""
    return _mixed(g, mu, S.T @ S, _log_det(S))


def log_density_matrix__not_inverted(g, mu, S):
    """the quadratic form of your density has S·Sᵀ where its inverse belongs"""
    return _mixed(g, mu, torch.linalg.inv(S @ S.T), _log_det(S))


def log_density_matrix__diagonal_only(g, mu, S):
    """your density uses only the diagonal of S"""
    d = S.diagonal()
    return _mixed(g, mu, torch.diag(d.square()), d.abs().log().sum())


def log_density_matrix__forgot_half(g, mu, S):
    """the exponent of your density lacks the factor ½"""
    return _mixed(g, mu, 0.5 * S @ S.T, _log_det(S))


def log_density_matrix__no_constant(g, mu, S):
    """your density lacks the constant ½ log(2π) of every dimension"""
    return _mixed(g, mu, S @ S.T, _log_det(S)) + 0.5 * LOG_2PI * len(S)


def log_density_matrix__constant_once(g, mu, S):
    """your density has the constant ½ log(2π) once; every dimension has one"""
    return _mixed(g, mu, S @ S.T, _log_det(S)) + 0.5 * LOG_2PI * (len(S) - 1)


def log_density_matrix__summed_over_batch(g, mu, S):
    """your density is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _mixed(g, mu, S @ S.T, _log_det(S)).sum()


# --- networks -------------------------------------------------------------------------------------------------------


class _TwoHeads(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.hidden = nn.Linear(data_dimension, hidden_units)
        self.first = nn.Linear(hidden_units, latent_dimension)
        self.second = nn.Linear(hidden_units, latent_dimension)

    def heads(self, x):
        h = F.relu(self.hidden(x))
        return self.first(h), self.second(h)


class Encoder__heads_exchanged(_TwoHeads):  # noqa: N801
    """your encoder returns (logvar, mu), or makes the head of logvar before that of mu; mu comes first in both"""

    def forward(self, x):
        return self.heads(x)[::-1]


class Encoder__std_for_logvar(_TwoHeads):  # noqa: N801
    """your encoder applies exp to its second head; logvar is the head itself, which may be negative"""

    def forward(self, x):
        mu, logvar = self.heads(x)
        return mu, logvar.exp()


class Encoder__softplus(_TwoHeads):  # noqa: N801
    """your encoder applies softplus to its second head; logvar is the head itself, which may be negative"""

    def forward(self, x):
        mu, logvar = self.heads(x)
        return mu, F.softplus(logvar)


class Encoder__relu_on_heads(_TwoHeads):  # noqa: N801
    """your encoder applies ReLU to its outputs; mu and logvar must be able to be negative"""

    def forward(self, x):
        mu, logvar = self.heads(x)
        return F.relu(mu), F.relu(logvar)


class Encoder__no_activation(_TwoHeads):  # noqa: N801
    """your encoder is linear: the ReLU after the hidden layer is missing"""

    def forward(self, x):
        h = self.hidden(x)
        return self.first(h), self.second(h)


class Encoder__tanh_for_relu(_TwoHeads):  # noqa: N801
    """your encoder has tanh after its hidden layer; ReLU is asked for"""

    def forward(self, x):
        h = torch.tanh(self.hidden(x))
        return self.first(h), self.second(h)


class Encoder__same_head_twice(_TwoHeads):  # noqa: N801
    """your encoder takes mu and logvar from the same head; each has its own"""

    def forward(self, x):
        mu, _ = self.heads(x)
        return mu, mu


class _Perceptron(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.hidden = nn.Linear(latent_dimension, hidden_units)
        self.out = nn.Linear(hidden_units, data_dimension)


class Decoder__sigmoid(_Perceptron):  # noqa: N801
    """your decoder ends with a sigmoid and returns probabilities; logits are asked for"""

    def forward(self, z):
        return torch.sigmoid(self.out(F.relu(self.hidden(z))))


class Decoder__relu_on_logits(_Perceptron):  # noqa: N801
    """your decoder applies ReLU to its output; logits must be able to be negative"""

    def forward(self, z):
        return F.relu(self.out(F.relu(self.hidden(z))))


class Decoder__no_activation(_Perceptron):  # noqa: N801
    """your decoder is linear: the ReLU after the hidden layer is missing"""

    def forward(self, z):
        return self.out(self.hidden(z))


class Decoder__tanh_for_relu(_Perceptron):  # noqa: N801
    """your decoder has tanh after its hidden layer; ReLU is asked for"""

    def forward(self, z):
        return self.out(torch.tanh(self.hidden(z)))


class Decoder__sigmoid_hidden(_Perceptron):  # noqa: N801
    """your decoder has a sigmoid after its hidden layer; ReLU is asked for"""

    def forward(self, z):
        return self.out(torch.sigmoid(self.hidden(z)))


# --- negative ELBO --------------------------------------------------------------------------------------------------


def negative_elbo_bernoulli__kl_sign(logits, x, mu, logvar):
    """your loss subtracts the KL from the reconstruction error; the negative ELBO adds it"""
    return (_cross_entropy(logits, x).sum(dim=1) - _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__sign(logits, x, mu, logvar):
    """your loss is the ELBO, which is maximised; the loss to minimise is its negative"""
    return -(_cross_entropy(logits, x).sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__reconstruction_sign(logits, x, mu, logvar):
    """your loss adds log p(x|z) to the KL; the negative ELBO subtracts it"""
    return (_kl(mu, logvar).sum(dim=1) - _cross_entropy(logits, x).sum(dim=1)).mean()


def negative_elbo_bernoulli__mean_reconstruction(logits, x, mu, logvar):
    """your reconstruction error is averaged over the pixels; sum over the pixels, and average over the batch only"""
    return _cross_entropy(logits, x).mean() + _kl(mu, logvar).sum(dim=1).mean()


def negative_elbo_bernoulli__mean_kl(logits, x, mu, logvar):
    """your KL is averaged over the latent dimensions while the pixels are summed; both must be summed"""
    return _cross_entropy(logits, x).sum(dim=1).mean() + _kl(mu, logvar).mean()


def negative_elbo_bernoulli__mean_for_sum(logits, x, mu, logvar):
    """your loss averages over the pixels and over the latent dimensions; both must be summed"""
    return _cross_entropy(logits, x).mean() + _kl(mu, logvar).mean()


def negative_elbo_bernoulli__sum_over_batch(logits, x, mu, logvar):
    """your loss is summed over the batch; the mean over the batch is asked for"""
    return _cross_entropy(logits, x).sum() + _kl(mu, logvar).sum()


def negative_elbo_bernoulli__sum_against_mean(logits, x, mu, logvar):
    """your loss sums the reconstruction error over the batch but averages the KL over it"""
    return _cross_entropy(logits, x).sum() + _kl(mu, logvar).sum(dim=1).mean()


def negative_elbo_bernoulli__mean_reconstruction_sum_kl(logits, x, mu, logvar):
    """your reconstruction error is the mean over all pixels and images, your KL the sum over the whole batch"""
    return _cross_entropy(logits, x).mean() + _kl(mu, logvar).sum()


def negative_elbo_bernoulli__not_reduced(logits, x, mu, logvar):
    """your loss is one value per image; the mean over the batch is asked for"""
    return _cross_entropy(logits, x).sum(dim=1) + _kl(mu, logvar).sum(dim=1)


def negative_elbo_bernoulli__without_kl(logits, x, mu, logvar):  # noqa: ARG001
    """your loss is the reconstruction error alone: the KL is missing"""
    return _cross_entropy(logits, x).sum(dim=1).mean()


def negative_elbo_bernoulli__forgot_half(logits, x, mu, logvar):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return (_cross_entropy(logits, x).sum(dim=1) + 2 * _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__log_std(logits, x, mu, logvar):
    """the KL in your loss reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return (_cross_entropy(logits, x).sum(dim=1) + _kl(mu, 2 * logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__forgot_one(logits, x, mu, logvar):
    """the KL in your loss lacks the −1 of every dimension: it is not 0 for mu = 0, logvar = 0"""
    return (_cross_entropy(logits, x).sum(dim=1) + (_kl(mu, logvar) + 0.5).sum(dim=1)).mean()


def negative_elbo_bernoulli__probabilities(logits, x, mu, logvar):
    """your loss takes the logits for probabilities; a logit needs a sigmoid, or a function that takes logits"""
    error = -(x * torch.log(logits).clamp(min=-100) + (1 - x) * torch.log(1 - logits).clamp(min=-100))
    return (error.sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__sigmoid_twice(logits, x, mu, logvar):
    """your loss applies the sigmoid twice: the function for logits was given probabilities"""
    return (_cross_entropy(torch.sigmoid(logits), x).sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__squared_error(logits, x, mu, logvar):
    """your reconstruction error is a squared error; a Bernoulli decoder asks for the binary cross-entropy"""
    return ((torch.sigmoid(logits) - x).square().sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__zeros_left_out(logits, x, mu, logvar):
    """your reconstruction error counts only the pixels that are 1; the term (1 − x) log(1 − p) is missing"""
    return ((x * F.softplus(-logits)).sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_bernoulli__cut_at_100(logits, x, mu, logvar):
    """your loss stops at 100 per pixel: the logits became probabilities, whose logarithm was cut there"""
    return (_cross_entropy(logits, x).clamp(max=100).sum(dim=1) + _kl(mu, logvar).sum(dim=1)).mean()


def negative_elbo_gaussian__no_constant(x_hat, x, mu, logvar, sigma2):
    """your loss lacks the constant D/2 log(2πσ²) of every image, which is asked for here"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2))


def negative_elbo_gaussian__no_two_pi(x_hat, x, mu, logvar, sigma2):
    """the constant of your loss lacks ½ log(2π) per pixel: it is D/2 log(2πσ²)"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, sigma2.log())


def negative_elbo_gaussian__no_log_variance(x_hat, x, mu, logvar, sigma2):
    """the constant of your loss lacks ½ log σ² per pixel: it is D/2 log(2πσ²)"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.full_like(sigma2, LOG_2PI))


def negative_elbo_gaussian__constant_once(x_hat, x, mu, logvar, sigma2):
    """your loss has the constant ½ log(2πσ²) once per image; every pixel has one"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, (LOG_2PI + sigma2.log()) / x.shape[1])


def negative_elbo_gaussian__constant_sign(x_hat, x, mu, logvar, sigma2):
    """your loss subtracts the constant D/2 log(2πσ²); the negative ELBO adds it"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, -LOG_2PI - sigma2.log())


def negative_elbo_gaussian__sigma_for_variance(x_hat, x, mu, logvar, sigma2):
    """your loss reads sigma2 as the standard deviation; it is the variance"""
    return _gaussian_loss(x_hat, x, mu, logvar, sigma2**-2, LOG_2PI + 2 * sigma2.log())


def negative_elbo_gaussian__root_for_variance(x_hat, x, mu, logvar, sigma2):
    """your loss divides the squared error by 2σ; it must be divided by 2σ²"""
    return _gaussian_loss(x_hat, x, mu, logvar, sigma2**-0.5, LOG_2PI + sigma2.log())


def negative_elbo_gaussian__log_not_halved(x_hat, x, mu, logvar, sigma2):
    """the constant of your loss has log σ² per pixel; it has ½ log σ², which is log σ"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + 2 * sigma2.log())


def negative_elbo_gaussian__error_not_halved(x_hat, x, mu, logvar, sigma2):
    """your loss divides the squared error by σ²; it must be divided by 2σ²"""
    return _gaussian_loss(x_hat, x, mu, logvar, 2 / sigma2, LOG_2PI + sigma2.log())


def negative_elbo_gaussian__variance_ignored(x_hat, x, mu, logvar, sigma2):
    """your loss does not depend on sigma2: it is that of a decoder with variance 1"""
    return _gaussian_loss(x_hat, x, mu, logvar, torch.ones_like(sigma2), torch.full_like(sigma2, LOG_2PI))


def negative_elbo_gaussian__kl_sign(x_hat, x, mu, logvar, sigma2):
    """your loss subtracts the KL from the reconstruction error; the negative ELBO adds it"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + sigma2.log(), kl=-1.0)


def negative_elbo_gaussian__forgot_half(x_hat, x, mu, logvar, sigma2):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + sigma2.log(), kl=2.0)


def negative_elbo_gaussian__without_kl(x_hat, x, mu, logvar, sigma2):
    """your loss is the reconstruction error alone: the KL is missing"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + sigma2.log(), kl=0.0)


def negative_elbo_gaussian__mean_reconstruction(x_hat, x, mu, logvar, sigma2):
    """your reconstruction error is averaged over the pixels; sum over the pixels, and average over the batch only"""
    error = 0.5 * ((x - x_hat).square() / sigma2 + LOG_2PI + sigma2.log()).mean()
    return error + _kl(mu, logvar).sum(dim=1).mean()


def negative_elbo_gaussian__mean_squared_error(x_hat, x, mu, logvar, sigma2):
    """the squared error in your loss is averaged over the pixels while its constant has all of them; sum both"""
    constant = 0.5 * x.shape[1] * (LOG_2PI + sigma2.log())
    return (x - x_hat).square().mean() / (2 * sigma2) + constant + _kl(mu, logvar).sum(dim=1).mean()


def negative_elbo_gaussian__sum_over_batch(x_hat, x, mu, logvar, sigma2):
    """your loss is summed over the batch; the mean over the batch is asked for"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + sigma2.log())


def squared_error_loss__constant_kept(x_hat, x, mu, logvar, sigma2):
    """your loss keeps the constant D/2 log(2πσ²) of every image, which is to be dropped here"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, LOG_2PI + sigma2.log())


def squared_error_loss__mean_over_batch(x_hat, x, mu, logvar, sigma2):
    """your loss is averaged over the batch; the sum over the batch is asked for here"""
    return _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2))


def squared_error_loss__mean_reconstruction(x_hat, x, mu, logvar, sigma2):
    """your squared error is averaged over all pixels and images (the default of F.mse_loss); sum it, as the KL"""
    return (x - x_hat).square().mean() / (2 * sigma2) + _kl(mu, logvar).sum()


def squared_error_loss__error_not_halved(x_hat, x, mu, logvar, sigma2):
    """your loss divides the squared error by σ²; it must be divided by 2σ²"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 2 / sigma2, torch.zeros_like(sigma2))


def squared_error_loss__variance_ignored(x_hat, x, mu, logvar, sigma2):
    """your squared error is not divided by 2σ²: only half of it is right, and only for σ² = 1"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, torch.ones_like(sigma2), torch.zeros_like(sigma2))


def squared_error_loss__not_scaled(x_hat, x, mu, logvar, sigma2):
    """your squared error is not divided by 2σ²"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, torch.full_like(sigma2, 2.0), torch.zeros_like(sigma2))


def squared_error_loss__variance_multiplied(x_hat, x, mu, logvar, sigma2):
    """your loss multiplies the squared error by σ²; it must be divided by it"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, sigma2, torch.zeros_like(sigma2))


def squared_error_loss__sigma_for_variance(x_hat, x, mu, logvar, sigma2):
    """your loss reads sigma2 as the standard deviation; it is the variance"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, sigma2**-2, torch.zeros_like(sigma2))


def squared_error_loss__kl_scaled(x_hat, x, mu, logvar, sigma2):
    """your loss divides the KL by σ² as well; only the squared error is divided"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2), kl=1 / sigma2)


def squared_error_loss__kl_sign(x_hat, x, mu, logvar, sigma2):
    """your loss subtracts the KL from the reconstruction error; the negative ELBO adds it"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2), kl=-1.0)


def squared_error_loss__forgot_half(x_hat, x, mu, logvar, sigma2):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2), kl=2.0)


def squared_error_loss__without_kl(x_hat, x, mu, logvar, sigma2):
    """your loss is the reconstruction error alone: the KL is missing"""
    return len(x) * _gaussian_loss(x_hat, x, mu, logvar, 1 / sigma2, torch.zeros_like(sigma2), kl=0.0)


def alpha_loss__alpha_on_reconstruction(logits, x, mu, logvar, alpha):
    """your loss multiplies the reconstruction error by alpha; alpha belongs to the KL"""
    return _weighted(logits, x, mu, logvar, alpha, 1.0)


def alpha_loss__alpha_ignored(logits, x, mu, logvar, alpha):  # noqa: ARG001
    """your loss does not depend on alpha: it is the negative ELBO"""
    return _weighted(logits, x, mu, logvar, 1.0, 1.0)


def alpha_loss__alpha_on_both(logits, x, mu, logvar, alpha):
    """your loss multiplies the reconstruction error by alpha as well; alpha belongs to the KL only"""
    return _weighted(logits, x, mu, logvar, alpha, alpha)


def alpha_loss__convex(logits, x, mu, logvar, alpha):
    """your loss weights the reconstruction error with 1 − alpha; its weight is 1"""
    return _weighted(logits, x, mu, logvar, 1 - alpha, alpha)


def alpha_loss__one_plus_alpha(logits, x, mu, logvar, alpha):
    """your loss weights the KL with 1 + alpha; its weight is alpha, and alpha = 1 is the negative ELBO"""
    return _weighted(logits, x, mu, logvar, 1.0, 1 + alpha)


def alpha_loss__alpha_divides(logits, x, mu, logvar, alpha):
    """your loss divides the KL by alpha; it must be multiplied by it"""
    return _weighted(logits, x, mu, logvar, 1.0, 1 / alpha)


def alpha_loss__kl_sign(logits, x, mu, logvar, alpha):
    """your loss subtracts the weighted KL; it must be added"""
    return _weighted(logits, x, mu, logvar, 1.0, -alpha)


def alpha_loss__forgot_half(logits, x, mu, logvar, alpha):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return _weighted(logits, x, mu, logvar, 1.0, 2 * alpha)


def alpha_loss__mean_reconstruction(logits, x, mu, logvar, alpha):
    """your reconstruction error is averaged over the pixels; sum over the pixels, and average over the batch only"""
    return _cross_entropy(logits, x).mean() + alpha * _kl(mu, logvar).sum(dim=1).mean()


def alpha_loss__mean_kl(logits, x, mu, logvar, alpha):
    """your KL is averaged over the latent dimensions while the pixels are summed; both must be summed"""
    return _cross_entropy(logits, x).sum(dim=1).mean() + alpha * _kl(mu, logvar).mean()


def alpha_loss__mean_for_sum(logits, x, mu, logvar, alpha):
    """your loss averages over the pixels and over the latent dimensions; both must be summed"""
    return _cross_entropy(logits, x).mean() + alpha * _kl(mu, logvar).mean()


def alpha_loss__sum_over_batch(logits, x, mu, logvar, alpha):
    """your loss is summed over the batch; the mean over the batch is asked for"""
    return len(x) * _weighted(logits, x, mu, logvar, 1.0, alpha)


# --- importance weighted bound --------------------------------------------------------------------------------------


def iwae_bound__mean_of_logs(log_w):
    """your bound is the mean of the log-weights, which is L_1, the ELBO; L_K is the logarithm of the mean weight"""
    return log_w.mean(dim=1)


def iwae_bound__forgot_log_k(log_w):
    """your bound is the logarithm of the sum of the weights; their mean is asked for: − log K is missing"""
    return torch.logsumexp(log_w, dim=1)


def iwae_bound__log_k_added(log_w):
    """your bound adds log K; the mean of K weights subtracts it"""
    return torch.logsumexp(log_w, dim=1) + math.log(log_w.shape[1])


def iwae_bound__divided_by_k(log_w):
    """your bound divides the logarithm by K; the weights are divided by K, before the logarithm"""
    return torch.logsumexp(log_w, dim=1) / log_w.shape[1]


def iwae_bound__mean_of_weights(log_w):
    """your bound is the mean of the weights; its logarithm is asked for"""
    return log_w.exp().mean(dim=1)


def iwae_bound__wrong_axis(log_w):
    """your bound averages over the batch instead of the K samples: one value per image, of shape (B,), is asked for"""
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def iwae_bound__over_everything(log_w):
    """your bound averages the weights of all images together; each image has its own bound"""
    return torch.logsumexp(log_w.flatten(), dim=0) - math.log(log_w.numel())


def iwae_bound__mean_over_batch(log_w):
    """your bound is averaged over the batch; one value per image, of shape (B,), is asked for"""
    return (torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])).mean()


def iwae_bound__largest_only(log_w):
    """your bound is the largest log-weight; the other samples count too"""
    return log_w.amax(dim=1)


def iwae_bound__largest_left_out(log_w):
    """your bound subtracts the largest log-weight before exp and does not add it again"""
    return torch.logsumexp(log_w - log_w.amax(dim=1, keepdim=True), dim=1) - math.log(log_w.shape[1])


def iwae_linear__one_sample(x, W, b, sigma2, mu, logvar, eps):
    """your bound is the mean of the log-weights, which is L_1, the ELBO; L_K is the logarithm of the mean weight"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return (likelihood + prior - q).mean(dim=1)


def iwae_linear__forgot_log_k(x, W, b, sigma2, mu, logvar, eps):
    """your bound is the logarithm of the sum of the weights; their mean is asked for: − log K is missing"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return torch.logsumexp(likelihood + prior - q, dim=1)


def iwae_linear__no_prior(x, W, b, sigma2, mu, logvar, eps):
    """your weights lack the prior p(z): the weight is p(x|z)·p(z) / q(z|x)"""
    likelihood, _, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood - q)


def iwae_linear__no_q(x, W, b, sigma2, mu, logvar, eps):
    """your weights are not divided by q(z|x): the weight is p(x|z)·p(z) / q(z|x)"""
    likelihood, prior, _ = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + prior)


def iwae_linear__likelihood_only(x, W, b, sigma2, mu, logvar, eps):
    """your weights are p(x|z) alone; z comes from q, so the weight is p(x|z)·p(z) / q(z|x)"""
    likelihood, _, _ = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood)


def iwae_linear__q_sign(x, W, b, sigma2, mu, logvar, eps):
    """your weights are multiplied by q(z|x); they are divided by it"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + prior + q)


def iwae_linear__analytic_kl(x, W, b, sigma2, mu, logvar, eps):
    """your bound subtracts the KL in closed form; inside the logarithm each sample needs its own p(z)/q(z|x)"""
    likelihood, _, _ = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood) - _kl(mu, logvar).sum(dim=1)


def iwae_linear__std_from_logvar(x, W, b, sigma2, mu, logvar, eps):
    """your samples and q read logvar as the logarithm of the standard deviation; it is that of the variance"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, 2 * logvar, eps)
    return _log_mean_exp(likelihood + prior - q)


def iwae_linear__std_from_logvar_in_samples(x, W, b, sigma2, mu, logvar, eps):
    """your samples scale the noise by exp(logvar), the variance; the standard deviation is exp(logvar / 2)"""
    likelihood, prior, _ = _log_densities(x, W, b, sigma2, mu, 2 * logvar, eps)
    z = mu[:, None] + logvar.exp()[:, None] * eps
    q = _normal(z, mu[:, None], logvar.exp()[:, None], 0.5 * logvar[:, None]).sum(dim=2)
    return _log_mean_exp(likelihood + prior - q)


def iwae_linear__no_log_det(x, W, b, sigma2, mu, logvar, eps):
    """your log q lacks −½ Σ logvar, the logarithm of its determinant"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + prior - q - 0.5 * logvar.sum(dim=1, keepdim=True))


def iwae_linear__no_constant(x, W, b, sigma2, mu, logvar, eps):
    """your likelihood lacks the constant −D/2 log(2πσ²); those of p(z) and q cancel, this one does not"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    constant = 0.5 * x.shape[1] * (LOG_2PI + sigma2.log())
    return _log_mean_exp(likelihood + constant + prior - q)


def iwae_linear__no_two_pi(x, W, b, sigma2, mu, logvar, eps):
    """your likelihood lacks the constant −½ log(2π) of every pixel"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + 0.5 * x.shape[1] * LOG_2PI + prior - q)


def iwae_linear__sigma_for_variance(x, W, b, sigma2, mu, logvar, eps):
    """your likelihood reads sigma2 as the standard deviation; it is the variance"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2.square(), mu, logvar, eps)
    return _log_mean_exp(likelihood + prior - q)


def iwae_linear__no_offset(x, W, b, sigma2, mu, logvar, eps):
    """your likelihood leaves out b: the mean of x is W·z + b"""
    likelihood, prior, q = _log_densities(x, W, torch.zeros_like(b), sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + prior - q)


def iwae_linear__mean_over_batch(x, W, b, sigma2, mu, logvar, eps):
    """your bound is averaged over the batch; one value per image, of shape (B,), is asked for"""
    likelihood, prior, q = _log_densities(x, W, b, sigma2, mu, logvar, eps)
    return _log_mean_exp(likelihood + prior - q).mean()


# --- gaps of the linear Gaussian model ------------------------------------------------------------------------------


def log_evidence__no_log_det(x, W, b, sigma2):
    """your evidence lacks −½ log det C of the covariance C = W·Wᵀ + σ²I"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, torch.zeros((), dtype=x.dtype))


def log_evidence__log_det_sign(x, W, b, sigma2):
    """your evidence adds ½ log det C, which is to be subtracted"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, -0.5 * _log_det(covariance))


def log_evidence__log_det_doubled(x, W, b, sigma2):
    """your evidence subtracts log det C; the determinant of the covariance stands under a root: ½ log det C"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, _log_det(covariance))


def log_evidence__no_constant(x, W, b, sigma2):
    """your evidence lacks the constant −D/2 log(2π)"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance)) + 0.5 * LOG_2PI * len(W)


def log_evidence__latent_constant(x, W, b, sigma2):
    """the constant of your evidence counts the Z latent dimensions; x has D: −D/2 log(2π)"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance)) + 0.5 * LOG_2PI * (len(W) - W.shape[1])


def log_evidence__no_offset(x, W, b, sigma2):
    """your evidence leaves out b: the mean of x is b"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, torch.zeros_like(b), covariance, 0.5 * _log_det(covariance))


def log_evidence__sigma_for_variance(x, W, b, sigma2):
    """your evidence reads sigma2 as the standard deviation; it is the variance"""
    covariance = _covariance(W, sigma2.square())
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance))


def log_evidence__noise_only(x, W, b, sigma2):
    """your covariance is σ²I: it lacks W·Wᵀ, what the latent code adds"""
    covariance = _covariance(torch.zeros_like(W), sigma2)
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance))


def log_evidence__diagonal_only(x, W, b, sigma2):
    """your evidence takes the pixels for independent: it uses only the diagonal of W·Wᵀ + σ²I"""
    covariance = torch.diag(_covariance(W, sigma2).diagonal())
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance))


def log_evidence__forgot_half(x, W, b, sigma2):
    """the exponent of your evidence lacks the factor ½"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, 0.5 * covariance, 0.5 * _log_det(covariance))


def log_evidence__summed_over_batch(x, W, b, sigma2):
    """your evidence is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance)).sum()


def posterior_kl__exchanged(x, W, b, sigma2, mu, logvar):
    """your KL is KL(p(z|x) ‖ q(z|x)): q and p are exchanged"""
    precision, mean = _posterior(x, W, b, sigma2)
    variance = torch.linalg.inv(precision).diagonal()
    scale = (variance / logvar.exp() - 1 + logvar + (mean - mu).square() / logvar.exp()).sum(dim=1)
    return 0.5 * (scale + _log_det(precision))


def posterior_kl__to_prior(x, W, b, sigma2, mu, logvar):  # noqa: ARG001
    """your KL is that to the prior p(z); the posterior p(z|x) is asked for"""
    return _kl(mu, logvar).sum(dim=1)


def posterior_kl__forgot_half(x, W, b, sigma2, mu, logvar):
    """your KL is twice too large: the factor ½ is missing"""
    return 2 * _posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar)


def posterior_kl__sign(x, W, b, sigma2, mu, logvar):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -_posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar)


def posterior_kl__forgot_dimension(x, W, b, sigma2, mu, logvar):
    """your KL lacks −Z/2: it is not 0 where q is the posterior"""
    return _posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar) + 0.5 * mu.shape[1]


def posterior_kl__no_offset(x, W, b, sigma2, mu, logvar):
    """the mean of your posterior leaves out b: it is Λ⁻¹Wᵀ(x − b)/σ²"""
    return _posterior_kl(*_posterior(x, W, torch.zeros_like(b), sigma2), mu, logvar)


def posterior_kl__mean_not_scaled(x, W, b, sigma2, mu, logvar):
    """the mean of your posterior is not divided by σ²: it is Λ⁻¹Wᵀ(x − b)/σ²"""
    precision, mean = _posterior(x, W, b, sigma2)
    return _posterior_kl(precision, mean * sigma2, mu, logvar)


def posterior_kl__sigma_for_variance(x, W, b, sigma2, mu, logvar):
    """your posterior reads sigma2 as the standard deviation; it is the variance"""
    return _posterior_kl(*_posterior(x, W, b, sigma2.square()), mu, logvar)


def posterior_kl__diagonal_posterior(x, W, b, sigma2, mu, logvar):
    """your posterior is diagonal: its dimensions depend on each other, so the whole covariance is needed"""
    precision, mean = _posterior(x, W, b, sigma2)
    marginal = torch.diag(1 / torch.linalg.inv(precision).diagonal())
    return _posterior_kl(marginal, mean, mu, logvar)


def posterior_kl__log_std(x, W, b, sigma2, mu, logvar):
    """your KL reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return _posterior_kl(*_posterior(x, W, b, sigma2), mu, 2 * logvar)


def posterior_kl__covariance_for_precision(x, W, b, sigma2, mu, logvar):
    """your KL has the covariance of the posterior where its inverse belongs"""
    precision, mean = _posterior(x, W, b, sigma2)
    return _posterior_kl(torch.linalg.inv(precision), mean, mu, logvar)


def posterior_kl__summed_over_batch(x, W, b, sigma2, mu, logvar):
    """your KL is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return _posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar).sum()


def inference_gap__sign(x, W, b, sigma2, mu, logvar):
    """your gap is ELBO − log p(x), which is never positive; log p(x) − ELBO is asked for"""
    return _elbo(x, W, b, sigma2, mu, logvar) - _log_evidence(x, W, b, sigma2)


def inference_gap__elbo_added(x, W, b, sigma2, mu, logvar):
    """your gap adds the ELBO to log p(x); it must be subtracted"""
    return _elbo(x, W, b, sigma2, mu, logvar) + _log_evidence(x, W, b, sigma2)


def inference_gap__elbo_at_mean(x, W, b, sigma2, mu, logvar):
    """your ELBO takes log p(x|z) at z = mu; its expectation over q has the term Σ_d ‖W[:, d]‖²·var_d / (2σ²) as well"""
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar, trace=0.0)


def inference_gap__trace_not_halved(x, W, b, sigma2, mu, logvar):
    """the variance of q counts twice in your ELBO: Σ_d ‖W[:, d]‖²·var_d is divided by 2σ²"""
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar, trace=2.0)


def inference_gap__without_kl(x, W, b, sigma2, mu, logvar):
    """your ELBO lacks the KL to the prior"""
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar, kl=0.0)


def inference_gap__kl_sign(x, W, b, sigma2, mu, logvar):
    """your ELBO adds the KL to the prior; it must be subtracted"""
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar, kl=-1.0)


def inference_gap__no_constant(x, W, b, sigma2, mu, logvar):
    """your ELBO lacks the constant −D/2 log(2πσ²), which log p(x) has: it does not cancel if one of them drops it"""
    constant = 0.5 * x.shape[1] * (LOG_2PI + sigma2.log())
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar) - constant


def inference_gap__no_two_pi(x, W, b, sigma2, mu, logvar):
    """either log p(x) or your ELBO lacks the constant −D/2 log(2π); both have it"""
    constant = 0.5 * x.shape[1] * LOG_2PI
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, logvar) - constant


def inference_gap__log_std(x, W, b, sigma2, mu, logvar):
    """your ELBO reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return _log_evidence(x, W, b, sigma2) - _elbo(x, W, b, sigma2, mu, 2 * logvar)


def inference_gap__evidence_only(x, W, b, sigma2, mu, logvar):  # noqa: ARG001
    """your function returns log p(x); the ELBO is not subtracted"""
    return _log_evidence(x, W, b, sigma2)


def inference_gap__mean_over_batch(x, W, b, sigma2, mu, logvar):
    """your gap is averaged over the batch; one value per image, of shape (B,), is asked for"""
    return _posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar).mean()


def amortisation_gap__whole_gap(x, W, b, sigma2, mu, logvar):
    """your gap is the whole KL(q ‖ p(z|x)); the part that even the best diagonal q* leaves is to be subtracted"""
    return _posterior_kl(*_posterior(x, W, b, sigma2), mu, logvar)


def amortisation_gap__approximation_gap(x, W, b, sigma2, mu, logvar):
    """your gap is KL(q* ‖ p(z|x)) of the best diagonal q*, the approximation gap; q's excess over it is asked for"""
    precision, _ = _posterior(x, W, b, sigma2)
    gap = 0.5 * (precision.diagonal().log().sum() - _log_det(precision))
    return gap + torch.zeros(len(mu), dtype=mu.dtype) * logvar.sum()


def amortisation_gap__marginal_variances(x, W, b, sigma2, mu, logvar):
    """your q* has the diagonal of the posterior's covariance; the best diagonal Gaussian has the variances 1/Λ_dd"""
    precision, mean = _posterior(x, W, b, sigma2)
    marginal = torch.linalg.inv(precision).diagonal().log().expand_as(mu)
    whole = _posterior_kl(precision, mean, mu, logvar)
    return whole - _posterior_kl(precision, mean, mean, marginal)


def amortisation_gap__kl_to_best(x, W, b, sigma2, mu, logvar):
    """your gap uses the KL from q* to q; the difference of their KLs to the posterior is asked for"""
    precision, mean = _posterior(x, W, b, sigma2)
    best = -precision.diagonal().log()
    ratio = best - logvar
    return 0.5 * (ratio.exp() - 1 - ratio + (mean - mu).square() / logvar.exp()).sum(dim=1)


def amortisation_gap__best_variances_only(x, W, b, sigma2, mu, logvar):
    """your q* keeps the mean of q; the best diagonal Gaussian has the posterior's mean as well"""
    precision, mean = _posterior(x, W, b, sigma2)
    best = -precision.diagonal().log().expand_as(mu)
    return _posterior_kl(precision, mean, mu, logvar) - _posterior_kl(precision, mean, mu, best)


def amortisation_gap__forgot_half(x, W, b, sigma2, mu, logvar):
    """your gap is twice too large: the factor ½ is missing"""
    return 2 * _amortisation_gap(x, W, b, sigma2, mu, logvar)


def amortisation_gap__sign(x, W, b, sigma2, mu, logvar):
    """your gap has the wrong sign: q can't be nearer to the posterior than the best q*"""
    return -_amortisation_gap(x, W, b, sigma2, mu, logvar)


def amortisation_gap__summed_over_batch(x, W, b, sigma2, mu, logvar):
    """your gap is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return _amortisation_gap(x, W, b, sigma2, mu, logvar).sum()


def _normal(z, mean, variance, log_scale):
    return -0.5 * ((z - mean).square() / variance + LOG_2PI) - log_scale


def _mixed(g, mean, covariance, log_scale):
    v = g - mean
    quadratic = (v * torch.linalg.solve(covariance, v.T).T).sum(dim=1)
    return -0.5 * (quadratic + LOG_2PI * len(covariance)) - log_scale


def _log_det(matrix):
    return torch.linalg.slogdet(matrix).logabsdet


def _cross_entropy(logits, x):
    return x * F.softplus(-logits) + (1 - x) * F.softplus(logits)


def _kl(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def _gaussian_loss(x_hat, x, mu, logvar, scale, constant, kl=1.0):
    error = 0.5 * ((x - x_hat).square() * scale + constant).sum(dim=1)
    return (error + kl * _kl(mu, logvar).sum(dim=1)).mean()


def _weighted(logits, x, mu, logvar, on_error, on_kl):
    return (on_error * _cross_entropy(logits, x).sum(dim=1) + on_kl * _kl(mu, logvar).sum(dim=1)).mean()


def _log_densities(x, W, b, sigma2, mu, logvar, eps):
    z = mu[:, None] + torch.exp(0.5 * logvar)[:, None] * eps
    likelihood = _normal(x[:, None], z @ W.T + b, sigma2, 0.5 * sigma2.log()).sum(dim=2)
    prior = -0.5 * (z.square() + LOG_2PI).sum(dim=2)
    q = -0.5 * (eps.square() + LOG_2PI + logvar[:, None]).sum(dim=2)
    return likelihood, prior, q


def _log_mean_exp(log_w):
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])


def _covariance(W, sigma2):
    return W @ W.T + sigma2 * torch.eye(len(W), dtype=W.dtype)


def _log_evidence(x, W, b, sigma2):
    covariance = _covariance(W, sigma2)
    return _mixed(x, b, covariance, 0.5 * _log_det(covariance))


def _posterior(x, W, b, sigma2):
    precision = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / sigma2
    return precision, torch.linalg.solve(precision, W.T @ (x - b).T / sigma2).T


def _posterior_kl(precision, mean, mu, logvar):
    scale = (precision.diagonal() * logvar.exp() - 1 - logvar).sum(dim=1)
    distance = ((mean - mu) @ precision * (mean - mu)).sum(dim=1)
    return 0.5 * (scale + distance - _log_det(precision))


def _amortisation_gap(x, W, b, sigma2, mu, logvar):
    precision, mean = _posterior(x, W, b, sigma2)
    ratio = logvar + precision.diagonal().log()
    distance = ((mean - mu) @ precision * (mean - mu)).sum(dim=1)
    return 0.5 * ((ratio.exp() - 1 - ratio).sum(dim=1) + distance)


def _elbo(x, W, b, sigma2, mu, logvar, trace=1.0, kl=1.0):  # noqa: PLR0913, PLR0917
    error = (x - mu @ W.T - b).square().sum(dim=1) + trace * (W.square().sum(dim=0) * logvar.exp()).sum(dim=1)
    constant = len(W) * (LOG_2PI + sigma2.log())
    return -0.5 * (error / sigma2 + constant) - kl * _kl(mu, logvar).sum(dim=1)
