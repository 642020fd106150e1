"""Solution of the homework "Adversarial objectives and variational bounds".

Shapes: B images, latent codes of Z dimensions, tables of N outcomes, points of D dimensions. Scores are the outputs
of a discriminator or critic without a sigmoid. Log-likelihoods, divergences and bounds are in nats.
Every function works in float32 and in float64 and keeps the dtype that it is given.
"""

import math

import torch
import torch.nn.functional as F

NEWTON_STEPS = 100
"""Far more than are needed: from zero, about ten steps bring the gradient to the rounding of the dtype."""


def ls_discriminator_loss(scores_real, scores_fake):
    """½ mean (D(x) − 1)² + ½ mean D(G(z))², a scalar without a unit, to be minimised.

    scores_real, scores_fake: (B, 1), any real numbers: no sigmoid is applied.
    Source: Mao et al. (2017), "Least squares generative adversarial networks", equation (9) with a = 0, b = 1.
    """
    return 0.5 * ((scores_real - 1).square().mean() + scores_fake.square().mean())


def ls_generator_loss(scores_fake):
    """½ mean (D(G(z)) − 1)², a scalar without a unit, to be minimised.

    scores_fake: (B, 1), any real numbers.
    Source: Mao et al. (2017), equation (9) with c = 1.
    """
    return 0.5 * (scores_fake - 1).square().mean()


def hinge_discriminator_loss(scores_real, scores_fake):
    """mean max(0, 1 − D(x)) + mean max(0, 1 + D(G(z))), a scalar without a unit, to be minimised.

    scores_real, scores_fake: (B, 1), any real numbers. Zero as soon as real images score above 1 and fakes below −1.
    Source: Miyato et al. (2018), "Spectral normalization for generative adversarial networks", equation (16).
    """
    return F.relu(1 - scores_real).mean() + F.relu(1 + scores_fake).mean()


def wasserstein_critic_loss(scores_real, scores_fake):
    """mean f(G(z)) − mean f(x), a scalar, to be minimised by the critic f: minus its estimate of W₁.

    scores_real, scores_fake: (B, 1), any real numbers, in the unit of f.
    Source: Arjovsky, Chintala & Bottou (2017), "Wasserstein generative adversarial networks", equations (2) and (3).
    """
    return scores_fake.mean() - scores_real.mean()


def wasserstein_generator_loss(scores_fake):
    """−mean f(G(z)), a scalar, to be minimised by the generator.

    scores_fake: (B, 1), any real numbers, in the unit of f.
    Source: Arjovsky, Chintala & Bottou (2017), theorem 3 and algorithm 1.
    """
    return -scores_fake.mean()


