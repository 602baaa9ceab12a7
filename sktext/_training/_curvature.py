"""How sharply the loss of a linear model bends along each of its weights, by a guess."""

import torch

from sktext._training._parts import CHUNK
from sktext.modules import SparseRows, to_tensor

# Share of p * (1 - p), with p the share of a class, that is left of the second derivative of
# a usual loss once a model is fitted. Half or twice as much makes no difference.
LEFT = 0.4


def curvatures(squares, prior):
    """Guess the second derivatives of the mean loss by all weights and biases.

    The loss bends sharply along the weights of common features, and of common classes.

    Parameters
    ----------
    squares : tensor of shape (n_features,)
        Mean square of each feature.
    prior : tensor of shape (n_outputs,)
        Share of the class of each output.

    Returns
    -------
    curvatures : tensor of shape (n_features + 1, n_outputs)
        The last row is that of the biases.
    """
    of_outputs = (LEFT * prior * (1 - prior)).to(squares.dtype)
    return torch.cat([squares, squares.new_ones(1)])[:, None] * of_outputs


def column_squares(x, weight):
    """Mean square of each column of a matrix.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features) or SparseRows
        Whole, not cut out of other rows.
    weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
        Of the rows, on average one; of several per row their mean counts.

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
