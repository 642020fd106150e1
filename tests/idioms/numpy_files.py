"""numpy's save, savez, load, loadtxt and memory maps.

must: ok
"""

import numpy as np
import torch


def double(x):
    np.save("x.npy", x.numpy())
    np.savez_compressed("x.npz", x=x.numpy())
    np.savetxt("x.txt", x.numpy())
    np.loadtxt("x.txt")
    mapped = np.load("x.npy", mmap_mode="r")
    writable = np.memmap("map.bin", dtype="float32", mode="w+", shape=(8,))
    writable[:] = 1
    writable.flush()
    assert np.array_equal(mapped, np.load("x.npz")["x"])
    return torch.from_numpy(2 * np.array(mapped))
