"""asyncio with tasks, sleep and a thread.

must: ok
"""

import asyncio


async def half(y):
    await asyncio.sleep(0.001)
    return y


async def both(y):
    first, second = await asyncio.gather(half(y), asyncio.to_thread(lambda: y))
    return first + second


def double(x):
    return asyncio.run(both(x))
