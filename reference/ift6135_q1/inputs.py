"""What the items of "IFT6135: densities and divergences" are asked with. B examples, D entries, K samples."""

from grader.inputs import Recipe, among, binary, normal, probability, uniform

bernoulli = Recipe(mu=probability("B", "D"), target=binary("B", "D"))

IMAGES = ((1, 2), (3, 1), (4, 2))
bernoulli_images = Recipe(sizes=IMAGES, mu=probability("B", "C", "H", "W"), target=binary("B", "C", "H", "W"))

gaussian = Recipe(mu=normal("B", "D"), logvar=normal("B", "D"), z=normal("B", "D", scale=1.5))

gaussian_images = Recipe(
    sizes=IMAGES,
    mu=normal("B", "C", "H", "W"),
    logvar=normal("B", "C", "H", "W"),
    z=normal("B", "C", "H", "W", scale=1.5),
)

log_weights = Recipe(y=normal("B", "K", scale=2.0))

large_log_weights = Recipe(y=among("B", "K", values=(-1000.0, -10000.0, 1000.0, 10000.0)))

two_gaussians = Recipe(
    mu_q=normal("B", "D"),
    logvar_q=normal("B", "D"),
    mu_p=normal("B", "D"),
    logvar_p=normal("B", "D"),
)

two_gaussians_images = Recipe(
    sizes=IMAGES,
    mu_q=normal("B", "C", "H", "W"),
    logvar_q=normal("B", "C", "H", "W"),
    mu_p=normal("B", "C", "H", "W"),
    logvar_p=normal("B", "C", "H", "W"),
)


# Variances of one order and distances of several standard deviations: the divergence is then well above the error of
# its estimate, and different readings of logvar are further apart than that.
def _estimated(*shape, sizes):
    return Recipe(
        sizes=sizes,
        mu_q=uniform(*shape, low=-2.0, high=2.0),
        logvar_q=uniform(*shape, low=-0.75, high=0.75),
        mu_p=uniform(*shape, low=-2.0, high=2.0),
        logvar_p=uniform(*shape, low=0.0, high=1.5),
    )


estimated = _estimated("B", "D", sizes=((1, 1), (3, 2), (2, 4), (5, 3)))
estimated_images = _estimated("B", "C", "H", "W", sizes=((3, 1), (2, 2)))

# Many rows of few entries: the large case gives the tests of random output their power, the small one shows the shape.
estimates = _estimated("B", "D", sizes=((256, 4), (3, 2)))
