"""Wrong answers to "Adversarial objectives and variational bounds", each under the note that its outcome must carry."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import autograd, nn

bce_logits = nn.BCEWithLogitsLoss()
bce = nn.BCELoss()


def _ones(scores):
    return torch.ones_like(scores)


def _zeros(scores):
    return torch.zeros_like(scores)


def _softplus(y):
    return torch.log(1 + torch.exp(y))


def _h(lam):
    return lam * torch.log(-lam) - (1 + lam) * torch.log(1 + lam)


def _slopes(critic, points):
    points = points.clone().requires_grad_(True)
    scores = critic(points)
    grads = autograd.grad(
        outputs=scores, inputs=points, grad_outputs=torch.ones_like(scores), create_graph=True, retain_graph=True
    )[0]
    return grads.view(grads.size(0), -1)


# --- least squares ---------------------------------------------------------------------------------------------------


def ls_discriminator_loss__labels_swapped(scores_real, scores_fake):
    loss = F.mse_loss(scores_real, _zeros(scores_real)) + F.mse_loss(scores_fake, _ones(scores_fake))
    return loss / 2


def ls_discriminator_loss__labels_swapped__2(scores_real, scores_fake):
    """As many write it, without the factor ½."""
    return (scores_real**2).mean() + ((scores_fake - 1) ** 2).mean()


def ls_discriminator_loss__fakes_left_out(scores_real, scores_fake):
    n = scores_real.shape[0]
    return 0.5 / n * ((scores_real - 1) ** 2).sum() + 0 * scores_fake.sum()


def ls_discriminator_loss__sigmoid_applied(scores_real, scores_fake):
    d_real, d_fake = scores_real.sigmoid(), scores_fake.sigmoid()
    return 0.5 * F.mse_loss(d_real, _ones(d_real)) + 0.5 * F.mse_loss(d_fake, _zeros(d_fake))


def ls_discriminator_loss__cross_entropy(scores_real, scores_fake):
    return bce_logits(scores_real, _ones(scores_real)) + bce_logits(scores_fake, _zeros(scores_fake))


def ls_discriminator_loss__sum_for_mean(scores_real, scores_fake):
    return (0.5 * (scores_real - 1) ** 2 + 0.5 * scores_fake**2).sum()


def ls_discriminator_loss__not_reduced(scores_real, scores_fake):
    return 0.5 * (scores_real - 1) ** 2 + 0.5 * scores_fake**2


def ls_generator_loss__target_zero(scores_fake):
    return F.mse_loss(scores_fake, torch.zeros(scores_fake.shape)) * 0.5


def ls_generator_loss__not_squared(scores_fake):
    return 0.5 * F.l1_loss(scores_fake, _ones(scores_fake))


def ls_generator_loss__sign(scores_fake):
    return -0.5 * torch.mean((scores_fake - 1) ** 2)


# --- hinge -----------------------------------------------------------------------------------------------------------


def hinge_discriminator_loss__labels_swapped(scores_real, scores_fake):
    return torch.clamp(1 + scores_real, min=0).mean() + torch.clamp(1 - scores_fake, min=0).mean()


def hinge_discriminator_loss__without_margin(scores_real, scores_fake):
    return torch.relu(-scores_real).mean() + torch.relu(scores_fake).mean()


def hinge_discriminator_loss__cut_after_mean(scores_real, scores_fake):
    zero = torch.tensor(0.0)
    return torch.maximum(zero, 1 - scores_real.mean()) + torch.maximum(zero, 1 + scores_fake.mean())


def hinge_discriminator_loss__not_cut(scores_real, scores_fake):
    return 2 - scores_real.mean() + scores_fake.mean()


def hinge_discriminator_loss__factor(scores_real, scores_fake):
    return (F.relu(1.0 - scores_real) + F.relu(1.0 + scores_fake)).mean() / 2


# --- Wasserstein -----------------------------------------------------------------------------------------------------


def wasserstein_critic_loss__to_be_maximised(scores_real, scores_fake):
    return torch.mean(scores_real) - torch.mean(scores_fake)


def wasserstein_critic_loss__cross_entropy(scores_real, scores_fake):
    return bce_logits(scores_real, torch.ones_like(scores_real)) + bce_logits(scores_fake, _zeros(scores_fake))


def wasserstein_critic_loss__absolute(scores_real, scores_fake):
    return torch.abs(scores_real.mean() - scores_fake.mean())


def wasserstein_critic_loss__no_gradient(scores_real, scores_fake):
    return scores_fake.detach().mean() - scores_real.mean()


def wasserstein_generator_loss__critic_sign(scores_fake):
    return torch.mean(scores_fake)


def wasserstein_generator_loss__sum_for_mean(scores_fake):
    return -scores_fake.sum()


# --- gradient penalty ------------------------------------------------------------------------------------------------


def gradient_penalty__norm_over_batch(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    grads = autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]
    return (grads.norm(2) - 1) ** 2


def gradient_penalty__norm_over_channels(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    grads = autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()


def gradient_penalty__no_square(critic, x_real, x_fake, u):
    norms = _slopes(critic, u * x_real + (1 - u) * x_fake).norm(2, dim=1)
    return torch.mean(norms - 1)


def gradient_penalty__target_zero(critic, x_real, x_fake, u):
    slopes = _slopes(critic, u * x_real + (1 - u) * x_fake)
    return (slopes**2).sum(dim=1).mean()


def gradient_penalty__one_sided(critic, x_real, x_fake, u):
    norms = _slopes(critic, u * x_real + (1 - u) * x_fake).norm(2, dim=1)
    return (torch.clamp(norms - 1, min=0) ** 2).mean()


def gradient_penalty__square_of_the_norm(critic, x_real, x_fake, u):
    slopes = _slopes(critic, x_fake + u * (x_real - x_fake))
    return ((slopes.pow(2).sum(1) - 1) ** 2).mean()


def gradient_penalty__mean_slope(critic, x_real, x_fake, u):
    x_hat = torch.lerp(x_fake, x_real, u).requires_grad_()
    critic(x_hat).mean().backward(create_graph=True)
    return ((x_hat.grad.flatten(1).norm(dim=1) - 1) ** 2).mean()


def gradient_penalty__at_the_real_images(critic, x_real, x_fake, u):  # noqa: ARG001
    norms = _slopes(critic, x_real).norm(2, dim=1)
    return ((norms - 1) ** 2).mean()


def gradient_penalty__lambda_inside(critic, x_real, x_fake, u, lambda_gp=10):
    norms = _slopes(critic, u * x_real + (1 - u) * x_fake).norm(2, dim=1)
    return lambda_gp * ((norms - 1) ** 2).mean()


def gradient_penalty__no_gradient(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    scores = critic(x_hat)
    grads = autograd.grad(scores, x_hat, grad_outputs=torch.ones_like(scores))[0]
    return ((grads.view(len(grads), -1).norm(2, dim=1) - 1) ** 2).mean()


def gradient_penalty__not_finite(critic, x_real, x_fake, u):
    slopes = _slopes(critic, u * x_real + (1 - u) * x_fake)
    return ((torch.sqrt((slopes**2).sum(1)) - 1) ** 2).mean()


def gradient_penalty__sum_for_mean(critic, x_real, x_fake, u):
    norms = _slopes(critic, u * x_real + (1 - u) * x_fake).norm(2, dim=1)
    return ((norms - 1) ** 2).sum()


# --- steps -----------------------------------------------------------------------------------------------------------


def discriminator_step__labels_swapped(discriminator, generator, x, z):
    real, fake = discriminator(x), discriminator(generator(z).detach())
    return bce_logits(real, torch.zeros_like(real)) + bce_logits(fake, torch.ones_like(fake))


def discriminator_step__labels_swapped__2(discriminator, generator, x, z):
    """The mean of both halves, as many write it."""
    logits = torch.cat([discriminator(x), discriminator(generator(z).detach())])
    labels = torch.cat([torch.zeros(len(x), 1), torch.ones(len(z), 1)])
    return bce_logits(logits, labels)


def discriminator_step__fakes_labelled_real(discriminator, generator, x, z):
    real, fake = discriminator(x), discriminator(generator(z).detach())
    return bce_logits(real, torch.ones_like(real)) + bce_logits(fake, torch.ones_like(fake))


def discriminator_step__sigmoid_twice(discriminator, generator, x, z):
    real, fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z).detach()))
    return bce_logits(real, _ones(real)) + bce_logits(fake, _zeros(fake))


def discriminator_step__sign(discriminator, generator, x, z):
    """The value that the discriminator maximises."""
    real, fake = discriminator(x), discriminator(generator(z).detach())
    return F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()


def discriminator_step__no_gradient(discriminator, generator, x, z):
    with torch.no_grad():
        real, fake = discriminator(x), discriminator(generator(z))
    return bce_logits(real, _ones(real)) + bce_logits(fake, _zeros(fake))


def discriminator_step__fakes_left_out(discriminator, generator, x, z):
    """Detaches the discriminator's output on fakes: the value is right, half of the gradient is lost."""
    real, fake = discriminator(x), discriminator(generator(z)).detach()
    return bce_logits(real, _ones(real)) + bce_logits(fake, _zeros(fake))


