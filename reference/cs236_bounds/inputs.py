"""What the items of "CS236: bounds" are asked with. B rows, D entries, K components, X pixels, Z latent dimensions."""

from grader.inputs import Recipe, among, binary, normal, positive, uniform

# The large case gives the tests of random output their power; the small one says which shapes are meant.
draws = Recipe(sizes=((512, 64), (3, 5)), m=normal("B", "Z"), v=positive("B", "Z"))

gaussian = Recipe(x=normal("B", "D"), m=normal("B", "D"), v=positive("B", "D"))

many_gaussians = Recipe(
    sizes=((1, 2), (2, 1), (3, 3), (5, 4)),
    x=normal("B", "K", "D"),
    m=normal("B", "K", "D"),
    v=positive("B", "K", "D"),
)

MIXTURES = ((1, 1), (1, 3), (3, 1), (2, 2), (5, 4))
mixture = Recipe(sizes=MIXTURES, z=normal("B", "D"), m=normal("B", "K", "D"), v=positive("B", "K", "D"))

shared_mixture = Recipe(sizes=MIXTURES, z=normal("B", "D"), m=normal(1, "K", "D"), v=positive(1, "K", "D"))

# Densities that are 0 in float32.
far_mixture = Recipe(
    sizes=MIXTURES,
    z=among("B", "D", values=(-40.0, 40.0)),
    m=normal("B", "K", "D"),
    v=positive("B", "K", "D"),
)

log_weights = Recipe(x=normal("B", "K", scale=2.0))


def _network(sizes, **more):
    return Recipe(
        sizes=sizes,
        x=binary("B", "X"),
        enc_m=uniform("Z", "X", low=-0.5, high=0.5),
        enc_v=uniform("Z", "X", low=-0.5, high=0.5),
        dec=uniform("X", "Z", low=-1.0, high=1.0),
        bias=uniform("X", low=-1.0, high=1.0),
        **more,
    )


# Rows that differ, so that weights of different rows are not mixed unseen.
network = _network(((1, 1), (2, 2), (4, 3)))
mixture_network = _network(
    ((1, 1), (2, 2), (4, 3)),
    prior_m=uniform("K", "Z", low=-1.25, high=1.25),
    prior_h=uniform("K", "Z", low=0.0, high=1.0),
)

blind = Recipe(x=binary("B", "X"), bias=normal("X"))
