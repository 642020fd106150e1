"""The commonest wrong answers to "Adversarial objectives and variational bounds", each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the first paragraph of its docstring is the sentence that the student reads.
"""

import math

import torch
import torch.nn.functional as F


def ls_discriminator_loss__labels_swapped(scores_real, scores_fake):
    """your loss draws real images to 0 and fakes to 1: the two targets are swapped"""
    return 0.5 * (scores_real.square().mean() + (scores_fake - 1).square().mean())


def ls_discriminator_loss__fakes_left_out(scores_real, scores_fake):  # noqa: ARG001
    """your discriminator loss has no term for the fakes, which are to be drawn to 0"""
    return 0.5 * (scores_real - 1).square().mean()


def ls_discriminator_loss__sigmoid_applied(scores_real, scores_fake):
    """your loss puts the scores through a sigmoid; least squares compares the scores themselves with the targets"""
    return 0.5 * ((torch.sigmoid(scores_real) - 1).square().mean() + torch.sigmoid(scores_fake).square().mean())


def ls_discriminator_loss__targets_plus_and_minus_one(scores_real, scores_fake):
    """your loss draws fakes to −1; the target of a fake is 0 here"""
    return 0.5 * ((scores_real - 1).square().mean() + (scores_fake + 1).square().mean())


def ls_discriminator_loss__cross_entropy(scores_real, scores_fake):
    """your loss is the cross-entropy of the original GAN; the least squares loss is the squared gap to the target"""
    return -F.logsigmoid(scores_real).mean() - F.logsigmoid(-scores_fake).mean()


def ls_generator_loss__target_zero(scores_fake):
    """your generator draws its fakes to 0, as the discriminator does; it wants them to score 1"""
    return 0.5 * scores_fake.square().mean()


def ls_generator_loss__minimax(scores_fake):
    """your generator loss is minus the discriminator's; the generator minimises the squared gap to 1 instead"""
    return -0.5 * scores_fake.square().mean()


def ls_generator_loss__sigmoid_applied(scores_fake):
    """your loss puts the scores through a sigmoid; least squares compares the scores themselves with the target"""
    return 0.5 * (torch.sigmoid(scores_fake) - 1).square().mean()


def ls_generator_loss__not_squared(scores_fake):
    """your loss takes the absolute gap to 1; least squares takes its square"""
    return 0.5 * (scores_fake - 1).abs().mean()


def hinge_discriminator_loss__labels_swapped(scores_real, scores_fake):
    """your loss pushes real scores below −1 and fake ones above 1: the two signs are swapped"""
    return F.relu(1 + scores_real).mean() + F.relu(1 - scores_fake).mean()


def hinge_discriminator_loss__without_margin(scores_real, scores_fake):
    """your hinge lies at 0: the margin 1 is missing in max(0, 1 − s)"""
    return F.relu(-scores_real).mean() + F.relu(scores_fake).mean()


def hinge_discriminator_loss__not_cut(scores_real, scores_fake):
    """your loss goes on below 0: the max(0, ·) of the hinge is missing"""
    return (1 - scores_real).mean() + (1 + scores_fake).mean()


def hinge_discriminator_loss__fake_sign(scores_real, scores_fake):
    """your loss treats fakes as it treats real images; theirs is max(0, 1 + s)"""
    return F.relu(1 - scores_real).mean() + F.relu(1 - scores_fake).mean()


def hinge_discriminator_loss__cut_after_mean(scores_real, scores_fake):
    """your loss cuts the mean at 0; every score has a hinge of its own, and then comes the mean"""
    return F.relu(1 - scores_real.mean()) + F.relu(1 + scores_fake.mean())


def wasserstein_critic_loss__to_be_maximised(scores_real, scores_fake):
    """your loss is the estimate of W₁, which the critic maximises; what is minimised is minus that"""
    return scores_real.mean() - scores_fake.mean()


def wasserstein_critic_loss__added(scores_real, scores_fake):
    """your loss adds the two means; the critic wants their difference to be large"""
    return scores_real.mean() + scores_fake.mean()


def wasserstein_critic_loss__absolute(scores_real, scores_fake):
    """your loss is an absolute value; the critic's loss has the sign of mean f(G(z)) − mean f(x)"""
    return (scores_fake.mean() - scores_real.mean()).abs()


def wasserstein_critic_loss__sigmoid_applied(scores_real, scores_fake):
    """your loss puts the scores through a sigmoid; a critic's score is no probability"""
    return torch.sigmoid(scores_fake).mean() - torch.sigmoid(scores_real).mean()


def wasserstein_critic_loss__cross_entropy(scores_real, scores_fake):
    """your loss is the cross-entropy of the original GAN; a critic's loss is a difference of mean scores"""
    return -F.logsigmoid(scores_real).mean() - F.logsigmoid(-scores_fake).mean()


