"""What the items of "CS231n: generative adversarial networks" are asked with. N images or scores, Z dimensions."""

from grader.inputs import Recipe, among, binary, normal, uniform

EXTREMES = (0.0, -100.0, 100.0, -1000.0, 1000.0)

# Only the shape counts; the first is large enough to tell the law.
noise_shape = Recipe(sizes=((500, 40), (3, 5)), like=normal("N", "Z"))

rows = Recipe(sizes=((1, 1), (5, 1)), x=uniform("N", 784, low=-1.0, high=1.0))

codes = Recipe(sizes=((1, 1), (5, 1)), z=uniform("N", 96, low=-1.0, high=1.0))

bce = Recipe(input=normal("N", scale=1.5), target=binary("N"))

bce_extreme = Recipe(input=among("N", values=EXTREMES), target=binary("N"))

logits = Recipe(logits_real=normal("N", scale=1.5), logits_fake=normal("N", scale=1.5))

# As the discriminator returns them.
logit_columns = Recipe(logits_real=normal("N", 1, scale=1.5), logits_fake=normal("N", 1, scale=1.5))

logits_extreme = Recipe(logits_real=among("N", values=EXTREMES), logits_fake=among("N", values=EXTREMES))

fakes = Recipe(logits_fake=normal("N", scale=1.5))

# A discriminator that is sure of every fake, as in the first steps.
rejected_fakes = Recipe(logits_fake=normal("N", shift=-6.0))

fakes_extreme = Recipe(logits_fake=among("N", values=EXTREMES))

scores = Recipe(scores_real=normal("N", scale=1.5), scores_fake=normal("N", scale=1.5))

score_fakes = Recipe(scores_fake=normal("N", scale=1.5))
