"""What the items of "Adversarial objectives and variational bounds" are asked with.

B images, Z latent dimensions, K hidden units, N outcomes of a table, D dimensions of a point, M generated points.
"""

from grader.inputs import Recipe, among, normal, positive, probability, table, uniform

EXTREMES = (0.0, -100.0, 100.0, -1000.0, 1000.0)

scores = Recipe(scores_real=normal("B", 1, scale=1.5), scores_fake=normal("B", 1, scale=1.5))

# Around the margins, so that some are cut and some means are cut, too.
hinge_scores = Recipe(
    scores_real=normal("B", 1, scale=1.5, shift=1.0), scores_fake=normal("B", 1, scale=1.5, shift=-1.0)
)

fake_scores = Recipe(scores_fake=normal("B", 1, scale=1.5))

# Slopes on both sides of 1, so that a one-sided penalty shows.
critic = Recipe(
    sizes=((1, 3), (2, 3), (5, 4), (7, 6), (16, 8)),
    x_real=normal("B", 2, 3, 4),
    x_fake=normal("B", 2, 3, 4),
    u=uniform("B", 1, 1, 1, low=0.0, high=1.0),
    weight=normal("K", 24, scale=0.2),
    bias=normal("K"),
    out=normal(1, "K", scale=0.8),
)

# A critic that gives every image the same score: its slope is exactly zero.
flat_critic = Recipe(
    sizes=((1, 3), (2, 3), (5, 4)),
    x_real=normal("B", 2, 3, 4),
    x_fake=normal("B", 2, 3, 4),
    u=uniform("B", 1, 1, 1, low=0.0, high=1.0),
    weight=normal("K", 24, scale=0.2),
    bias=normal("K"),
    out=among(1, "K", values=(0.0,)),
)

NETWORKS = {
    "d_weight": normal("K", "D"),
    "d_bias": normal("K"),
    "d_out": normal(1, "K"),
    "g_weight": normal("K", "Z"),
    "g_bias": normal("K"),
    "g_out": normal("D", "K"),
}
# The tanh is saturated and the last layer large: logits of some hundreds.
SURE = NETWORKS | {"d_bias": among("K", values=(-6.0, 6.0)), "d_out": among(1, "K", values=(-300.0, 100.0, 300.0))}

NETWORK_SIZES = ((1, 2), (3, 2), (4, 3), (9, 5), (16, 4))

steps = Recipe(sizes=NETWORK_SIZES, x=normal("B", "D"), z=normal("B", "Z"), **NETWORKS)

steps_extreme = Recipe(sizes=NETWORK_SIZES, x=normal("B", "D"), z=normal("B", "Z"), **SURE)

fakes = Recipe(sizes=NETWORK_SIZES, z=normal("B", "Z"), **NETWORKS)

fakes_extreme = Recipe(sizes=NETWORK_SIZES, z=normal("B", "Z"), **SURE)

optimal_discriminator = Recipe(p_data=table("N"), p_g=table("N"))

density_ratio = Recipe(f0=positive("N"), d=probability("N"))

value = Recipe(p_data=table("N"), p_g=table("N"), d=probability("N"))

value_at_optimum = Recipe(p_data=table("N"), p_g=table("N"))

tables_with_zeros = Recipe(p_data=table("N", zeros=True), p_g=table("N", zeros=True))

bound = Recipe(p=table("N"), q=table("N"), t=normal("N"))

bound_extreme = Recipe(p=table("N"), q=table("N"), t=among("N", values=EXTREMES))

two_tables = Recipe(p=table("N"), q=table("N"))

conjugate_u_log_u = Recipe(t=normal("N"))

biconjugate_u_log_u = Recipe(u=uniform("N", low=0.125, high=4.125))

nothing_and_less = Recipe(u=among("N", values=(0.0, -0.5, 2.0, -3.0)))

conjugate_minus_log = Recipe(t=uniform("N", low=-4.125, high=-0.125))

beyond_zero = Recipe(t=among("N", values=(0.0, 0.5, -2.0, 3.0)))

conjugate_logistic = Recipe(s=probability("N"))

beyond_the_unit_interval = Recipe(s=among("N", values=(0.0, 1.0, 0.5, -0.25, 1.25, 3.0)))

cost = Recipe(w=normal("D"), x=normal("B", "D"), g=normal("M", "D"), C=positive())

cost_extreme = Recipe(w=among("D", values=(-100.0, 100.0, 300.0)), x=normal("B", "D"), g=normal("M", "D"), C=positive())

multipliers = {"lambda_x": uniform("B", low=-0.95, high=-0.05), "lambda_z": uniform("M", low=-0.95, high=-0.05)}

dual_value = Recipe(**multipliers, x=normal("B", "D"), g=normal("M", "D"), C=positive())

dual_at_corners = Recipe(
    lambda_x=among("B", values=(0.0, -1.0, -0.5)),
    lambda_z=among("M", values=(-1.0, 0.0, -0.25)),
    x=normal("B", "D"),
    g=normal("M", "D"),
    C=positive(),
)

feasible = Recipe(lam=among("N", values=(0.0, -1.0, -0.5, 0.25, -1.25, 1.0, 1.5)))

primal_minimiser = dual_value

dual_maximiser = Recipe(sizes=((1, 1), (3, 2), (4, 3), (8, 4)), x=normal("B", "D"), g=normal("M", "D"), C=positive())
