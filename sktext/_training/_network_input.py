"""Features and targets as the tensors that a network reads."""

import numpy as np
import torch
from scipy import sparse

from sktext._beside_texts import TokensAndColumns
from sktext._token_rows import TokenRows
from sktext._training._batches import Batches
from sktext.modules import RaggedTokens, SparseRows, to_tensor

# Rows or values that are squared at once.
CHUNK = 2**16


def to_network_input(features, dtype):
    """Convert features to what a network reads; sparse and ragged rows stay sparse and ragged."""
    if isinstance(features, TokenRows):
        rows = RaggedTokens.from_rows(features)
        if isinstance(features, TokensAndColumns):
            columns = to_tensor(features.columns, dtype)
            refuse_overflow(columns, features.columns.dtype)
            rows = RaggedTokens(rows.indptr, rows.ids, columns)
        return rows
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
    """Raise if a number is too large for the type that the network computes with."""
    narrower = given.itemsize > values.element_size()
    if narrower and not torch.isfinite(values).all():
        raise ValueError(
            "X has a value too large for dtype='float32'; scale the features, or set "
            "dtype='float64'."
        )


def to_batches(x, target, weight, *, multiclass, dtype, **order):
    """Make batches for the net from rows, encoded labels and weights."""
    target = to_tensor(target, torch.int64 if multiclass else dtype)
    weight = None if weight is None else to_tensor(weight, dtype)
    return Batches(x, target, weight, **order)


def row_norm(x, weight):
    """Compute the root mean square of the Euclidean norms of rows, which scales start weights."""
    values = x.values if isinstance(x, SparseRows) else x
    if weight is None:
        parts = values.flatten().split(CHUNK)  # so that no second copy is made
        total = sum(float(part.double().square().sum()) for part in parts)
        return max((total / len(x)) ** 0.5, 1e-12)
    is_sparse = isinstance(x, SparseRows)
    squares = sparse_squares(x) if is_sparse else values.double().square().sum(dim=1)
    return max(float(np.average(squares.numpy(), weights=weight)) ** 0.5, 1e-12)


def sparse_squares(x):
    """Compute the sum of squares of each sparse row, in float64."""
    row_of_value = torch.repeat_interleave(torch.diff(x.indptr))
    squares = torch.zeros(len(x), dtype=torch.float64)
    return squares.index_add_(0, row_of_value, x.values.double().square())
