"""True and predicted labels of any kind, for metrics of each label."""

import numpy as np
from scipy import sparse

from sktext._labels import read_pair


def read_labels_alike(y_true, y_pred, labels):
    """Read one label per row as numbers of classes, several as an indicator matrix.

    Parameters
    ----------
    y_true, y_pred : labels in any container
    labels : Labels, array-like of shape (n_labels,), or None

    Returns
    -------
    pair : Pair
        A matrix of one column is a matrix; its only label is number 0.
    """
    shapes = [y.shape for y in (y_true, y_pred) if len(getattr(y, "shape", ())) == 2]
    if len(shapes) == 2 and shapes[0] != shapes[1]:
        raise ValueError(f"y_pred must have the shape of y_true, {shapes[0]}; got {shapes[1]}.")
    return read_pair(y_true, y_pred, labels)


def n_of_each(side, weight, n_labels):
    """Sum the weights of the rows that have each label.

    Parameters
    ----------
    side : ndarray of shape (n_samples,) or (n_samples, n_labels)
        One side of a pair.
    weight : ndarray of shape (n_samples,)
    n_labels : int

    Returns
    -------
    sums : ndarray of shape (n_labels,), float64
    """
    if side.ndim == 2:
        return (weight @ side).astype(float)
    known = side >= 0
    return np.bincount(side[known], weight[known], minlength=n_labels).astype(float)


def as_sparse_columns(side, n_labels):
    """Turn one side of a pair into a sparse indicator of shape (n_samples, n_labels)."""
    if side.ndim == 2:
        return sparse.csr_array(side)
    rows = np.flatnonzero(side >= 0)
    shape = len(side), n_labels
    return sparse.coo_array((np.ones(len(rows), np.int64), (rows, side[rows])), shape).tocsr()
