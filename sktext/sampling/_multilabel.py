"""How unequal the labels of a multilabel target are, and rows that make them less so."""

import numpy as np


def imbalance_ratios(counts):
    """Compute IRLbl, the count of the most frequent label over that of each.

    Parameters
    ----------
    counts : array-like of shape (n_labels,)

    Returns
    -------
    ratios : ndarray of shape (n_labels,)
        Infinite for a label without rows.
    """
    counts = np.asarray(counts, dtype=float)
    return np.divide(counts.max(), counts, out=np.full_like(counts, np.inf), where=counts > 0)


def mean_imbalance_ratio(counts):
    """Compute MeanIR, the mean of the ratios of the labels that have rows."""
    ratios = imbalance_ratios(counts)
    return ratios[np.isfinite(ratios)].mean()


def scumble(target):
    """Compute SCUMBLE, how much rare and frequent labels occur together.

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels), of zeros and ones

    Returns
    -------
    score : float
        Mean over rows of one minus the ratio of the geometric to the arithmetic mean of
        the imbalance ratios of a row's labels, in [0, 1); rows without labels count zero.
    """
    ratios = imbalance_ratios(target.sum(axis=0))
    n_labels = target.sum(axis=1)
    some = n_labels > 0
    finite = np.where(np.isfinite(ratios), ratios, 1.0)
    arithmetic = target[some] @ finite / n_labels[some]
    geometric = np.exp(target[some] @ np.log(finite) / n_labels[some])
    return float(np.clip(1 - geometric / arithmetic, 0, None).sum() / len(target))


def rows_to_clone(target, n_rows, rng):
    """Draw rows with rare labels until these are as frequent as the mean (ML-ROS).

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels), of zeros and ones
    n_rows : int
        How many to draw at most.
    rng : RandomState

    Returns
    -------
    rows : ndarray of int
    """
    counts = target.sum(axis=0).astype(float)
    mean = mean_imbalance_ratio(counts)
    ratios = imbalance_ratios(counts)
    rare = [label for label in np.flatnonzero(np.isfinite(ratios)) if ratios[label] > mean]
    bags = {label: np.flatnonzero(target[:, label]) for label in rare}
    rows = []
    while rare and len(rows) < n_rows:
        for label in list(rare):
            if counts.max() <= mean * counts[label]:
                rare.remove(label)
            elif len(rows) < n_rows:
                row = rng.choice(bags[label])
                rows.append(row)
                counts += target[row]
    return np.array(rows, dtype=int)


def rows_to_drop(target, n_rows, rng):
    """Draw rows without any rare label, to be dropped (ML-RUS).

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels), of zeros and ones
    n_rows : int
        How many to draw at most.
    rng : RandomState

    Returns
    -------
    rows : ndarray of int
        Never the last row of a label.
    """
    counts = target.sum(axis=0)
    rare = imbalance_ratios(counts) > mean_imbalance_ratio(counts)
    candidates = np.flatnonzero(~target[:, rare].any(axis=1))
    rows = []
    for row in rng.permutation(candidates):
        if len(rows) == n_rows:
            break
        if (counts - target[row])[target[row] > 0].all():
            counts = counts - target[row]
            rows.append(row)
    return np.array(rows, dtype=int)
