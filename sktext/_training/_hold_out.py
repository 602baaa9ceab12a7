"""The rows that early stopping watches, set aside before anything is learned."""

import numpy as np

from sktext._labels._iterative_stratification import divide_rows


def hold_out_rows(target, fraction, rng):
    """Choose rows to hold out, of each class or label its share, leaving some in training.

    Parameters
    ----------
    target : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Encoded labels.
    fraction : float
        Share of the rows to hold out, in (0, 1).
    rng : RandomState

    Returns
    -------
    train, held : ndarrays of int
        Row numbers in their original order.

    Raises
    ------
    ValueError
        If there are too few rows to hold any out.
    """
    if target.ndim == 2:
        held = np.flatnonzero(divide_rows(target, [1 - fraction, fraction], rng))
        held = held[~is_last_positive(target > 0, held)]
    else:
        order = rng.permutation(len(target))
        held = np.concatenate(
            [share_of(order[target[order] == code], fraction) for code in np.unique(target)]
        )
    if not len(held):
        raise ValueError(
            f"validation_fraction={fraction} of {len(target)} rows holds out none; raise it, give "
            "X_val and y_val, or set early_stopping=False."
        )
    mask = np.zeros(len(target), dtype=bool)
    mask[held] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def share_of(rows, fraction):
    """Give the first share of the rows of one class, never all of them."""
    return rows[: min(round(fraction * len(rows)), len(rows) - 1)]


def is_last_positive(target, held):
    """Tell which held-out rows have a label that would vanish from training."""
    vanished = (target.sum(axis=0) > 0) & (target[held].sum(axis=0) == target.sum(axis=0))
    return target[held][:, vanished].any(axis=1)
