"""The best cut of one label: one sort, cumulative sums, every cut that differs."""

from typing import NamedTuple

import numpy as np


class Counts(NamedTuple):
    """Weights of true and false positives, false and true negatives, one entry per cut."""

    tp: np.ndarray
    fp: np.ndarray
    fn: np.ndarray
    tn: np.ndarray

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


NOTHING = Counts(0.0, 0.0, 0.0, 0.0)
ROUNDING = 1e-12


def best_cut(scores, positive, weight, values, own):
    """Find the cut with the largest value among all that tell rows apart.

    Rows with ``score > cut`` are predicted. Of equal values the one is taken that leaves
    most of the weight as it is by the cut of the classifier.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
    positive : ndarray of bool of shape (n_samples,)
    weight : ndarray of shape (n_samples,)
    values : callable
        Takes ``Counts`` of the cuts, from the highest to the lowest, and gives an ndarray.
    own : float
        The cut of the classifier.

    Returns
    -------
    cut : float
        Halfway between two neighbouring scores, or at an end; that of the classifier if no
        cut is better; NaN if all have the same value, or none.
    """
    if not len(scores):
        return np.nan
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    ends = places_of_cuts(falling)
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
    return cut_at(falling, nearest_place(ends[best], n_above, weight[order]))


def best_places(values):
    """Give the places of the largest values; none if all values are the same, or NaN.

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
    """Say how far values are apart that only rounding tells apart."""
    return ROUNDING * max(1.0, np.abs(values).max())


def places_of_cuts(falling, tolerance=0.0):
    """Give the numbers of rows that a cut can leave above it; equal scores stay together."""
    changes = np.flatnonzero(falling[1:] < falling[:-1] - tolerance) + 1
    return np.concatenate([[0], changes, [len(falling)]])


def counts_at(positive, weight, ends):
    """Count what is right and wrong if the first rows are predicted, for several numbers."""
    tp = np.concatenate([[0.0], np.cumsum(weight * positive)])
    fp = np.concatenate([[0.0], np.cumsum(weight * ~positive)])
    return Counts(tp[ends], fp[ends], tp[-1] - tp[ends], fp[-1] - fp[ends])


def cut_at(falling, n_above, margin=0.0):
    """Give a cut that has the first rows above it.

    Parameters
    ----------
    falling : ndarray of shape (n_samples,), from the largest to the smallest
    n_above : int
    margin : float, default=0.0
        How far beyond all scores a cut at an end lies.

    Returns
    -------
    cut : float
    """
    if n_above == 0:
        return falling[0] + margin
    above = falling[n_above - 1]
    if n_above == len(falling):
        return np.nextafter(above - margin, -np.inf)
    below = falling[n_above]
    middle = above / 2 + below / 2  # the sum of two large scores is infinite
    return middle if below < middle < above else below


def count_above(scores, cut, positive, weight):
    """Count what is right and wrong if the rows above a cut are predicted."""
    above = scores > cut
    return Counts(
        weight[above & positive].sum(),
        weight[above & ~positive].sum(),
        weight[~above & positive].sum(),
        weight[~above & ~positive].sum(),
    )
