"""What the items of "Variational autoencoders" are asked with. B images, D pixels, Z dimensions, K samples."""

import numpy as np

from grader.inputs import Array, Recipe, among, binary, normal, uniform

EXTREMES = (0.0, -100.0, 100.0, -1000.0, 1000.0)
LARGE = ((512, 64), (3, 5))


def matrix(*shape, scale=1.0, either_sign=False):
    """A square matrix scale·Q·D, Q orthogonal and D diagonal from ½ to 2: dense, not symmetric, condition number 4.

    Its determinant is positive or, with `either_sign`, negative in half of the draws.
    """

    def draw(rng, size):
        q, _ = np.linalg.qr(rng.standard_normal(size))
        q[:, 0] *= np.linalg.det(q) * (rng.choice([-1.0, 1.0]) if either_sign else 1.0)
        return scale * q * np.geomspace(0.5, 2.0, size[0])

    # In the small cases of the search 2 on the diagonal dominates the other entries, which are at most ½.
    return Array(shape, draw, (0.0, 0.5, -0.5, 0.25, -0.25), lambda e: e + 2 * np.eye(len(e), dtype=e.dtype))


scaled = Recipe(sizes=LARGE, mu=normal("B", "Z"), sigma=uniform("B", "Z", low=0.25, high=3.0))

with_variance = Recipe(sizes=LARGE, mu=normal("B", "Z"), variance=uniform("B", "Z", low=0.25, high=4.0))

# More rows than dimensions, so that the covariance of the rows can be measured; the search may find fewer.
mixed = Recipe(sizes=((48, 1), (48, 3), (60, 8)), mu=normal("B", "Z"), S=matrix("Z", "Z"))

mixed_diagonally = Recipe(
    sizes=((512, 32), (3, 5)), mu=normal("B", "Z"), diagonal_of_S=uniform(1, "Z", low=0.25, high=3.0)
)

# One row: then the diagonal of S has an entry of its own for every entry of mu.
mixed_row = Recipe(sizes=((1, 256), (1, 5)), mu=normal(1, "Z"), diagonal_of_S=uniform(1, "Z", low=0.25, high=3.0))

density_scale = Recipe(g=normal("B", "Z", scale=2.0), mu=normal("B", "Z"), sigma=uniform("B", "Z", low=0.5, high=2.5))

density_matrix = Recipe(g=normal("B", "Z", scale=2.0), mu=normal("B", "Z"), S=matrix("Z", "Z"))

# In float32 the determinant of the largest of these matrices is 0.
density_small = Recipe(
    sizes=((1, 1), (2, 3), (3, 4), (5, 7), (4, 40)),
    g=normal("B", "Z", scale=0.05),
    mu=normal("B", "Z", scale=0.05),
    S=matrix("Z", "Z", scale=0.04, either_sign=True),
)

# Sizes of the layers are fixed by the rubric: 12 pixels, 3 latent dimensions.
images = Recipe(sizes=((1, 12), (4, 12)), x=normal("B", 12))

codes = Recipe(sizes=((1, 3), (4, 3)), z=normal("B", 3))

# Moderate on purpose: a correct formula that is not safe at ±100 must pass here, and fail only where that is asked.
bernoulli = Recipe(
    logits=normal("B", "D", scale=1.5),
    x=binary("B", "D"),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
)

bernoulli_extreme = Recipe(
    logits=among("B", "D", values=EXTREMES),
    x=binary("B", "D"),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
)

gaussian = Recipe(
    x_hat=normal("B", "D"),
    x=normal("B", "D"),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
    sigma2=uniform(low=0.25, high=2.25),
)

weighted = Recipe(
    logits=normal("B", "D", scale=1.5),
    x=binary("B", "D"),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
    alpha=uniform(low=0.25, high=4.25),
)

log_weights = Recipe(log_w=normal("B", "K", scale=1.5))

# Weights of images have logarithms of about −100 (small ones) to −1000; exp of them is 0 in float32.
log_weights_extreme = Recipe(log_w=among("B", "K", values=(0.0, -1000.0, 1000.0, -10000.0, -9998.0, 10000.0)))

evidence = Recipe(
    x=normal("B", "D", scale=1.5),
    W=normal("D", "Z", scale=0.5),
    b=normal("D"),
    sigma2=uniform(low=0.25, high=2.25),
)

linear = Recipe(
    x=normal("B", "D", scale=1.5),
    W=normal("D", "Z", scale=0.5),
    b=normal("D"),
    sigma2=uniform(low=0.25, high=2.25),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z"),
)

linear_with_noise = Recipe(
    x=normal("B", "D", scale=1.5),
    W=normal("D", "Z", scale=0.5),
    b=normal("D"),
    sigma2=uniform(low=0.25, high=2.25),
    mu=normal("B", "Z"),
    logvar=normal("B", "Z", shift=-0.5),
    eps=normal("B", "K", "Z"),
)
