"""Is asynchronous: the call gives a coroutine that nobody runs.

must: wrong
harm: none
"""


async def double(x):
    return 2 * x


def triple(x):
    return 3 * x