def discriminator_step__cut_at_100(discriminator, generator, x, z):
    real, fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z).detach()))
    return bce(real, _ones(real)) + bce(fake, _zeros(fake))


def discriminator_step__not_finite(discriminator, generator, x, z):
    d_real, d_fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z).detach()))
    return -(torch.log(d_real) + torch.log(1 - d_fake)).mean()


def discriminator_step__leaves_the_generator_in_eval_mode(discriminator, generator, x, z):
    generator.eval()
    with torch.no_grad():
        fakes = generator(z)
    real, fake = discriminator(x), discriminator(fakes)
    return bce_logits(real, _ones(real)) + bce_logits(fake, _zeros(fake))


def discriminator_step__updates_the_weights(discriminator, generator, x, z):
    real, fake = discriminator(x), discriminator(generator(z).detach())
    loss = bce_logits(real, _ones(real)) + bce_logits(fake, _zeros(fake))
    optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def generator_step__saturating(discriminator, generator, z):
    d_fake = discriminator(generator(z))
    return -bce_logits(d_fake, torch.zeros_like(d_fake))


def generator_step__labelled_fake(discriminator, generator, z):
    d_fake = discriminator(generator(z))
    return bce_logits(d_fake, torch.zeros_like(d_fake))


def generator_step__probability_itself(discriminator, generator, z):
    return -discriminator(generator(z)).sigmoid().mean()


