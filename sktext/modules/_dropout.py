"""Dropout that draws from a generator of its own."""

import torch
from torch import nn

from sktext.modules._sparse_rows import SparseRows


class SeededDropout(nn.Module):
    """Dropout whose draws depend on a seed alone, not on torch's global generator.

    Two models trained in two threads then do not disturb each other.

    Parameters
    ----------
    p : float
        Share of the values that are dropped, in [0, 1).
    seed : int
    """

    def __init__(self, p, seed):
        super().__init__()
        self.p = p
        self.seed = seed
        self._generator = None

    def forward(self, x):
        """Drop values of a dense tensor, or of sparse rows, while training."""
        if not self.training or self.p == 0:
            return x
        if isinstance(x, SparseRows):
            values = self._drop(x.values)
            return SparseRows(x.indptr, x.indices, values, x.n_columns)
        return self._drop(x)

    def _drop(self, values):
        if self._generator is None or self._generator.device != values.device:
            self._generator = torch.Generator(values.device).manual_seed(self.seed)
        keep = torch.empty_like(values).bernoulli_(1 - self.p, generator=self._generator)
        return values * keep / (1 - self.p)

    def __getstate__(self):
        return self.__dict__ | {"_generator": None}  # generators cannot be pickled
