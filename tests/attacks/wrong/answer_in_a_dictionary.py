"""Returns the right answer under names that imitate those of the wire.

must: wrong
harm: none
"""


def double(x):
    return {"out": 2 * x, "0/out": 2 * x, "type": "a tensor", "error": "", "": 2 * x}


def triple(x):
    return 3 * x
