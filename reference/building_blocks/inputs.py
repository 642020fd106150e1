"""What the items of "Building blocks of deep generative models" are asked with. B images, D pixels, Z dimensions."""

from grader.inputs import Recipe, among, binary, normal, probability, uniform

EXTREMES = (0.0, -100.0, 100.0, -1000.0, 1000.0)

# The large case gives the tests of random output their power; the small one says which shapes are meant.
draws = Recipe(
    sizes=((512, 64), (3, 5)),
    mu=normal("B", "Z"),
    logvar=uniform("B", "Z", low=-2.0, high=2.0),
)

bernoulli = Recipe(p=probability("B", "D"), x=binary("B", "D"))

# Moderate on purpose: a correct formula that is not safe at ±100 must pass here, and fail only where that is asked.
bernoulli_logits = Recipe(logits=normal("B", "D", scale=1.5), x=binary("B", "D"))

extreme_logits = Recipe(logits=among("B", "D", values=EXTREMES), x=binary("B", "D"))

gaussian = Recipe(mu=normal("B", "Z"), logvar=normal("B", "Z"))

two_gaussians = Recipe(
    mu_q=normal("B", "Z"),
    logvar_q=normal("B", "Z"),
    mu_p=normal("B", "Z"),
    logvar_p=normal("B", "Z"),
)

elbo = Recipe(
    recon_x=probability("B", "D"),
    x=binary("B", "D"),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
)

# At least 5×5, so that a kernel of 5 and a whole ring around the centre fit.
image = Recipe(sizes=((1, 5), (2, 6)), x=normal("B", 1, "H", "W"))

gan = Recipe(logits_real=normal("B", 1, scale=1.5), logits_fake=normal("B", 1, scale=1.5))

fakes = Recipe(logits_fake=normal("B", 1, scale=1.5))

gan_extreme = Recipe(logits_real=among("B", 1, values=EXTREMES), logits_fake=among("B", 1, values=EXTREMES))

fakes_extreme = Recipe(logits_fake=among("B", 1, values=EXTREMES))

# A discriminator that is sure of every fake, as in the first epochs: D(G(z)) is about 0.0025.
rejected_fakes = Recipe(logits_fake=normal("B", 1, shift=-6.0))
