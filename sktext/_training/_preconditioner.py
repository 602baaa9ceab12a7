"""An estimate of the Hessian diagonal of linear models, which preconditions L-BFGS."""

import torch

from sktext._training._network_input import CHUNK
from sktext.modules import SparseRows, to_tensor

# Second derivative of cross-entropy once a model is fitted, as a fraction of p * (1 - p), with p
# the proportion of a class. Half or twice as much makes no difference.
FRACTION_AFTER_FIT = 0.4


def hessian_diagonal(squares, prior):
    """Estimate the second derivatives of the mean cross-entropy by all weights and biases.

    They are large for the weights of frequent features, and of frequent classes.

    Parameters
    ----------
    squares : tensor of shape (n_features,)
        Mean square of each feature.
    prior : tensor of shape (n_outputs,)
        Proportion of the class of each output.

    Returns
    -------
    diagonal : tensor of shape (n_features + 1, n_outputs)
        Diagonal of the Hessian; the last row is that of the biases.
    """
    of_outputs = (FRACTION_AFTER_FIT * prior * (1 - prior)).to(squares.dtype)
    return torch.cat([squares, squares.new_ones(1)])[:, None] * of_outputs


def column_squares(x, weight):
    """Compute the mean square of each column of a matrix.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features) or SparseRows
        Whole, not a slice of other rows.
    weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
        Weights of the rows, of mean one; of several per row the mean is used.

    Returns
    -------
    squares : tensor of shape (n_features,)
    """
    values = x.values if isinstance(x, SparseRows) else x
    if weight is not None:
        weight = to_tensor(weight if weight.ndim == 1 else weight.mean(axis=1), values.dtype)
    if isinstance(x, SparseRows):
        squares = values.square()
        if weight is not None:
            squares *= weight.repeat_interleave(x.indptr.diff())
        return torch.bincount(x.indices, squares, minlength=x.n_columns) / len(x)
    total = 0
    for start in range(0, len(x), CHUNK):
        rows = slice(start, start + CHUNK)
        squares = x[rows].square()
        total += squares.sum(dim=0) if weight is None else weight[rows] @ squares
    return total / len(x)
