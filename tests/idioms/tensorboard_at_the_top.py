"""A writer for TensorBoard is made in the training, which the question does not run.

must: ok
"""

from torch.utils.tensorboard import SummaryWriter


def train():
    return SummaryWriter("runs")


def double(x):
    return 2 * x