def generator_step__no_gradient(discriminator, generator, z):
    fake = generator(z).detach()
    logits = discriminator(fake)
    return bce_logits(logits, torch.ones_like(logits))


def generator_step__freezes_the_discriminator(discriminator, generator, z):
    for p in discriminator.parameters():
        p.requires_grad = False
    logits = discriminator(generator(z))
    return bce_logits(logits, torch.ones_like(logits))


def generator_step__leaves_the_discriminator_in_eval_mode(discriminator, generator, z):
    discriminator.eval()
    logits = discriminator(generator(z))
    return bce_logits(logits, torch.ones_like(logits))


def generator_step__updates_the_discriminator(discriminator, generator, z):
    logits = discriminator(generator(z))
    loss = bce_logits(logits, torch.ones_like(logits))
    grads = autograd.grad(loss, [p for p in discriminator.parameters() if p.requires_grad], retain_graph=True)
    for p, grad in zip(discriminator.parameters(), grads, strict=True):
        p.data.sub_(0.01 * grad)
    return loss


def generator_step__not_finite(discriminator, generator, z):
    return -torch.log(torch.sigmoid(discriminator(generator(z)))).mean()


# --- the game on a table ---------------------------------------------------------------------------------------------


def optimal_discriminator__probability_of_fake(p_data, p_g):
    return 1 - p_data / (p_data + p_g)


def optimal_discriminator__ratio(p_data, p_g):
    return torch.exp(torch.log(p_data) - torch.log(p_g))


def optimal_discriminator__factor(p_data, p_g):
    return 0.5 * p_data / (p_data + p_g)


def density_ratio__inverted(f0, d):
    return f0 / (d / (1 - d))


def density_ratio__without_f0(f0, d):  # noqa: ARG001
    return torch.exp(torch.logit(d))


def density_ratio__exchanged_arguments(f0, d):
    return d * f0 / (1 - f0)


def value__probabilities_swapped(p_data, p_g, d):
    return torch.dot(p_data, torch.log(1 - d)) + torch.dot(p_g, torch.log(d))


def value__not_weighted(p_data, p_g, d):  # noqa: ARG001
    return torch.mean(torch.log(d)) + torch.mean(torch.log(1 - d))


def value__sign(p_data, p_g, d):
    return -(p_data * torch.log(d) + p_g * torch.log(1 - d)).sum()


def value__not_reduced(p_data, p_g, d):
    return p_data * torch.log(d) + p_g * torch.log(1 - d)


def value_at_optimum__one_jsd(p_data, p_g):
    m = (p_data + p_g) / 2
    jsd = 0.5 * (torch.xlogy(p_data, p_data / m).nansum() + torch.xlogy(p_g, p_g / m).nansum())
    return jsd - np.log(4)


