"""The best threshold of one label: one sort, cumulative sums, every candidate."""

from typing import Any, NamedTuple

import numpy as np

from sktext.meta._thresholds._scales import PLAIN


class Counts(NamedTuple):
    """Weights of true and false positives, false and true negatives, one entry per threshold."""

    tp: Any
    fp: Any
    fn: Any
    tn: Any

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


NOTHING = Counts(0.0, 0.0, 0.0, 0.0)
ROUNDING = 1e-12


def best_threshold(scores, positive, weight, values, own, scale=PLAIN):
    """Find the threshold with the largest value among all that tell rows apart.

    Rows with ``score > threshold`` are predicted positive. Of equally good thresholds the one is
    taken that changes the least weight of predictions against the classifier's own threshold.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
    positive : ndarray of bool of shape (n_samples,)
    weight : ndarray of shape (n_samples,)
    values : callable
        From the ``Counts`` of the thresholds, highest first, to an ndarray of values.
    own : float
        The threshold of the classifier.
    scale : Scale, default=PLAIN

    Returns
    -------
    threshold : float
        Halfway between two neighbouring scores, or at an end; that of the classifier if no
        other is better; NaN if all have the same value, or none.
    """
    if not len(scores):
        return np.nan
    order = np.argsort(-scores)  # rows of equal scores stay on one side, in any order
    falling = scores[order]
    ends = places_of_thresholds(falling)
    counts = counts_at(positive[order], weight[order], ends)
    n_above = np.count_nonzero(falling > own)
    here = np.searchsorted(ends, n_above)
    found = values(counts)
    found[here] = values(Counts(*(count[here : here + 1] for count in counts)))[0]
    best = best_places(found)
    if not len(best):
        return np.nan
    if len(best) > 1 and here in best:
        return own
    return threshold_at(falling, nearest_place(ends[best], n_above, weight[order]), scale=scale)


def best_places(values):
    """Return the places of the largest values; none if all values are the same, or NaN.

    Places of minus infinity were not looked at.
    """
    seen = values[np.isfinite(values)]
    if not len(seen) or np.ptp(seen) <= same(seen):
        return np.array([], dtype=int)
    return np.flatnonzero(values >= seen.max() - same(seen))


def nearest_place(ends, n_above, weight):
    """Choose the number of rows above that leaves most of the weight where it is.

    Parameters
    ----------
    ends : ndarray of int
        The numbers to choose from.
    n_above : int
        The present one.
    weight : ndarray of shape (n_samples,)
        Of the rows, from the highest score to the lowest.

    Returns
    -------
    end : int
    """
    above = np.concatenate([[0.0], np.cumsum(weight)])
    return ends[np.argmin(np.abs(above[ends] - above[n_above]))]


def same(values):
    """Compute the difference of values below which only rounding tells them apart."""
    return ROUNDING * max(1.0, np.abs(values).max())


def places_of_thresholds(falling, tolerance=0.0):
    """Find the numbers of rows that a threshold can have above it; equal scores stay together."""
    changes = np.flatnonzero(falling[1:] < falling[:-1] - tolerance) + 1
    return np.concatenate([[0], changes, [len(falling)]])


def counts_at(positive, weight, ends):
    """Count hits and errors if the first rows are predicted positive, for several numbers."""
    tp = np.concatenate([[0.0], np.cumsum(weight * positive)])
    fp = np.concatenate([[0.0], np.cumsum(weight * ~positive)])
    return Counts(tp[ends], fp[ends], tp[-1] - tp[ends], fp[-1] - fp[ends])


def threshold_at(falling, n_above, margin=0.0, scale=PLAIN):
    """Compute a threshold that has the first rows above it.

    Parameters
    ----------
    falling : ndarray of shape (n_samples,), from the largest to the smallest
    n_above : int
    margin : float, default=0.0
        How far beyond all scores a threshold at an end lies.
    scale : Scale, default=PLAIN

    Returns
    -------
    threshold : float
    """
    if n_above == 0:
        return falling[0] + margin
    above = falling[n_above - 1]
    if n_above == len(falling):
        return np.nextafter(above - margin, -np.inf)
    below = falling[n_above]
    middle = scale.middle(above, below)
    return middle if below < middle < above else below


def count_above(scores, threshold, positive, weight):
    """Count hits and errors if the rows above a threshold are predicted positive."""
    above = scores > threshold
    return Counts(
        weight[above & positive].sum(),
        weight[above & ~positive].sum(),
        weight[~above & positive].sum(),
        weight[~above & ~positive].sum(),
    )
