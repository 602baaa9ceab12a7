"""Rows that travel together through ``fit``, and their way into tensors."""

from typing import NamedTuple

import numpy as np
import torch
from scipy import sparse

from sktext._rows import take_rows
from sktext._token_rows import TokenRows
from sktext._training._batches import Batches
from sktext.modules import RaggedTokens, SparseRows, to_tensor

CHUNK = 2**16


class Part(NamedTuple):
    """Rows: what goes in, what should come out, and how much each counts."""

    X: object
    target: np.ndarray
    weight: np.ndarray | None

    def rows(self, rows):
        """Take some of the rows."""
        return Part(
            take_rows(self.X, rows),
            self.target[rows],
            None if self.weight is None else self.weight[rows],
        )

    def weights_or_ones(self):
        """Give the weight of every row; one if there are none."""
        return np.ones(len(self.target)) if self.weight is None else self.weight


def to_rows(features, dtype):
    """Turn features into what a network reads: sparse and ragged rows stay what they are."""
    if isinstance(features, TokenRows):
        return RaggedTokens.from_rows(features)
    if sparse.issparse(features):
        features = features.tocsr()
        if not features.has_canonical_format:
            features = features.copy()
            features.sum_duplicates()
        rows = SparseRows.from_csr(features, dtype)
        refuse_overflow(rows.values, features.dtype)
        return rows
    rows = to_tensor(features, dtype)
    refuse_overflow(rows, features.dtype)
    return rows


def refuse_overflow(values, given):
    """Say that a number was too large for the type that the network computes with."""
    narrower = given.itemsize > values.element_size()
    if narrower and not torch.isfinite(values).all():
        raise ValueError(
            "X has a value too large for dtype='float32'; scale the features, or set "
            "dtype='float64'."
        )


def to_batches(x, target, weight, *, multiclass, dtype, **order):
    """Put rows, encoded labels and weights into batches for the net, in some order."""
    target = to_tensor(target, torch.int64 if multiclass else dtype)
    weight = None if weight is None else to_tensor(weight, dtype)
    return Batches(x, target, weight, **order)


def row_norm(x, weight):
    """Root mean square of the Euclidean lengths of rows, for the scale of the start."""
    values = x.values if isinstance(x, SparseRows) else x
    if weight is None:
        parts = values.flatten().split(CHUNK)  # so that no second copy is made
        total = sum(float(part.double().square().sum()) for part in parts)
        return max((total / len(x)) ** 0.5, 1e-12)
    if isinstance(x, SparseRows):
        row_of_value = torch.repeat_interleave(torch.diff(x.indptr))
        squares = torch.zeros(len(x), dtype=torch.float64)
        squares.index_add_(0, row_of_value, values.double().square())
    else:
        squares = values.double().square().sum(dim=1)
    return max(float(np.average(squares.numpy(), weights=weight)) ** 0.5, 1e-12)