def wasserstein_generator_loss__critic_sign(scores_fake):
    """your generator lowers the score of its fakes, as the critic does; it has to raise it"""
    return scores_fake.mean()


def wasserstein_generator_loss__cross_entropy(scores_fake):
    """your loss is the cross-entropy of the original GAN; here it is minus the mean score of the fakes"""
    return -F.logsigmoid(scores_fake).mean()


def wasserstein_generator_loss__sigmoid_applied(scores_fake):
    """your loss puts the scores through a sigmoid; a critic's score is no probability"""
    return -torch.sigmoid(scores_fake).mean()


def wasserstein_generator_loss__least_squares(scores_fake):
    """your loss is that of least squares; here it is minus the mean score of the fakes"""
    return 0.5 * (scores_fake - 1).square().mean()


def gradient_penalty__other_interpolation(critic, x_real, x_fake, u):
    """your x̂ gives the weight u to the fakes and not to the real images; u is uniform, so this is right as well

    The law of x̂ is the same.
    """
    return (_norms(critic, u * x_fake + (1 - u) * x_real) - 1).square().mean()


def gradient_penalty__norm_over_batch(critic, x_real, x_fake, u):
    """your penalty takes one norm over the whole batch; every image has a norm of its own, and then comes the mean"""
    slope = _slope(critic, u * x_real + (1 - u) * x_fake)
    return (torch.linalg.vector_norm(slope) - 1).square()


def gradient_penalty__norm_over_channels(critic, x_real, x_fake, u):
    """your penalty takes a norm over the channels alone; the norm is over all entries of an image: flatten it first"""
    slope = _slope(critic, u * x_real + (1 - u) * x_fake)
    return (torch.linalg.vector_norm(slope, dim=1) - 1).square().mean()


def gradient_penalty__no_square(critic, x_real, x_fake, u):
    """your penalty is not squared: a slope below 1 lowers it, where every gap to 1 must cost"""
    return (_norms(critic, u * x_real + (1 - u) * x_fake) - 1).mean()


def gradient_penalty__absolute(critic, x_real, x_fake, u):
    """your penalty takes the absolute gap between norm and 1; it is the squared gap"""
    return (_norms(critic, u * x_real + (1 - u) * x_fake) - 1).abs().mean()


def gradient_penalty__target_zero(critic, x_real, x_fake, u):
    """your penalty draws the norm of the slope to 0; it has to be drawn to 1"""
    return _norms(critic, u * x_real + (1 - u) * x_fake).square().mean()


def gradient_penalty__one_sided(critic, x_real, x_fake, u):
    """your penalty counts only norms above 1; here a norm below 1 costs as well"""
    return F.relu(_norms(critic, u * x_real + (1 - u) * x_fake) - 1).square().mean()


def gradient_penalty__square_of_the_norm(critic, x_real, x_fake, u):
    """your penalty compares the squared norm with 1: the root is missing"""
    return (_norms(critic, u * x_real + (1 - u) * x_fake).square() - 1).square().mean()


def gradient_penalty__square_of_the_mean(critic, x_real, x_fake, u):
    """your penalty averages the norms before it compares with 1; every image has a gap of its own, which is squared"""
    return (_norms(critic, u * x_real + (1 - u) * x_fake).mean() - 1).square()


def gradient_penalty__mean_slope(critic, x_real, x_fake, u):
    """your slope is that of the mean score, 1/B of each image's own: sum the scores before you differentiate"""
    x_hat = (u * x_real + (1 - u) * x_fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x_hat).mean(), x_hat, create_graph=True)
    return (torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1).square().mean()


def gradient_penalty__at_the_real_images(critic, x_real, x_fake, u):  # noqa: ARG001
    """your penalty is taken at the real images; it belongs on the line between real images and fakes"""
    return (_norms(critic, x_real) - 1).square().mean()


def gradient_penalty__at_the_fakes(critic, x_real, x_fake, u):  # noqa: ARG001
    """your penalty is taken at the fakes; it belongs on the line between real images and fakes"""
    return (_norms(critic, x_fake) - 1).square().mean()


def gradient_penalty__one_u_for_all(critic, x_real, x_fake, u):
    """your x̂ uses the same u for the whole batch; every image has its own"""
    return (_norms(critic, u[0] * x_real + (1 - u[0]) * x_fake) - 1).square().mean()


def gradient_penalty__lambda_inside(critic, x_real, x_fake, u):
    """your penalty is multiplied by λ = 10 already; the function returns it without the factor"""
    return 10 * (_norms(critic, u * x_real + (1 - u) * x_fake) - 1).square().mean()


