"""Returns a value that runs code of its own whenever it is looked at, asked for its length, or turned into an array.

must: wrong | crashed
harm: planted
then: ok
"""


def plant(self, *args, **kwargs):
    with open("@HARM@/looked-at", "w") as file:
        file.write("here")
    return 1


class Trap(dict):
    __len__ = __iter__ = items = keys = values = __array__ = __float__ = __eq__ = __bool__ = __repr__ = __str__ = plant
    __hash__ = None


def double(x):
    return Trap(out=x)


def triple(x):
    return 3 * x
