"""tracemalloc, resource and gc, to see how much memory is used.

must: ok
"""

import gc
import resource
import sys
import tracemalloc
import weakref


def double(x):
    tracemalloc.start()
    y = 2 * x
    print(tracemalloc.get_traced_memory(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, sys.getsizeof(y))
    tracemalloc.stop()
    gc.collect()
    weakref.ref(y)
    return y
