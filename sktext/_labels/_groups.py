"""Which rows belong together, for samplers that know one label per row."""

import numpy as np


def label_sets(target):
    """Number the distinct sets of labels.

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels), of zeros and ones

    Returns
    -------
    groups : ndarray of shape (n_samples,), int64
    """
    packed = np.packbits(target > 0, axis=1)
    return np.unique(packed, axis=0, return_inverse=True)[1].ravel()


def rarest_labels(target):
    """Find the rarest label of each row, or n_labels if it has none.

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels), of zeros and ones

    Returns
    -------
    groups : ndarray of shape (n_samples,), int64
    """
    target = target > 0
    counts = target.sum(axis=0, dtype=float)
    rarity = np.where(target, counts, np.inf)
    return np.where(target.any(axis=1), rarity.argmin(axis=1), target.shape[1])


def restoring_factors(groups, rows, weight=None):
    """Compute how much drawn rows must weigh so that every group has the mass it had.

    Parameters
    ----------
    groups : ndarray of shape (n_samples,), int64
        Class, or set of labels, of every row.
    rows : ndarray of shape (n_drawn,), int64
        The rows that were drawn.
    weight : ndarray of shape (n_samples,), default=None
        Weight of every row.

    Returns
    -------
    factors : ndarray of shape (n_drawn,)
        To multiply the weights of the drawn rows with; of a group that was not drawn the
        mass is lost.
    """
    weight = np.ones(len(groups)) if weight is None else weight
    n_groups = groups.max() + 1
    before = np.bincount(groups, weight, minlength=n_groups)
    after = np.bincount(groups[rows], weight[rows], minlength=n_groups)
    return (before / np.where(after > 0, after, 1))[groups[rows]]


def weight_groups(target):
    """Number the groups whose proportions reweighting restores: classes, or sets of labels."""
    return label_sets(target) if target.ndim == 2 else target


def bags_of(target):
    """List the rows of each class or label, and of no label, leaving out empty ones."""
    if target.ndim == 2:
        columns = [*(target.T > 0), ~(target > 0).any(axis=1)]
        bags = [np.flatnonzero(column) for column in columns]
    else:
        bags = [np.flatnonzero(target == code) for code in np.unique(target)]
    return [bag for bag in bags if len(bag)]