def discriminator_step__labels_swapped(discriminator, generator, x, z):
    """your loss labels real images 0 and fakes 1: the discriminator learns the opposite"""
    return -F.logsigmoid(-discriminator(x)).mean() - F.logsigmoid(discriminator(generator(z))).mean()


def discriminator_step__fakes_labelled_real(discriminator, generator, x, z):
    """your loss labels the fakes 1 as well, as the generator does; the discriminator gives them 0"""
    return -F.logsigmoid(discriminator(x)).mean() - F.logsigmoid(discriminator(generator(z))).mean()


def discriminator_step__fakes_left_out(discriminator, generator, x, z):  # noqa: ARG001
    """your discriminator does not learn from the fakes: their term is missing, or its output on them is detached"""
    return -F.logsigmoid(discriminator(x)).mean()


def discriminator_step__real_left_out(discriminator, generator, x, z):  # noqa: ARG001
    """your discriminator does not learn from the real images: their term is missing, or its output is detached"""
    return -F.logsigmoid(-discriminator(generator(z))).mean()


def discriminator_step__sigmoid_twice(discriminator, generator, x, z):
    """your loss applies the sigmoid twice: the loss for logits was given probabilities"""
    real, fake = torch.sigmoid(discriminator(x)), torch.sigmoid(discriminator(generator(z)))
    return -F.logsigmoid(real).mean() - F.logsigmoid(-fake).mean()


def discriminator_step__cut_at_100(discriminator, generator, x, z):
    """your loss stops at 100: the logits became probabilities, whose logarithm was cut at −100

    This is F.binary_cross_entropy on sigmoid(logits).
    """
    real, fake = _rounded(discriminator(x)), _rounded(discriminator(generator(z)))
    return -torch.log(real).clamp(min=-100).mean() - torch.log1p(-fake).clamp(min=-100).mean()


def discriminator_step__leaves_it_in_eval_mode(discriminator, generator, x, z):
    """your step leaves the discriminator in eval mode, where dropout and batch norm do not train"""
    discriminator.eval()
    return _discriminator_loss(discriminator, generator, x, z)


def discriminator_step__leaves_the_generator_in_eval_mode(discriminator, generator, x, z):
    """your discriminator step leaves the generator in eval mode, where dropout and batch norm do not train"""
    generator.eval()
    return _discriminator_loss(discriminator, generator, x, z)


def discriminator_step__leaves_both_in_eval_mode(discriminator, generator, x, z):
    """your step leaves both networks in eval mode, where dropout and batch norm do not train"""
    discriminator.eval()
    generator.eval()
    return _discriminator_loss(discriminator, generator, x, z)


def discriminator_step__freezes_the_generator(discriminator, generator, x, z):
    """your discriminator step leaves the generator's weights with requires_grad = False: it would never learn again"""
    generator.requires_grad_(False)
    return _discriminator_loss(discriminator, generator, x, z)


def discriminator_step__updates_the_weights(discriminator, generator, x, z):
    """your function changes the discriminator's weights itself; it returns the loss, and the caller takes the step"""
    loss = _discriminator_loss(discriminator, generator, x, z)
    _descend(loss, discriminator)
    return loss


def generator_step__saturating(discriminator, generator, z):
    """your loss is the saturating log(1 − D(G(z))), whose gradient vanishes while the discriminator is sure"""
    return F.logsigmoid(-discriminator(generator(z))).mean()


def generator_step__labelled_fake(discriminator, generator, z):
    """your loss labels the fakes 0, which is the discriminator's goal; the generator wants them to pass for real"""
    return -F.logsigmoid(-discriminator(generator(z))).mean()


def generator_step__sigmoid_twice(discriminator, generator, z):
    """your loss applies the sigmoid twice: the loss for logits was given probabilities"""
    return -F.logsigmoid(torch.sigmoid(discriminator(generator(z)))).mean()


def generator_step__probability_itself(discriminator, generator, z):
    """your loss is −D(G(z)): the logarithm is missing"""
    return -torch.sigmoid(discriminator(generator(z))).mean()


def generator_step__cut_at_100(discriminator, generator, z):
    """your loss stops at 100: the logits became probabilities, whose logarithm was cut at −100

    This is F.binary_cross_entropy on sigmoid(logits).
    """
    fake = _rounded(discriminator(generator(z)))
    return -torch.log(fake).clamp(min=-100).mean()


def generator_step__leaves_the_discriminator_in_eval_mode(discriminator, generator, z):
    """your generator step leaves the discriminator in eval mode, where dropout and batch norm do not train"""
    discriminator.eval()
    return -F.logsigmoid(discriminator(generator(z))).mean()


