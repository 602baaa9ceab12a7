"""Sums that come out bit for bit the same whatever the number of threads.

torch splits one long sum over its threads, so the rounding depends on how many there
are. A worker of a parallel search has one thread and the main process several; left
alone, ``n_jobs`` would change the last digits of a fit, and L-BFGS would amplify them.
"""

import torch

BLOCK = 4096
# Values that are multiplied before they are summed: small enough to stay in the cache.
SLICE = 64 * BLOCK
# Below this many values torch sums on one thread (at::internal::GRAIN_SIZE).
GRAIN = 32768


def stable_sum(values):
    """Sum a tensor over its first dimension, in blocks of a fixed length.

    Parameters
    ----------
    values : tensor of shape (n, ...)

    Returns
    -------
    total : tensor of shape (...)
    """
    if values.numel() < GRAIN or values.is_cuda:
        return values.sum(dim=0)
    n_blocks = len(values) // BLOCK
    blocks = values[: n_blocks * BLOCK].unflatten(0, (n_blocks, BLOCK))
    return blocks.sum(dim=1).sum(dim=0) + values[n_blocks * BLOCK :].sum(dim=0)


def stable_dot(a, b):
    """Compute the inner product of two vectors, the same for any number of threads."""
    if a.is_cuda:
        return a.dot(b)
    n_blocks = len(a) // BLOCK
    whole = n_blocks * BLOCK
    total = (a[whole:] * b[whole:]).sum()
    if not n_blocks:
        return total
    sums = torch.empty(n_blocks, dtype=a.dtype)
    products = torch.empty(min(SLICE, whole), dtype=a.dtype)
    for start in range(0, whole, SLICE):
        stop = min(start + SLICE, whole)
        product = torch.mul(a[start:stop], b[start:stop], out=products[: stop - start])
        blocks = slice(start // BLOCK, stop // BLOCK)
        torch.sum(product.view(-1, BLOCK), dim=1, out=sums[blocks])
    return stable_sum(sums) + total


def stable_mean(values):
    """Compute the mean of all values of a tensor, the same for any number of threads."""
    if values.numel() < GRAIN or values.is_cuda:
        return values.mean()
    return stable_sum(values.flatten()) / values.numel()
