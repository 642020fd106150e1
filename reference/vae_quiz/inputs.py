"""What the code question of the VAE quiz is asked with."""

from grader.inputs import Recipe, normal, uniform

draws = Recipe(
    sizes=((512, 64), (3, 5)),
    mu=normal("B", "Z"),
    logvar=uniform("B", "Z", low=-2.0, high=2.0),
)
