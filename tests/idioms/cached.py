# ruff: noqa: UP033
"""functools: lru_cache, partial, reduce, wraps, singledispatch.

must: ok
"""

import functools
import operator


@functools.lru_cache(maxsize=None)
def factor(n):
    return 1 if n == 0 else 2 * factor(n - 1)


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print(function.__name__)
        return function(*args, **kwargs)

    return inner


@logged
def double(x):
    return functools.reduce(operator.add, [functools.partial(operator.mul, x)(k) for k in (1, 1)]) * factor(0)
