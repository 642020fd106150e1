"""A ThreadPoolExecutor.

must: ok
"""

from concurrent.futures import ThreadPoolExecutor, as_completed


def double(x):
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = [pool.submit(lambda y: y + 0, x) for _ in range(2)]
        return sum(future.result() for future in as_completed(futures))
