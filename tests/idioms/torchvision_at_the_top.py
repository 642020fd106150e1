"""torchvision makes a transform when the file is imported.

must: ok
without torchvision: crashed: the package torchvision is not installed where this is graded
"""

from torchvision import transforms

to_tensor = transforms.Compose([transforms.ToTensor()])


def double(x):
    return 2 * x
