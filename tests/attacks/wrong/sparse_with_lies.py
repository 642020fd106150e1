"""Returns a sparse tensor whose indices lie outside of its shape.

must: crashed | wrong
harm: neighbour
"""

import torch


def double(x):
    torch.sparse.check_sparse_tensor_invariants.disable()
    indices = torch.tensor([[10**6], [10**6]])
    return torch.sparse_coo_tensor(indices, torch.ones(1), tuple(x.shape), check_invariants=False)


def triple(x):
    return 3 * x
