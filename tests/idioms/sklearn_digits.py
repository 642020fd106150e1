"""A data set of scikit-learn, which is used in the answer.

must: ok
without sklearn: crashed: the package sklearn is not installed where this is graded
"""

from sklearn.datasets import make_moons


def double(x):
    points, _ = make_moons(10)
    assert points.shape == (10, 2)
    return 2 * x
