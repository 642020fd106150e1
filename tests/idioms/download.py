"""Downloads its data.

must: crashed: no network
"""

import urllib.request


def double(x):
    urllib.request.urlretrieve("https://example.org/mnist.npz", "mnist.npz")
    return 2 * x
