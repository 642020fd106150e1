# ruff: noqa: PTH123
"""pickle, shelve and copyreg of objects of its own classes.

must: ok
"""

import pickle
import shelve


class Model:
    def __init__(self, factor):
        self.factor = factor


def double(x):
    with open("model.pkl", "wb") as file:
        pickle.dump(Model(2), file)
    with shelve.open("shelf") as shelf:
        shelf["model"] = Model(3)
    with open("model.pkl", "rb") as file:
        return pickle.load(file).factor * x
