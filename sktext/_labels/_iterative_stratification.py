"""Division of multilabel rows into parts that have the same proportion of every label."""

import numpy as np
from scipy import sparse

from sktext._user_warnings import warn


def divide_rows(target, fractions, rng=None):
    """Divide rows into parts by iterative stratification.

    Label by label, the rarest first, each row goes to the part that lacks the label
    most; among equals to the part with the most room.

    Parameters
    ----------
    target : ndarray or sparse matrix of shape (n_samples, n_labels)
        Positive where a row has a label.
    fractions : array-like of shape (n_parts,)
        Fraction of the rows that each part gets, rounded; of sum one.
    rng : RandomState, default=None
        Draws the order of rows and of parts; None keeps the order they have.

    Returns
    -------
    parts : ndarray of shape (n_samples,), int64
        Number of the part of each row.

    References
    ----------
    .. [1] Sechidis et al., "On the Stratification of Multi-label Data", ECML PKDD 2011.
       https://doi.org/10.1007/978-3-642-23808-6_10
    """
    fractions = np.asarray(fractions, dtype=float)
    n_samples = target.shape[0]
    sizes = part_sizes(n_samples, fractions)
    by_row = sparse.csr_array(target > 0)
    order, numbers = np.arange(n_samples), np.arange(len(fractions))
    if rng is not None:
        order, numbers = rng.permutation(n_samples), rng.permutation(len(fractions))
    places = fill_parts(by_row[order], fractions[numbers], sizes[numbers].tolist())
    parts = np.empty(n_samples, dtype=np.int64)
    parts[order] = numbers[places]
    return parts


def divide_folds(target, n_folds, rng=None):
    """Divide rows into folds, each of which is left out once.

    Parameters
    ----------
    target : ndarray or sparse matrix of shape (n_samples, n_labels)
    n_folds : int
    rng : RandomState, default=None
        As for ``divide_rows``.

    Yields
    ------
    train, test : ndarrays of int
        Row numbers in their original order.
    """
    fold_of_row = divide_rows(target, np.full(n_folds, 1 / n_folds), rng)
    for fold in range(n_folds):
        yield np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)


def warn_of_groups(groups, name):
    """Warn that groups are split up, in the words of scikit-learn's splitters."""
    if groups is not None:
        warn(f"The groups parameter is ignored by {name}")


def fill_parts(by_row, fractions, room):
    """Assign each row to a part; ``room`` is the list of the parts' sizes, which is used up."""
    labels_of_row = np.split(by_row.indices, by_row.indptr[1:-1])
    by_label = by_row.tocsc()
    left = np.diff(by_label.indptr).astype(float)  # of each label, its rows without a part
    wanted = (left[:, None] * fractions).tolist()
    parts = np.full(by_row.shape[0], -1)
    while len(left) and left.max() > 0:
        label = int(np.where(left > 0, left, np.inf).argmin())
        rows = by_label.indices[by_label.indptr[label] : by_label.indptr[label + 1]]
        rows = rows[parts[rows] < 0]
        for row in rows:
            parts[row] = part = neediest(wanted[label], room)
            room[part] -= 1
            for other in labels_of_row[row].tolist():
                wanted[other][part] -= 1
        left -= np.asarray(by_row[rows].sum(axis=0)).ravel()
    parts[parts < 0] = np.repeat(np.arange(len(room)), room)
    return parts


def neediest(wanted, room):
    """Find the part that lacks a label most among those with room, the roomiest of equals."""
    best, best_key = -1, (-np.inf, 0)
    for part, (lack, space) in enumerate(zip(wanted, room, strict=True)):
        # Rounded, as sums in another order must not settle what is a tie.
        key = (round(lack, 6), space)
        if space > 0 and key > best_key:
            best, best_key = part, key
    return best


def part_sizes(n_samples, fractions):
    """Round the sizes of parts so that they sum to the number of rows.

    Parameters
    ----------
    n_samples : int
    fractions : ndarray of shape (n_parts,)
        Of sum one.

    Returns
    -------
    sizes : ndarray of shape (n_parts,), int64
        Each within one row of its fraction.
    """
    exact = n_samples * fractions
    sizes = np.floor(exact + 1e-9).astype(np.int64)
    most_rounded = np.argsort(sizes - exact, kind="stable")
    sizes[most_rounded[: n_samples - sizes.sum()]] += 1
    return sizes
