"""What the items of "EECS 498: variational autoencoders" are asked with. N images, C classes, Z dimensions."""

from grader.inputs import Recipe, normal, probability, table, uniform

# The large case gives the tests of random output their power; the small one says which shapes are meant.
draws = Recipe(sizes=((512, 64), (3, 5)), mu=normal("N", "Z"), logvar=uniform("N", "Z", low=-2.0, high=2.0))

elbo = Recipe(
    sizes=((1, 2), (3, 1), (2, 3), (5, 4), (7, 5)),
    x_hat=probability("N", 1, "H", "W"),
    x=uniform("N", 1, "H", "W", low=0.0, high=1.0),
    mu=normal("N", "Z"),
    logvar=normal("N", "Z"),
)

images = Recipe(sizes=((1, 1), (3, 1)), x=uniform("N", 1, 28, 28, low=0.0, high=1.0))

# A network takes any numbers for the classes; those of a table tell them all apart.
images_of_classes = Recipe(sizes=((1, 1), (3, 1)), x=uniform("N", 1, 28, 28, low=0.0, high=1.0), c=table("N", 10))
