"""A figure saved into a file, without a display.

must: ok
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def double(x):
    fig, ax = plt.subplots()
    ax.plot([1, 2], label="loss")
    ax.legend()
    fig.savefig("loss.png")
    plt.close(fig)
    return 2 * x
