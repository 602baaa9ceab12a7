"""Validation rows, set aside before anything is learned."""

import numpy as np

from sktext._labels._iterative_stratification import divide_rows


def hold_out_rows(target, fraction, rng):
    """Choose validation rows, stratified by class or label, leaving each in the training rows.

    Parameters
    ----------
    target : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Encoded labels.
    fraction : float
        Fraction of the rows to hold out, in (0, 1).
    rng : RandomState

    Returns
    -------
    train, validation : ndarray of int
        Indices of the rows, in ascending order.

    Raises
    ------
    ValueError
        If there are too few rows to hold out any.
    """
    if target.ndim == 2:
        validation = np.flatnonzero(divide_rows(target, [1 - fraction, fraction], rng))
        validation = validation[~has_last_positive(target > 0, validation)]
    else:
        order = rng.permutation(len(target))
        validation = np.concatenate(
            [first_rows(order[target[order] == code], fraction) for code in np.unique(target)]
        )
    if not len(validation):
        raise ValueError(
            f"validation_fraction={fraction} of {len(target)} rows holds out none; raise it, give "
            "X_val and y_val, or set early_stopping=False."
        )
    mask = np.zeros(len(target), dtype=bool)
    mask[validation] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def first_rows(rows, fraction):
    """Return the first fraction of the rows of one class, never all of them."""
    return rows[: min(round(fraction * len(rows)), len(rows) - 1)]


def has_last_positive(target, validation):
    """Return which validation rows have a label that no training row would have."""
    counts = target.sum(axis=0)
    vanished = (counts > 0) & (target[validation].sum(axis=0) == counts)
    return target[validation][:, vanished].any(axis=1)
