"""What the items of "Training runs on digits" that do not train are asked with. B images."""

from grader.inputs import Recipe, normal, uniform

pixels = Recipe(
    sizes=((3, 1), (16, 1)),
    logits=normal("B", "C", "H", "W", scale=1.5),
    x=uniform("B", "C", "H", "W", low=0.0, high=1.0),
)

images = Recipe(sizes=((64, 64),), x=uniform("B", "D", low=0.0, high=1.0))
