"""svd, solve, cholesky, eigh, inverse and determinant.

must: ok
"""

import torch


def double(x):
    u, s, v = torch.linalg.svd(x, full_matrices=False)
    a = x.T @ x + torch.eye(x.shape[1])
    factor = torch.linalg.cholesky(a)
    torch.cholesky_solve(x.T, factor)
    torch.linalg.eigh(a)
    torch.logdet(a)
    assert torch.allclose(a @ torch.linalg.solve(a, x.T), x.T, atol=1e-3)
    return 2 * (u * s) @ v