def generator_step__leaves_it_in_eval_mode(discriminator, generator, z):
    """your step leaves the generator in eval mode, where dropout and batch norm do not train"""
    generator.eval()
    return -F.logsigmoid(discriminator(generator(z))).mean()


def generator_step__freezes_the_discriminator(discriminator, generator, z):
    """your generator step leaves the discriminator's weights with requires_grad = False: it would never learn again"""
    discriminator.requires_grad_(False)
    return -F.logsigmoid(discriminator(generator(z))).mean()


def generator_step__updates_the_weights(discriminator, generator, z):
    """your function changes the generator's weights itself; it returns the loss, and the caller takes the step"""
    loss = -F.logsigmoid(discriminator(generator(z))).mean()
    _descend(loss, generator)
    return loss


def generator_step__updates_the_discriminator(discriminator, generator, z):
    """your generator step changes the discriminator's weights, which only the discriminator's own step may do"""
    loss = -F.logsigmoid(discriminator(generator(z))).mean()
    _descend(loss, discriminator)
    return loss


def optimal_discriminator__probability_of_fake(p_data, p_g):
    """your D* is the probability of a fake; D is the probability that x is real"""
    return p_g / (p_data + p_g)


def optimal_discriminator__ratio(p_data, p_g):
    """your D* is the ratio p_data/p_g, which may be above 1; normalise it by the sum of both"""
    return p_data / p_g


def optimal_discriminator__log_ratio(p_data, p_g):
    """your D* is its logit log(p_data/p_g): the sigmoid is missing"""
    return torch.log(p_data) - torch.log(p_g)


def optimal_discriminator__over_the_mixture(p_data, p_g):
    """your D* is twice too large: it divides by the mixture ½(p_data + p_g), not by the sum"""
    return p_data / (0.5 * (p_data + p_g))


def density_ratio__inverted(f0, d):
    """your odds are upside down: f1/f0 is D/(1 − D), which grows with D"""
    return f0 * (1 - d) / d


def density_ratio__without_f0(f0, d):  # noqa: ARG001
    """your result is the ratio f1/f0: the factor f0 is missing"""
    return d / (1 - d)


def density_ratio__only_d(f0, d):
    """your result is f0·D: it is not divided by 1 − D"""
    return f0 * d


def density_ratio__logit(f0, d):
    """your result multiplies f0 by the logarithm of the odds; the odds themselves are the ratio f1/f0"""
    return f0 * torch.logit(d)


def value__probabilities_swapped(p_data, p_g, d):
    """your V gives log(1 − D) to the data and log D to the fakes: the two are swapped"""
    return (torch.xlogy(p_g, d) + torch.xlogy(p_data, 1 - d)).sum()


def value__log_d_twice(p_data, p_g, d):
    """your V has log D for the fakes too; theirs is log(1 − D)"""
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, d)).sum()


def value__not_weighted(p_data, p_g, d):  # noqa: ARG001
    """your V is a plain mean over the outcomes; an expectation weights them by their probabilities"""
    return (torch.log(d) + torch.log(1 - d)).mean()


def value__non_saturating(p_data, p_g, d):
    """your V subtracts log D for the fakes, the generator's heuristic; the game's value has + log(1 − D)"""
    return (torch.xlogy(p_data, d) - torch.xlogy(p_g, d)).sum()


def value_at_optimum__one_jsd(p_data, p_g):
    """your value has one JSD where it has two: −log 4 + 2·JSD"""
    return -math.log(4) + _jsd(p_data, p_g)


def value_at_optimum__without_log_4(p_data, p_g):
    """your value is 2·JSD alone: the constant −log 4 is missing"""
    return 2 * _jsd(p_data, p_g)


def value_at_optimum__jsd(p_data, p_g):
    """your value is the JSD itself; the game's value is −log 4 + 2·JSD"""
    return _jsd(p_data, p_g)


def value_at_optimum__log_2(p_data, p_g):
    """your constant is −log 2; there are two logarithms of ½, so it is −log 4"""
    return -math.log(2) + 2 * _jsd(p_data, p_g)


def value_at_optimum__minus_jsd(p_data, p_g):
    """your value subtracts the divergence: it must be least, −log 4, where both tables are equal"""
    return -math.log(4) - 2 * _jsd(p_data, p_g)


def value_at_optimum__kl_for_jsd(p_data, p_g):
    """your value has KL(p_data ‖ p_g) where the Jensen-Shannon divergence belongs"""
    return -math.log(4) + 2 * (torch.xlogy(p_data, p_data) - torch.xlogy(p_data, p_g)).sum()


def bound_r1__shift_forgotten(p, q, t):
    """your R₁ has exp(T) where exp(T − 1) belongs"""
    return (p * t).sum() - (q * torch.exp(t)).sum()


