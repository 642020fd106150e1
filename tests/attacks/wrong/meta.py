"""Returns a tensor on the meta device: right shape and dtype, no numbers.

must: crashed | wrong
harm: none
"""


def double(x):
    return (2 * x).to("meta")


def triple(x):
    return 3 * x
