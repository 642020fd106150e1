"""What the items of "Densities and divergences" are asked with.

B rows, D pixels, Z dimensions, K points of a finite set or K samples, N points of a grid or N samples.
"""

from grader.inputs import Recipe, among, grid, normal, positive, probability, table, uniform

# Few dimensions on purpose: the product of the densities, which is right but not safe, must not underflow here.
FEW = ((1, 1), (1, 5), (3, 1), (2, 3), (5, 4), (7, 6), (16, 8))
# One point has no gap: a grid starts at two.
LINES = ((2, 2), (3, 3), (5, 5), (8, 8), (33, 33))

gaussian_variance = Recipe(sizes=FEW, x=normal("B", "Z"), mu=normal("B", "Z"), sigma2=positive("B", "Z"))

gaussian_logvar = Recipe(
    sizes=FEW, x=normal("B", "Z"), mu=normal("B", "Z"), logvar=uniform("B", "Z", low=-1.0, high=1.0)
)

gaussian_scale = Recipe(sizes=FEW, x=normal("B", "Z"), mu=normal("B", "Z"), sigma=uniform("B", "Z", low=0.5, high=2.5))

# The density underflows, its logarithm does not.
gaussian_far = Recipe(
    x=among("B", "Z", values=(0.0, 100.0, -30.0)),
    mu=among("B", "Z", values=(0.0, 10.0)),
    logvar=among("B", "Z", values=(0.0, 4.0, -4.0, 20.0, -20.0)),
)

log_weights = Recipe(y=normal("B", "K", scale=2.0))

extreme_log_weights = Recipe(y=among("B", "K", values=(0.0, 10_000.0, -10_000.0, 9_999.0, -10_001.0)))

equal_variance = Recipe(mu_q=normal("B", "Z"), mu_p=normal("B", "Z"), sigma2=positive("B", "Z"))

two_gaussians = Recipe(
    mu_q=normal("B", "Z"), sigma2_q=positive("B", "Z"), mu_p=normal("B", "Z"), sigma2_p=positive("B", "Z")
)

samples_of_q = Recipe(
    z=normal("B", "K", "Z"),
    mu_q=normal("B", "Z", scale=0.5),
    logvar_q=uniform("B", "Z", low=-1.0, high=1.0),
    mu_p=normal("B", "Z"),
    logvar_p=uniform("B", "Z", low=-1.0, high=1.0),
)

one_table = Recipe(p=table("B", "K"))

one_table_with_zeros = Recipe(p=table("B", "K", zeros=True))

coins = Recipe(p=probability("B", "D"))

two_coins = Recipe(p=probability("B", "D"), q=probability("B", "D"))

tables = Recipe(p=table("B", "K"), q=table("B", "K"))

# Each edge on its own, so that who misses one does not lose the other.
p_with_zeros = Recipe(p=table("B", "K", zeros=True), q=table("B", "K"))

q_with_zeros = Recipe(p=table("B", "K"), q=table("B", "K", zeros=True))

both_with_zeros = Recipe(p=table("B", "K", zeros=True), q=table("B", "K", zeros=True))

densities = Recipe(sizes=LINES, p=positive("N"), q=positive("N"), grid=grid("N"))

tables_on_a_line = Recipe(
    sizes=((1, 2), (1, 5), (3, 2), (2, 3), (5, 4), (7, 11), (32, 20)),
    p=table("B", "K", zeros=True),
    q=table("B", "K", zeros=True),
    support=grid("K"),
)

two_samples = Recipe(sizes=LINES, x=normal("N"), y=normal("N", scale=1.5, shift=0.5))
