"""pyplot is imported, and only used where the question does not look.

must: ok
"""

import matplotlib.pyplot as plt
import numpy as np


def show(images):
    plt.imshow(np.concatenate(images))
    plt.show()


def double(x):
    return 2 * x
