"""What the items of "IFT6135: objectives of a critic" are asked with. B samples, D features, H hidden units."""

from grader.inputs import Recipe, among, normal, uniform

# Slopes on both sides of 1, where the penalty begins.
linear_critic = Recipe(x=normal("B", "D"), y=normal("B", "D"), w=normal("D", scale=0.8))

perceptron = Recipe(x=normal("B", "D"), weight=normal("H", "D"), out=normal("H"))

pairs = Recipe(x=normal("B", "D"), y=normal("B", "D"))

# Rows enough that every wrong law of u is seen.
ends = Recipe(sizes=((2000, 2), (1000, 3)), x=normal("B", "D"))

# The critic's values stay within ±1.5, where right formulas that are not safe keep their digits.
samples = Recipe(
    p=normal("B", "D", shift=0.5),
    q=normal("B", "D"),
    weight=normal("H", "D"),
    out=uniform("H", low=-1.5, high=1.5),
)

extreme_values = Recipe(p=among("B", 1, values=(0.0, 20.0, -20.0)), q=among("B", 1, values=(0.0, 20.0, -20.0)))
