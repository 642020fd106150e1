"""A torch.multiprocessing.Process with a queue and a shared tensor.

must: crashed: no other programs or processes
"""

import torch.multiprocessing as mp


def work(queue, y):
    queue.put(2 * y)


def double(x):
    queue = mp.Queue()
    process = mp.Process(target=work, args=(queue, x))
    process.start()
    y = queue.get()
    process.join()
    return y