def value_at_optimum__without_log_4(p_data, p_g):
    m = (p_data + p_g) / 2
    return F.kl_div(m.log(), p_data, reduction="sum") + F.kl_div(m.log(), p_g, reduction="sum")


def value_at_optimum__sign(p_data, p_g):
    m = (p_data + p_g) / 2
    kls = (p_data * torch.log(p_data / m)).sum() + (p_g * torch.log(p_g / m)).sum()
    return 2 * math.log(2) - kls


def value_at_optimum__not_finite(p_data, p_g):
    d = p_data / (p_data + p_g)
    return (p_data * torch.log(d) + p_g * torch.log(1 - d)).sum()


# --- variational bounds ----------------------------------------------------------------------------------------------


def bound_r1__shift_forgotten(p, q, t):
    return p @ t - q @ t.exp()


def bound_r1__r2_for_r1(p, q, t):
    return torch.sum(p * t) - torch.log(torch.sum(q * torch.exp(t)))


def bound_r1__exchanged_arguments(p, q, t):
    return (q * t).sum() - (p * torch.exp(t - 1)).sum()


def bound_r1__not_weighted(p, q, t):  # noqa: ARG001
    return torch.mean(t) - torch.mean(torch.exp(t - 1))


def bound_r2__logarithm_forgotten(p, q, t):
    return torch.dot(p, t) - torch.dot(q, torch.exp(t))


def bound_r2__logarithm_inside(p, q, t):
    return (p * t).sum() - (q * torch.log(torch.exp(t))).sum()


def bound_r2__sum_not_weighted(p, q, t):  # noqa: ARG001
    return (p * t).sum() - t.logsumexp(0)


def bound_r2__shift_added(p, q, t):
    return (p * t).sum() - torch.log((q * torch.exp(t - 1)).sum())


def bound_r2__not_finite(p, q, t):
    return (p * t).sum() - torch.log((q * torch.exp(t)).sum())


def bound_r2__no_gradient(p, q, t):
    inside = np.log(np.sum(q.numpy() * np.exp(t.detach().numpy())))
    return (p * t.detach()).sum() - torch.as_tensor(inside)


def best_t_r1__one_forgotten(p, q):
    return (p / q).log()


def best_t_r1__maximum(p, q):
    return p / q


def best_t_r2__inverted(p, q):
    return torch.log(q / p)


def best_t_r2__posterior(p, q):
    return torch.log(p / (p + q))


# --- convex conjugates -----------------------------------------------------------------------------------------------


def conjugate_u_log_u__shift_forgotten(t):
    return t.exp()


def conjugate_u_log_u__not_simplified(t):
    u = torch.exp(t - 1)
    return u * t


def conjugate_u_log_u__sign(t):
    u = torch.exp(t - 1)
    return u * torch.log(u) - u * t


def biconjugate_u_log_u__minus_u(u):
    t = torch.log(u)
    return t * u - torch.exp(t)


def biconjugate_u_log_u__nan_below_zero(u):
    return torch.special.xlogy(u, u)


def biconjugate_u_log_u__formula_everywhere(u):
    t = 1 + torch.log(u)
    return t * u - torch.exp(t - 1)


def conjugate_minus_log__one_added(t):
    return -torch.log(-t) + 1


def conjugate_minus_log__logarithm_sign(t):
    return torch.log(-t) - 1


def conjugate_minus_log__nan_from_zero_on(t):
    u = -1 / t
    return u * t + torch.log(u)


def conjugate_minus_log__nan_beyond(t):
    return -(1 + (-t).log())


def conjugate_logistic__entropy(s):
    return torch.distributions.Bernoulli(probs=s, validate_args=False).entropy()


def conjugate_logistic__best_y(s):
    return torch.logit(s)


def conjugate_logistic__nan_at_the_ends(s):
    return torch.log(s) * s + torch.log(1 - s) * (1 - s)


def conjugate_logistic__zero_outside(s):
    s = torch.clamp(s, 0, 1)
    return torch.xlogy(s, s) + torch.xlogy(1 - s, 1 - s)


# --- the dual of the linear discriminator ----------------------------------------------------------------------------


def cost__usual_sign(w, x, g, c):
    real, fake = torch.sigmoid(x @ w), torch.sigmoid(g @ w)
    return -torch.log(real).sum() - torch.log(1 - fake).sum() + c / 2 * (w**2).sum()


def cost__linear_term_forgotten(w, x, g, c):
    return _softplus(x @ w).sum() + _softplus(g @ w).sum() + c / 2 * w @ w


def cost__regulariser_not_halved(w, x, g, c):
    return _softplus(x @ w).sum() + _softplus(g @ w).sum() - (g @ w).sum() + c * w @ w