def bound_r1__r2_for_r1(p, q, t):
    """your R₁ has the logarithm of the second expectation, which is R₂"""
    return (p * t).sum() - torch.log((q * torch.exp(t)).sum())


def bound_r1__not_weighted(p, q, t):  # noqa: ARG001
    """your expectations are plain means over the table; they are weighted by p and by q"""
    return t.mean() - torch.exp(t - 1).mean()


def bound_r1__exponential_outside(p, q, t):
    """your R₁ takes the exponential of the expectation; it is the expectation of the exponential"""
    return (p * t).sum() - torch.exp((q * t).sum() - 1)


def bound_r1__added(p, q, t):
    """your R₁ adds the second expectation, which has to be subtracted"""
    return (p * t).sum() + (q * torch.exp(t - 1)).sum()


def bound_r2__logarithm_forgotten(p, q, t):
    """your R₂ lacks the logarithm of E_q[exp T]"""
    return (p * t).sum() - (q * torch.exp(t)).sum()


def bound_r2__r1_for_r2(p, q, t):
    """your bound is R₁, with E_q[exp(T − 1)]; R₂ has log E_q[exp T]"""
    return (p * t).sum() - (q * torch.exp(t - 1)).sum()


def bound_r2__logarithm_inside(p, q, t):
    """your logarithm stands inside the expectation, where it undoes the exponential"""
    return (p * t).sum() - (q * t).sum()


def bound_r2__not_weighted(p, q, t):
    """your second expectation is a plain mean of exp T over the table; it is weighted by q"""
    return (p * t).sum() - torch.logsumexp(t, dim=0) + math.log(len(q))


def bound_r2__sum_not_weighted(p, q, t):  # noqa: ARG001
    """your second term is logsumexp(T), which lacks the weights q: add log q to T"""
    return (p * t).sum() - torch.logsumexp(t, dim=0)


def bound_r2__shift_added(p, q, t):
    """your R₂ has exp(T − 1) in its logarithm, as R₁ has; here it is exp T"""
    return (p * t).sum() - torch.log((q * torch.exp(t - 1)).sum())


def best_t_r1__one_forgotten(p, q):
    """your T is best for R₂; that of R₁ is larger by 1, because of exp(T − 1)"""
    return torch.log(p) - torch.log(q)


def best_t_r1__minus_one(p, q):
    """your T is 2 too small: exp(T − 1) = p/q, so 1 is added to the logarithm and not subtracted"""
    return torch.log(p) - torch.log(q) - 1


def best_t_r1__ratio(p, q):
    """your T has the ratio p/q where its logarithm belongs"""
    return 1 + p / q


def best_t_r1__maximum(p, q):
    """your T is exp(T − 1) at its best, which is p/q; solve for T itself"""
    return p / q


def best_t_r2__inverted(p, q):
    """your T is log(q/p): the sign of T is wrong"""
    return torch.log(q) - torch.log(p)


def best_t_r2__ratio(p, q):
    """your T is the ratio p/q: the logarithm is missing"""
    return p / q


def best_t_r2__only_p(p, q):  # noqa: ARG001
    """your T is log p: it does not depend on q"""
    return torch.log(p)


def best_t_r2__posterior(p, q):
    """your T is the logarithm of the optimal discriminator, log p/(p + q); the best T is its logit"""
    return torch.log(p) - torch.log(p + q)


def conjugate_u_log_u__shift_forgotten(t):
    """your conjugate is exp(t): at the best u, log u + 1 = t, so the exponent is t − 1"""
    return torch.exp(t)


def conjugate_u_log_u__shift_sign(t):
    """your exponent is t + 1: at the best u, log u + 1 = t, so it is t − 1"""
    return torch.exp(t + 1)


def conjugate_u_log_u__not_simplified(t):
    """your conjugate is u·t at the best u: − u log u is missing"""
    return t * torch.exp(t - 1)


def conjugate_u_log_u__exponent_sign(t):
    """your exponent is 1 − t: at the best u, log u + 1 = t, so it is t − 1"""
    return torch.exp(1 - t)


def biconjugate_u_log_u__best_t(u):
    """your result is the best t, 1 + log u, and not the value that is reached there"""
    return 1 + torch.log(u)


def biconjugate_u_log_u__minus_u(u):
    """your result is u log u − u: the best t is 1 + log u, whose 1 makes up for the − u"""
    return torch.xlogy(u, u) - u


def biconjugate_u_log_u__conjugate_again(u):
    """your result is the conjugate exp(u − 1); the biconjugate is the conjugate of that"""
    return torch.exp(u - 1)


def biconjugate_u_log_u__only_the_logarithm(u):
    """your result is log u: the factor u is missing"""
    return torch.log(u)


