"""What the code question of the homework on VAEs, GANs and duality is asked with."""

from grader.inputs import Recipe, normal, uniform

draws = Recipe(
    sizes=((400, 80), (4, 3)),
    mu=normal("B", "Z"),
    logvar=uniform("B", "Z", low=-2.0, high=2.0),
)
