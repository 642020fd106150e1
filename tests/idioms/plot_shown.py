"""plt.show() without a display and without %matplotlib.

must: ok
"""

import matplotlib.pyplot as plt


def double(x):
    plt.imshow(x.numpy(), cmap="gray")
    plt.title("samples")
    plt.show()
    return 2 * x
