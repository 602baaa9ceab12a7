"""Batches for training: slices of the rows, their targets and their weights."""

import torch

from sktext.modules import SparseRows

# Rows are shuffled some batches at a time, so that no second copy of all is made.
BATCHES_PER_BLOCK = 8
# Share of the free device memory that the training rows may fill.
RESIDENT_SHARE = 0.5


class Inputs:
    """What a batch gives the net: rows and, if there are any, weights."""

    def __init__(self, x, weight=None):
        self.x = x
        self.weight = weight

    def __len__(self):
        return len(self.x)

    def to(self, device):
        """Move to a device."""
        weight = None if self.weight is None else self.weight.to(device)
        return Inputs(self.x.to(device), weight)


class Batches:
    """Iterate over rows in batches, shuffled anew each time if there is a generator.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features) or SparseRows
    target : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    weight : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    batch_size : int, default=None
        None is all rows in one batch.
    rng : RandomState, default=None
        Shuffles; None keeps the order.
    draw : callable, default=None
        Takes ``rng=`` and gives the rows of an epoch, and what their weights are
        multiplied with or None; by default every row comes once.
    """

    def __init__(self, x, target=None, weight=None, batch_size=None, rng=None, draw=None):
        self.x = x
        self.target = target
        self.weight = weight
        self.batch_size = batch_size or len(x)
        self.rng = rng
        self.draw = draw

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def to(self, device):
        """Move to a device as a whole, if there is room; else batches move one by one."""
        if device.type == "cuda" and not fits(self.x, device):
            return self
        moved = [None if part is None else part.to(device) for part in self._parts()]
        return Batches(*moved, batch_size=self.batch_size, rng=self.rng, draw=self.draw)

    def _parts(self):
        return self.x, self.target, self.weight

    def __iter__(self):
        n_rows = len(self.x)
        if self.rng is None:
            yield from self._slices(self._parts(), n_rows)
            return
        device = self.x.values.device if isinstance(self.x, SparseRows) else self.x.device
        order, factors = (
            self.draw(rng=self.rng) if self.draw else (self.rng.permutation(n_rows), None)
        )
        order = torch.from_numpy(order).to(device)
        if factors is not None:
            factors = torch.from_numpy(factors).to(self.target.device)
        step = self.batch_size * BATCHES_PER_BLOCK
        for start in range(0, len(order), step):
            rows = order[start : start + step]
            x, target, weight = (take(part, rows) for part in self._parts())
            if factors is not None:
                weight = multiply(weight, factors[start : start + step])
            yield from self._slices((x, target, weight), len(rows))

    def _every_row(self, rng):
        return rng.permutation(len(self.x)), None

    def _slices(self, parts, n_rows):
        if self.batch_size >= n_rows:
            x, target, weight = parts
            yield Inputs(x, weight), target
            return
        for start in range(0, n_rows, self.batch_size):
            stop = min(start + self.batch_size, n_rows)
            x, target, weight = (cut(part, start, stop) for part in parts)
            yield Inputs(x, weight), target


def take(part, rows):
    """Take any rows of a tensor or of sparse rows; None stays None."""
    if part is None:
        return None
    return part.take(rows) if isinstance(part, SparseRows) else part[rows]


def cut(part, start, stop):
    """Take rows that follow each other, without a copy; None stays None."""
    if part is None:
        return None
    return part.cut(start, stop) if isinstance(part, SparseRows) else part[start:stop]


def multiply(weight, factors):
    """Multiply weights of rows, or of rows and labels, with a factor per row."""
    if weight is None:
        return factors.float()
    return weight * (factors if weight.ndim == 1 else factors[:, None]).to(weight.dtype)


def fits(x, device):
    """Tell whether the rows may live on a CUDA device during training."""
    parts = (x.indptr, x.indices, x.values) if isinstance(x, SparseRows) else (x,)
    n_bytes = sum(part.numel() * part.element_size() for part in parts)
    return n_bytes < RESIDENT_SHARE * torch.cuda.mem_get_info(device)[0]