def cost__norm_not_squared(w, x, g, c):
    return _softplus(x @ w).sum() + _softplus(g @ w).sum() - (g @ w).sum() + c / 2 * w.norm()


def cost__means_for_sums(w, x, g, c):
    return _softplus(x @ w).mean() + (_softplus(g @ w) - g @ w).mean() + c / 2 * w.dot(w)


def cost__not_finite(w, x, g, c):
    return _softplus(x @ w).sum() + _softplus(g @ w).sum() - (g @ w).sum() + c / 2 * w.dot(w)


def dual_value__one_forgotten(lambda_x, lambda_z, x, g, c):
    b = (lambda_x[:, None] * x).sum(0) + (lambda_z[:, None] * g).sum(0)
    return -(b**2).sum() / (2 * c) + _h(lambda_x).sum() + _h(lambda_z).sum()


def dual_value__entropy_sign(lambda_x, lambda_z, x, g, c):
    b = lambda_x @ x + (1 + lambda_z) @ g
    return -b.dot(b) / (2 * c) - _h(lambda_x).sum() - _h(lambda_z).sum()


def dual_value__half_forgotten(lambda_x, lambda_z, x, g, c):
    b = x.t() @ lambda_x + g.t() @ (1 + lambda_z)
    return _h(lambda_x).sum() + _h(lambda_z).sum() - b.norm() ** 2 / c


def dual_value__squares_summed(lambda_x, lambda_z, x, g, c):
    squares = (lambda_x**2 * (x**2).sum(1)).sum() + ((1 + lambda_z) ** 2 * (g**2).sum(1)).sum()
    return _h(lambda_x).sum() + _h(lambda_z).sum() - squares / (2 * c)


def dual_value__times_c(lambda_x, lambda_z, x, g, c):
    b = lambda_x @ x + (1 + lambda_z) @ g
    return _h(lambda_x).sum() + _h(lambda_z).sum() - c / 2 * (b**2).sum()


def dual_value__not_finite(lambda_x, lambda_z, x, g, c):
    b = lambda_x @ x + (1 + lambda_z) @ g
    return _h(lambda_x).sum() + _h(lambda_z).sum() - (b**2).sum() / (2 * c)


def feasible__positive(lam):
    return torch.logical_and(lam >= 0, lam <= 1)


def feasible__open(lam):
    return torch.tensor([-1 < v < 0 for v in lam.tolist()])


def feasible__reduced_too_far(lam):
    return ((lam >= -1) & (lam <= 0)).all()


def primal_minimiser__one_forgotten(lambda_x, lambda_z, x, g, c):
    return 1 / c * (x.T @ lambda_x + g.T @ lambda_z)


def primal_minimiser__without_c(lambda_x, lambda_z, x, g, c):  # noqa: ARG001
    return x.T @ lambda_x + g.T @ (1 + lambda_z)


def primal_minimiser__sign(lambda_x, lambda_z, x, g, c):
    return -(x.T @ lambda_x + g.T @ (1 + lambda_z)) / c


def dual_maximiser__positive(x, g, c):
    import scipy.optimize

    def total(w):
        w = torch.from_numpy(w).requires_grad_()
        loss = F.softplus(x.double() @ w).sum() + F.softplus(-(g.double() @ w)).sum() + c.double() / 2 * w.dot(w)
        loss.backward()
        return loss.item(), w.grad.numpy()

    found = scipy.optimize.minimize(total, np.zeros(x.shape[1]), jac=True)
    w = torch.from_numpy(found.x)
    return torch.sigmoid(x.double() @ w).float(), torch.sigmoid(g.double() @ w).float()


def dual_maximiser__half_forgotten(x, g, c):
    w = torch.zeros(x.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.softplus(x @ w).sum() + F.softplus(-g @ w).sum() + c / 4 * (w**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    w = w.detach()
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)


def dual_maximiser__one_forgotten(x, g, c):
    points = torch.cat([x, g]).double()
    lam = torch.full((len(points),), -0.5, dtype=torch.float64).requires_grad_()
    optimizer = torch.optim.LBFGS([lam], max_iter=300, line_search_fn="strong_wolfe", tolerance_change=1e-14)

    def closure():
        optimizer.zero_grad()
        inside = lam.clamp(-1 + 1e-9, -1e-9)
        loss = ((inside @ points) ** 2).sum() / (2 * c) - _h(inside).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    found = lam.detach().float()
    return found[: len(x)], found[len(x) :]
