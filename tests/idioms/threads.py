"""Threads with a lock, a queue, an event and a timer.

must: ok
"""

import queue
import threading


def double(x):
    results, lock, done = queue.Queue(), threading.Lock(), threading.Event()

    def work(k):
        with lock:
            results.put(x)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    threading.Timer(0.01, done.set).start()
    for thread in threads:
        thread.join()
    assert done.wait(1)
    return results.get() + results.get()
