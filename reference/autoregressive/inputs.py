"""What the items of "Autoregressive models" are asked with. B images, H rows, W columns, L layers."""

from grader.inputs import Recipe, among, binary, normal, uniform

EXTREMES = (0.0, -100.0, 100.0, -1000.0, 1000.0)

# Heights and widths of kernels; the simplest that can show a mistake first.
kernels = Recipe(sizes=((12, 1),), kernel=among("B", 2, values=(3.0, 5.0, 1.0, 7.0)))

features = Recipe(sizes=((1, 5), (2, 6)), x=normal("B", 2, "H", "W"))

image = Recipe(sizes=((1, 5), (2, 6)), x=normal("B", 1, "H", "W"))

# Row and column of the pixel that the lecture asks about.
centre = Recipe(pixel=among(2, values=(3.0,)))

# One stack in every row: type A (0) or B (1) in each layer, or no layer (2). A pixel counted from 0 is still inside.
stacks = Recipe(
    sizes=((10, 3),),
    layers=among("B", 3, values=(0.0, 1.0, 2.0)),
    kernel=among("B", 1, values=(3.0, 5.0)),
    pixel=among("B", 2, values=(3.0, 4.0, 2.0, 1.0)),
)

# Moderate on purpose: a right formula that is not safe at ±100 must pass here.
binary_images = Recipe(logits=normal("B", 1, "H", "W", scale=1.5), x=binary("B", 1, "H", "W"))

extreme_images = Recipe(logits=among("B", 1, "H", "W", values=EXTREMES), x=binary("B", 1, "H", "W"))

grey_images = Recipe(
    logits=normal("B", 5, 1, "H", "W", scale=1.5),
    x=among("B", 1, "H", "W", values=(0.0, 1.0, 2.0, 3.0, 4.0)),
)

extreme_grey_images = Recipe(
    logits=among("B", 5, 1, "H", "W", values=EXTREMES),
    x=among("B", 1, "H", "W", values=(0.0, 1.0, 2.0, 3.0, 4.0)),
)

likelihoods = Recipe(nll=uniform("B", low=50.0, high=3000.0), dimensions=among(1, values=(784.0, 64.0, 3072.0)))

# No uniform number is a probability that is met by chance; the image is not square.
sampling = Recipe(
    sizes=((3, 3), (4, 5)),
    uniforms=uniform("B", 1, "H", "W", low=0.03, high=0.96),
    weight=uniform(1, low=0.5, high=3.0),
    bias=normal(1),
)
