# ruff: noqa: F401, PLR0402
"""torchvision is imported for data that the question does not need.

must: ok
"""

import torchvision
import torchvision.transforms as transforms
from torchvision import datasets
from torchvision.utils import make_grid, save_image


def load():
    return datasets.MNIST("data", download=True, transform=transforms.ToTensor())


def double(x):
    return 2 * x