def gradient_penalty(critic, x_real, x_fake, u):
    """mean over the batch of (‖∇f(x̂)‖₂ − 1)² at x̂ = u·x + (1 − u)·G(z), a scalar; its factor λ is left out.

    critic: takes (B, C, H, W) to (B, 1). x_real, x_fake: (B, C, H, W). u: (B, 1, 1, 1), one number in [0, 1] per image.
    The norm is that of one image's whole gradient. The graph is kept, so that the penalty has a gradient with respect
    to the critic's weights.
    Safe form: the norm, not the root of a sum of squares: where the critic is flat, the gradient of that root is 0/0.
    Source: Gulrajani et al. (2017), "Improved training of Wasserstein GANs", equation (3).
    """
    x_hat = (u * x_real + (1 - u) * x_fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    norm = torch.linalg.vector_norm(slope.flatten(1), dim=1)
    return (norm - 1).square().mean()


def discriminator_step(discriminator, generator, x, z):
    """−mean log D(x) − mean log(1 − D(G(z))) in nats, a scalar, for D = sigmoid(discriminator(·)).

    discriminator: takes (B, D) to logits (B, 1). generator: takes z (B, Z) to (B, D). x: (B, D). The fakes are
    detached, because only the discriminator learns in this step. The networks are left as they are.
    Safe form: log D = logσ(l) and log(1 − D) = logσ(−l); no probability is rounded to 0 or 1.
    Source: Goodfellow et al. (2014), algorithm 1, with the sign turned for a minimiser.
    """
    fake = generator(z).detach()
    return -F.logsigmoid(discriminator(x)).mean() - F.logsigmoid(-discriminator(fake)).mean()


def generator_step(discriminator, generator, z):
    """The non-saturating −mean log D(G(z)) in nats, a scalar, for D = sigmoid(discriminator(·)).

    discriminator: takes (B, D) to logits (B, 1). generator: takes z (B, Z) to (B, D). Its gradient passes through the
    discriminator to the generator, so nothing is detached. The networks are left as they are.
    Safe form: log D = logσ(l).
    Source: Goodfellow et al. (2014), section 3.
    """
    return -F.logsigmoid(discriminator(generator(z))).mean()


def optimal_discriminator(p_data, p_g):
    """D*(x) = p_data(x) / (p_data(x) + p_g(x)), a probability for each of the N outcomes, shape (N,).

    p_data, p_g: (N,), probabilities that add up to 1 in each table, none of them 0.
    Source: Goodfellow et al. (2014), proposition 1.
    """
    return p_data / (p_data + p_g)


def density_ratio(f0, d):
    """f1(x) = f0(x)·D(x) / (1 − D(x)), the density that the discriminator implies, shape (N,).

    f0: (N,), the other density, positive, in its own unit. d: (N,), D(x) in (0, 1), the probability of f1.
    Source: Goodfellow et al. (2014), proposition 1, solved for the density of the data.
    """
    return f0 * d / (1 - d)


def value(p_data, p_g, d):
    """V = Σ p_data log D + Σ p_g log(1 − D) in nats, a scalar, which the discriminator maximises.

    p_data, p_g, d: (N,), two tables that add up to 1 and the discriminator's probabilities in (0, 1).
    Safe form: log1p(−D) for log(1 − D), and 0·log 0 = 0.
    Source: Goodfellow et al. (2014), equation (1), for finitely many outcomes.
    """
    return (torch.xlogy(p_data, d) + torch.special.xlog1py(p_g, -d)).sum()


def value_at_optimum(p_data, p_g):
    """max over D of V = −log 4 + 2·JSD(p_data, p_g) in nats, a scalar between −log 4 and 0.

    p_data, p_g: (N,), tables that add up to 1; zeros are allowed.
    Safe form: 0·log 0 = 0, so that an outcome of one table alone counts log 1 = 0, and an outcome of neither nothing.
    Source: Goodfellow et al. (2014), theorem 1.
    """
    both = p_data + p_g
    total = torch.where(both > 0, both, torch.ones_like(both))
    return (torch.xlogy(p_data, p_data / total) + torch.xlogy(p_g, p_g / total)).sum()


def bound_r1(p, q, t):
    """R₁[T] = E_p[T] − E_q[exp(T − 1)] in nats, a scalar, never above KL(p ‖ q).

    p, q, t: (N,), two tables that add up to 1, and the function T.
    Source: Nguyen, Wainwright & Jordan (2010), "Estimating divergence functionals …", lemma 1, for f(u) = u log u.
    """
    return (p * t).sum() - (q * torch.exp(t - 1)).sum()


def bound_r2(p, q, t):
    """R₂[T] = E_p[T] − log E_q[exp T] in nats, a scalar, between R₁[T] and KL(p ‖ q).

    p, q, t: (N,), two tables that add up to 1, and the function T, of any size.
    Safe form: log E_q[exp T] = logsumexp(T + log q), which never forms exp T.
    Source: Donsker & Varadhan (1983); Belghazi et al. (2018), "Mutual information neural estimation", theorem 1.
    """
    return (p * t).sum() - torch.logsumexp(t + torch.log(q), dim=0)


def best_t_r1(p, q):
    """The T at which R₁[T] = KL(p ‖ q): 1 + log(p/q), shape (N,), in nats.

    p, q: (N,), tables that add up to 1, no entry 0.
    Source: Nowozin, Cseke & Tomioka (2016), "f-GAN", equation (5): T = f′(p/q) with f(u) = u log u.
    """
    return 1 + torch.log(p) - torch.log(q)


def best_t_r2(p, q):
    """A T at which R₂[T] = KL(p ‖ q): log(p/q), shape (N,), in nats; any constant may be added.

    p, q: (N,), tables that add up to 1, no entry 0.
    Source: Belghazi et al. (2018), proof of theorem 1: q·exp(T) must be p up to a factor.
    """
    return torch.log(p) - torch.log(q)


def conjugate_u_log_u(t):
    """f*(t) = sup over u ≥ 0 of u·t − u log u = exp(t − 1), reached at u = exp(t − 1); shape of t.

    t: (N,), any real numbers.
    Source: Nowozin, Cseke & Tomioka (2016), "f-GAN", table 2, Kullback-Leibler.
    """
    return torch.exp(t - 1)


def biconjugate_u_log_u(u):
    """f**(u) = sup over t of t·u − exp(t − 1): u log u for u > 0, 0 for u = 0, +∞ for u < 0; shape of u.

    u: (N,), any real numbers.
    Source: Boyd & Vandenberghe (2004), "Convex optimization", section 3.3.2: f is closed and convex, so f** = f.
    """
    return torch.where(u < 0, math.inf, torch.xlogy(u, u.clamp(min=0)))


def conjugate_minus_log(t):
    """f*(t) = sup over u > 0 of u·t + log u: −1 − log(−t) for t < 0, +∞ for t ≥ 0; shape of t.

    t: (N,), any real numbers. The supremum is reached at u = −1/t.
    Source: Nowozin, Cseke & Tomioka (2016), "f-GAN", table 2, reverse Kullback-Leibler.
    """
    return -1 - torch.log((-t).clamp(min=0))


def conjugate_logistic(s):
    """f*(s) = sup over y of s·y − log(1 + exp y): s log s + (1 − s) log(1 − s) on [0, 1], +∞ outside; shape of s.

    s: (N,), any real numbers. The supremum is reached where sigmoid(y) = s; at s = 0 and s = 1 it is 0, by 0·log 0 = 0.
    Source: Boyd & Vandenberghe (2004), example 3.25 (log-sum-exp), for the sum of exp 0 and exp y.
    """
    inside = s.clamp(0, 1)
    return torch.where(s == inside, torch.xlogy(inside, inside) + torch.special.xlog1py(1 - inside, -inside), math.inf)


def cost(w, x, g, C):
    """Σ log(1 + exp wᵀx) + Σ log(1 + exp wᵀg) − Σ wᵀg + C/2·‖w‖² in nats, a scalar, which w minimises.

    w: (D,). x: (B, D), the data. g: (M, D), what the generator made. C: a scalar, positive. The discriminator is
    D(x) = 1 / (1 + exp(wᵀx)), so that −log D(x) = log(1 + exp wᵀx) and −log(1 − D(g)) = log(1 + exp wᵀg) − wᵀg.
    Safe form: log(1 + exp y) = max(y, 0) + log1p(exp(−|y|)), and log(1 + exp y) − y = log(1 + exp(−y)).
    Source: Li, Schwing, Wang & Zemel (2017), "Dualing GANs", section 3.1, with sums for means.
    """
    real, fake = x @ w, g @ w
    return -F.logsigmoid(-real).sum() - F.logsigmoid(fake).sum() + 0.5 * C * w.square().sum()


def dual_value(lambda_x, lambda_z, x, g, C):
    """−‖Σ λ_x x + Σ (1 + λ_z) g‖² / (2C) + Σ h(λ_x) + Σ h(λ_z) in nats, a scalar, never above `cost`.

    lambda_x: (B,) and lambda_z: (M,), in [−1, 0]. x: (B, D), g: (M, D), C: a scalar, positive.
    h(λ) = λ log(−λ) − (1 + λ) log(1 + λ) = min over y of λy + log(1 + exp y), the entropy of a coin with bias −λ.
    Safe form: 0·log 0 = 0, so that h(0) = h(−1) = 0.
    Source: Li, Schwing, Wang & Zemel (2017), "Dualing GANs", section 3.1, with sums for means.
    """
    both = torch.cat([lambda_x, lambda_z])
    entropy = torch.xlogy(both, -both) - torch.special.xlog1py(1 + both, both)
    return entropy.sum() - _pull(lambda_x, lambda_z, x, g).square().sum() / (2 * C)


def feasible(lam):
    """Whether each multiplier is in the domain of the dual, −1 ≤ λ ≤ 0; booleans, shape of lam.

    lam: (N,), any real numbers.
    Source: λy + log(1 + exp y) has a lower bound over y exactly for these λ.
    """
    return (lam >= -1) & (lam <= 0)


def primal_minimiser(lambda_x, lambda_z, x, g, C):
    """w = (Σ λ_x x + Σ (1 + λ_z) g) / C, which minimises the Lagrangian for given multipliers, shape (D,).

    lambda_x: (B,), lambda_z: (M,), x: (B, D), g: (M, D), C: a scalar, positive.
    Source: the stationary point of C/2·‖w‖² − wᵀb, which is b/C.
    """
    return _pull(lambda_x, lambda_z, x, g) / C


def dual_maximiser(x, g, C):
    """(λ_x, λ_z), of shapes (B,) and (M,), at which `dual_value` is largest.

    x: (B, D), g: (M, D), C: a scalar, positive. `cost` is minimised over w by Newton's method, each step halved
    until it lowers the cost; then λ = −sigmoid(wᵀx), the stationary point of λy + log(1 + exp y).
    Safe form: D unknowns instead of B + M with bounds, and a Hessian of at least C.
    Source: Boyd & Vandenberghe (2004), algorithm 9.5 and section 5.5.3.
    """
    points, w = torch.cat([x, g]), torch.zeros_like(x[0])
    for _ in range(NEWTON_STEPS):
        s = torch.sigmoid(points @ w)
        slope = points.T @ s - g.sum(dim=0) + C * w
        curvature = points.T @ (points * (s * (1 - s))[:, None]) + C * torch.eye(len(w), dtype=w.dtype)
        step = torch.linalg.solve(curvature, slope)
        while cost(w - step, x, g, C) > cost(w, x, g, C) and step.abs().max() > torch.finfo(w.dtype).eps:
            step = step / 2
        w = w - step
        if step.abs().max() <= torch.finfo(w.dtype).eps:
            break
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)


def _pull(lambda_x, lambda_z, x, g):
    return lambda_x @ x + (1 + lambda_z) @ g