def biconjugate_u_log_u__formula_everywhere(u):
    """your formula is used where it holds no longer: the supremum is 0 at u = 0 and +∞ for u < 0"""
    return u * torch.log(u)


def biconjugate_u_log_u__nan_below_zero(u):
    """your value for u < 0 is not a number: there, t → −∞ makes t·u − exp(t − 1) as large as you like, so it is +∞"""
    return torch.xlogy(u, u)


def biconjugate_u_log_u__zero_below_zero(u):
    """your value for u < 0 is 0: there, t → −∞ makes t·u − exp(t − 1) as large as you like, so it is +∞"""
    return torch.xlogy(u.clamp(min=0), u.clamp(min=0))


def conjugate_minus_log__one_added(t):
    """your conjugate has + 1 where − 1 belongs: u·t = −1 at the best u = −1/t"""
    return 1 - torch.log(-t)


def conjugate_minus_log__one_forgotten(t):
    """your conjugate lacks the − 1: u·t = −1 at the best u = −1/t"""
    return -torch.log(-t)


def conjugate_minus_log__logarithm_sign(t):
    """your conjugate has + log(−t): log u = −log(−t) at the best u = −1/t"""
    return -1 + torch.log(-t)


def conjugate_minus_log__best_u(t):
    """your result is the best u, −1/t, and not the value that is reached there"""
    return -1 / t


def conjugate_minus_log__of_t(t):
    """your conjugate takes the logarithm of t, which is negative here; it is that of −t"""
    return -1 - torch.log(t)


def conjugate_minus_log__nan_from_zero_on(t):
    """your value for t ≥ 0 is not a number: there, u → ∞ makes u·t + log u as large as you like, so it is +∞"""
    u = -1 / t
    return u * t + torch.log(u)


def conjugate_minus_log__nan_beyond(t):
    """your value for t > 0 is not a number: there, u → ∞ makes u·t + log u as large as you like, so it is +∞"""
    return -1 - torch.log(-t)


def conjugate_minus_log__finite_beyond(t):
    """your value for t > 0 is finite: there, u → ∞ makes u·t + log u as large as you like, so it is +∞"""
    return -1 - torch.log(t.abs())


def conjugate_logistic__entropy(s):
    """your conjugate is the entropy, which is minus what is asked for: it must be convex and never positive"""
    return -torch.xlogy(s, s) - torch.xlogy(1 - s, 1 - s)


def conjugate_logistic__multiplier(s):
    """your formula is that of min over y of λy + log(1 + exp y), for λ = −s; put s into it with the right signs"""
    return s * torch.log(-s) - (1 + s) * torch.log(1 + s)


def conjugate_logistic__one_term(s):
    """your conjugate lacks the term (1 − s) log(1 − s)"""
    return torch.xlogy(s, s)


def conjugate_logistic__minus_second_term(s):
    """your second term has the wrong sign: + (1 − s) log(1 − s)"""
    return torch.xlogy(s, s) - torch.xlogy(1 - s, 1 - s)


def conjugate_logistic__best_y(s):
    """your result is the best y, log(s/(1 − s)), and not the value that is reached there"""
    return torch.log(s / (1 - s))


def conjugate_logistic__nan_at_the_ends(s):
    """your formula is used where it holds no longer: the supremum is 0 at s = 0 and s = 1, and +∞ outside"""
    return s * torch.log(s) + (1 - s) * torch.log(1 - s)


def conjugate_logistic__nan_outside(s):
    """your value outside [0, 1] is not a number: there, s·y − log(1 + exp y) grows without bound, so it is +∞"""
    return torch.xlogy(s, s) + torch.xlogy(1 - s, 1 - s)


def conjugate_logistic__zero_outside(s):
    """your value outside [0, 1] is 0: there, s·y − log(1 + exp y) grows without bound, so it is +∞"""
    inside = s.clamp(0, 1)
    return torch.xlogy(inside, inside) + torch.xlogy(1 - inside, 1 - inside)


def cost__usual_sign(w, x, g, C):
    """your discriminator is sigmoid(wᵀx); here p(y = 1 | x) = 1/(1 + exp(wᵀx)), with the other sign"""
    return F.softplus(-(x @ w)).sum() + F.softplus(g @ w).sum() + 0.5 * C * w.square().sum()


def cost__linear_term_forgotten(w, x, g, C):
    """your cost lacks − Σ wᵀg: −log(1 − D(g)) is log(1 + exp wᵀg) − wᵀg"""
    return F.softplus(x @ w).sum() + F.softplus(g @ w).sum() + 0.5 * C * w.square().sum()


def cost__regulariser_not_halved(w, x, g, C):
    """your regulariser is C·‖w‖²: the factor ½ is missing"""
    return F.softplus(x @ w).sum() + F.softplus(-(g @ w)).sum() + C * w.square().sum()


