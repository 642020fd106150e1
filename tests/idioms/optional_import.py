"""einops if it is there, else another way.

must: ok
"""

try:
    from einops import rearrange
except ImportError:
    rearrange = None


def double(x):
    assert rearrange is None or rearrange(x, "b d -> d b").shape == x.T.shape
    return 2 * x
