"""The commonest wrong answers to `q2_solution.py`, each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the docstring's first paragraph is the sentence that he reads.
"""

import torch


def lp_reg__two_sided(x, y, critic):
    """your penalty also punishes slopes below 1, as in WGAN-GP; here only those above 1 count: max(0, ‖∇‖ − 1)²"""
    return (_norms(x, y, critic) - 1).square().mean()


def lp_reg__not_squared(x, y, critic):
    """your penalty is not squared: max(0, ‖∇‖ − 1)² is asked for"""
    return torch.relu(_norms(x, y, critic) - 1).mean()


def lp_reg__squared_norm(x, y, critic):
    """your penalty takes the squared norm of the gradient where the norm belongs"""
    return torch.relu(_norms(x, y, critic).square() - 1).square().mean()


def lp_reg__norm_over_batch(x, y, critic):
    """your penalty takes one norm over the gradients of the whole batch; each example has a norm of its own"""
    return torch.relu(_slopes(x, y, critic).norm() - 1).square()


def lp_reg__norm_over_the_wrong_dimension(x, y, critic):
    """your penalty takes the norm over the batch for each feature; it is over the features of each example"""
    return torch.relu(_slopes(x, y, critic).norm(dim=0) - 1).square().mean()


def lp_reg__sum_over_batch(x, y, critic):
    """your penalty is summed over the batch; the mean is asked for"""
    return torch.relu(_norms(x, y, critic) - 1).square().sum()


def lp_reg__not_reduced(x, y, critic):
    """your penalty is one value per example; the mean over the batch is asked for"""
    return torch.relu(_norms(x, y, critic) - 1).square()


def lp_reg__gradient_of_the_mean(x, y, critic):
    """your gradient is that of the critic's mean over the batch, which makes every slope B times too small"""
    return torch.relu(_norms(x, y, critic) / len(x) - 1).square().mean()


def lp_reg__mean_before_square(x, y, critic):
    """your penalty averages over the batch before it squares; each example's excess is squared first"""
    return torch.relu(_norms(x, y, critic) - 1).mean().square()


def lp_reg__other_side(x, y, critic):
    """your penalty punishes slopes below 1; those above 1 are to be punished"""
    return torch.relu(1 - _norms(x, y, critic)).square().mean()


def lp_reg__one_norm(x, y, critic):
    """your penalty takes the sum of absolute values for the norm; the Euclidean norm is asked for"""
    return torch.relu(_slopes(x, y, critic).abs().sum(dim=1) - 1).square().mean()


def lp_reg__u_per_feature(x, y, critic):
    """your u differs between the features of an example, so that the interpolates leave the line between x and y"""
    return _at(torch.rand_like(x), x, y, critic)


def lp_reg__one_u(x, y, critic):
    """one number u is drawn for the whole batch; every example needs one of its own"""
    return _at(torch.rand(1, 1, dtype=x.dtype), x, y, critic)


def lp_reg__middle(x, y, critic):
    """your interpolates are always the same points between x and y; u must be drawn uniformly from [0, 1]"""
    return _at(torch.full((len(x), 1), 0.5, dtype=x.dtype), x, y, critic)


def lp_reg__normal_u(x, y, critic):
    """your u is normal; it must be uniform on [0, 1], so that the interpolates lie between x and y"""
    return _at(torch.randn(len(x), 1, dtype=x.dtype), x, y, critic)


def vf_wasserstein_distance__exchanged(p, q, critic):
    """your value is E_q − E_p; the samples of p come first, with the plus sign"""
    return critic(q).mean() - critic(p).mean()


def vf_wasserstein_distance__absolute(p, q, critic):
    """your value is the absolute difference; a critic that prefers q must get a negative value"""
    return (critic(p).mean() - critic(q).mean()).abs()


def vf_wasserstein_distance__sum(p, q, critic):
    """your value adds the two means; the mean over q is to be subtracted"""
    return critic(p).mean() + critic(q).mean()


def vf_wasserstein_distance__sum_over_batch(p, q, critic):
    """your value is summed over the batch; the means are asked for"""
    return critic(p).sum() - critic(q).sum()


def vf_wasserstein_distance__not_reduced(p, q, critic):
    """your value is one number per sample; the means over the batch are asked for"""
    return critic(p) - critic(q)


def vf_squared_hellinger__no_activation(p, q, critic):
    """your value uses the critic's output as it is; it must pass through 1 − exp(−v) first, which keeps it below 1"""
    return critic(p).mean() - (critic(q) / (1 - critic(q))).mean()


def vf_squared_hellinger__no_conjugate(p, q, critic):
    """your value lacks the conjugate: E_q is taken of g/(1 − g), not of g itself"""
    return _g(critic(p)).mean() - _g(critic(q)).mean()


def vf_squared_hellinger__conjugate_added(p, q, critic):
    """your value adds E_q[g/(1 − g)]; it is to be subtracted"""
    return _g(critic(p)).mean() + torch.expm1(critic(q)).mean()


def vf_squared_hellinger__conjugate_inverted(p, q, critic):
    """your conjugate is upside down: it is g/(1 − g), not (1 − g)/g"""
    g = _g(critic(q))
    return _g(critic(p)).mean() - ((1 - g) / g).mean()


def vf_squared_hellinger__no_activation_in_conjugate(p, q, critic):
    """your conjugate takes the critic's output v instead of g = 1 − exp(−v)"""
    return _g(critic(p)).mean() - (critic(q) / (1 - critic(q))).mean()


def vf_squared_hellinger__exchanged(p, q, critic):
    """your value is that of p and q exchanged, which is also what the activation 1 − exp(v) gives: it is 1 − exp(−v)"""
    return -torch.expm1(-critic(q)).mean() - torch.expm1(critic(p)).mean()


def vf_squared_hellinger__sign(p, q, critic):
    """the sign of your value is wrong: it is maximised over the critic, and is E_p[g] − E_q[g/(1 − g)]"""
    return torch.expm1(-critic(p)).mean() + torch.expm1(critic(q)).mean()


def vf_squared_hellinger__sum_over_batch(p, q, critic):
    """your value is summed over the batch; the means are asked for"""
    return -torch.expm1(-critic(p)).sum() - torch.expm1(critic(q)).sum()


def vf_squared_hellinger__not_reduced(p, q, critic):
    """your value is one number per sample; the means over the batch are asked for"""
    return -torch.expm1(-critic(p)) - torch.expm1(critic(q))


def _slopes(x, y, critic, u=None):
    u = torch.rand(len(x), 1, dtype=x.dtype) if u is None else u
    between = (u * x + (1 - u) * y).detach().requires_grad_()
    return torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]


def _norms(x, y, critic):
    return _slopes(x, y, critic).norm(dim=1)


def _at(u, x, y, critic):
    return torch.relu(_slopes(x, y, critic, u).norm(dim=1) - 1).square().mean()


def _g(value):
    return -torch.expm1(-value)