def cost__regulariser_forgotten(w, x, g, C):  # noqa: ARG001
    """your cost lacks the regulariser C/2·‖w‖²"""
    return F.softplus(x @ w).sum() + F.softplus(-(g @ w)).sum()


def cost__norm_not_squared(w, x, g, C):
    """your regulariser has the norm of w where its square belongs"""
    return F.softplus(x @ w).sum() + F.softplus(-(g @ w)).sum() + 0.5 * C * torch.linalg.vector_norm(w)


def cost__means_for_sums(w, x, g, C):
    """your cost averages over the points; here it is a sum over them"""
    return F.softplus(x @ w).mean() + F.softplus(-(g @ w)).mean() + 0.5 * C * w.square().sum()


def cost__linear_term_added(w, x, g, C):
    """your cost adds Σ wᵀg, which has to be subtracted"""
    return F.softplus(x @ w).sum() + (F.softplus(g @ w) + g @ w).sum() + 0.5 * C * w.square().sum()


def dual_value__one_forgotten(lambda_x, lambda_z, x, g, C):
    """your dual has Σ λ_z g where Σ (1 + λ_z) g belongs: the term − Σ wᵀg of the cost is lost"""
    return _entropies(lambda_x, lambda_z) - (lambda_x @ x + lambda_z @ g).square().sum() / (2 * C)


def dual_value__entropy_sign(lambda_x, lambda_z, x, g, C):
    """your h(λ) has the wrong sign: it is an entropy, never negative"""
    return -_entropies(lambda_x, lambda_z) - _pull(lambda_x, lambda_z, x, g).square().sum() / (2 * C)


def dual_value__square_added(lambda_x, lambda_z, x, g, C):
    """your dual adds the square of the norm: min over w of C/2·‖w‖² − wᵀb is −‖b‖²/(2C)"""
    return _entropies(lambda_x, lambda_z) + _pull(lambda_x, lambda_z, x, g).square().sum() / (2 * C)


def dual_value__half_forgotten(lambda_x, lambda_z, x, g, C):
    """your dual has ‖b‖²/C: the factor ½ is missing"""
    return _entropies(lambda_x, lambda_z) - _pull(lambda_x, lambda_z, x, g).square().sum() / C


def dual_value__times_c(lambda_x, lambda_z, x, g, C):
    """your dual multiplies by C where it divides: min over w of C/2·‖w‖² − wᵀb is −‖b‖²/(2C)"""
    return _entropies(lambda_x, lambda_z) - 0.5 * C * _pull(lambda_x, lambda_z, x, g).square().sum()


def dual_value__norm_not_squared(lambda_x, lambda_z, x, g, C):
    """your dual has the norm of b where its square belongs"""
    return _entropies(lambda_x, lambda_z) - torch.linalg.vector_norm(_pull(lambda_x, lambda_z, x, g)) / (2 * C)


def dual_value__squares_summed(lambda_x, lambda_z, x, g, C):
    """your dual sums the squared norms of the points; it is the squared norm of their sum"""
    single = (lambda_x[:, None] * x).square().sum() + ((1 + lambda_z)[:, None] * g).square().sum()
    return _entropies(lambda_x, lambda_z) - single / (2 * C)


def dual_value__one_added_to_both(lambda_x, lambda_z, x, g, C):
    """your dual has 1 + λ_x for the data, too; only the generated points have the term − wᵀg in the cost"""
    b = (1 + lambda_x) @ x + (1 + lambda_z) @ g
    return _entropies(lambda_x, lambda_z) - b.square().sum() / (2 * C)


def dual_value__generated_entropy_forgotten(lambda_x, lambda_z, x, g, C):
    """your dual lacks Σ h(λ_z) of the generated points"""
    return _entropies(lambda_x, lambda_z[:0]) - _pull(lambda_x, lambda_z, x, g).square().sum() / (2 * C)


def feasible__positive(lam):
    """your domain is 0 ≤ λ ≤ 1; with + λy in the Lagrangian it is −1 ≤ λ ≤ 0"""
    return (lam >= 0) & (lam <= 1)


def feasible__open(lam):
    """your domain leaves out its ends; λ = −1 and λ = 0 are feasible, too"""
    return (lam > -1) & (lam < 0)


def feasible__only_negative(lam):
    """your domain is λ ≤ 0; below −1, y → ∞ makes λy + log(1 + exp y) as small as you like"""
    return lam <= 0


def feasible__only_from_minus_one(lam):
    """your domain is λ ≥ −1; above 0, y → −∞ makes λy + log(1 + exp y) as small as you like"""
    return lam >= -1


def feasible__symmetric(lam):
    """your domain is −1 ≤ λ ≤ 1; above 0, y → −∞ makes λy + log(1 + exp y) as small as you like"""
    return lam.abs() <= 1


def primal_minimiser__one_forgotten(lambda_x, lambda_z, x, g, C):
    """your w has Σ λ_z g where Σ (1 + λ_z) g belongs: the term − Σ wᵀg of the cost is lost"""
    return (lambda_x @ x + lambda_z @ g) / C


def primal_minimiser__times_c(lambda_x, lambda_z, x, g, C):
    """your w is multiplied by C where it is divided: C·w = b"""
    return _pull(lambda_x, lambda_z, x, g) * C


def primal_minimiser__without_c(lambda_x, lambda_z, x, g, C):  # noqa: ARG001
    """your w is not divided by C: C·w = b"""
    return _pull(lambda_x, lambda_z, x, g)


def primal_minimiser__data_sign(lambda_x, lambda_z, x, g, C):
    """your w subtracts the data: they enter with their multipliers, which are negative already"""
    return ((1 + lambda_z) @ g - lambda_x @ x) / C


def primal_minimiser__one_added_to_both(lambda_x, lambda_z, x, g, C):
    """your w has 1 + λ_x for the data, too; only the generated points have the term − wᵀg in the cost"""
    return ((1 + lambda_x) @ x + (1 + lambda_z) @ g) / C


def dual_maximiser__positive(x, g, C):
    """your multipliers are positive: λ = −sigmoid(wᵀx), between −1 and 0"""
    w = _newton(x, g, C)
    return torch.sigmoid(x @ w), torch.sigmoid(g @ w)


def dual_maximiser__at_zero(x, g, C):  # noqa: ARG001
    """your multipliers are all −½, those of w = 0: the search has not begun"""
    return torch.full_like(x[:, 0], -0.5), torch.full_like(g[:, 0], -0.5)


def dual_maximiser__minus_w(x, g, C):
    """your multipliers are those of −w: they are −sigmoid(wᵀx), not −sigmoid(−wᵀx)"""
    w = _newton(x, g, C)
    return -torch.sigmoid(-(x @ w)), -torch.sigmoid(-(g @ w))


def dual_maximiser__half_forgotten(x, g, C):
    """your multipliers maximise a dual in which C is not halved: its first term is −‖b‖²/(2C)"""
    w = _newton(x, g, C / 2)
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)


def dual_maximiser__one_forgotten(x, g, C):
    """your multipliers maximise a dual with Σ λ_z g; there it is Σ (1 + λ_z) g"""
    # Without − Σ wᵀg all points are alike.
    w = _newton(torch.cat([x, g]), g[:0], C)
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)


def dual_maximiser__exchanged(x, g, C):
    """your multipliers are in the wrong order: those of the data come first"""
    w = _newton(x, g, C)
    return -torch.sigmoid(g @ w), -torch.sigmoid(x @ w)


def _slope(critic, images):
    x_hat = images.detach().requires_grad_()
    return torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]


def _norms(critic, images):
    return torch.linalg.vector_norm(_slope(critic, images).flatten(1), dim=1)


def _discriminator_loss(discriminator, generator, x, z):
    fake = generator(z).detach()
    return -F.logsigmoid(discriminator(x)).mean() - F.logsigmoid(-discriminator(fake)).mean()


def _rounded(logits):
    """The probabilities in float32, where they are exactly 1 from logits of 17 on."""
    return torch.sigmoid(logits).float()


def _descend(loss, network):
    weights = list(network.parameters())
    slopes = torch.autograd.grad(loss, weights, retain_graph=True)
    for weight, slope in zip(weights, slopes, strict=True):
        weight.data -= 0.1 * slope


def _jsd(p_data, p_g):
    middle = 0.5 * (p_data + p_g)
    return 0.5 * sum((torch.xlogy(p, p) - torch.xlogy(p, middle)).sum() for p in (p_data, p_g))


def _entropies(lambda_x, lambda_z):
    both = torch.cat([lambda_x, lambda_z])
    return (torch.xlogy(both, -both) - torch.xlogy(1 + both, 1 + both)).sum()


def _pull(lambda_x, lambda_z, x, g):
    return lambda_x @ x + (1 + lambda_z) @ g


def _newton(x, g, C):
    points, w = torch.cat([x, g]), torch.zeros_like(x[0])
    for _ in range(50):
        s = torch.sigmoid(points @ w)
        curvature = points.T @ (points * (s * (1 - s))[:, None]) + C * torch.eye(len(w), dtype=w.dtype)
        w = w - torch.linalg.solve(curvature, points.T @ s - g.sum(dim=0) + C * w)
    return w
