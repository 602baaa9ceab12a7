"""Thresholds of classes that exclude each other: offsets of their scores, one after the other."""

from typing import NamedTuple

import numpy as np

from sktext.meta._thresholds._best_threshold import (
    best_places,
    nearest_place,
    places_of_thresholds,
    threshold_at,
)
from sktext.meta._thresholds._rivals import Rivals

MAX_SWEEPS = 20
# How far beyond all rows a class lies that never, or always, wins, and how near margins
# are that only rounding tells apart; as a fraction of the largest score.
MARGIN = 1e-6
TOLERANCE = 1e-12
# How many rows are tried first for a class, at least and per row that has it or is predicted.
MIN_FIRST_ROWS = 128
FIRST_ROWS_PER_ROW = 4


class Moves(NamedTuple):
    """Rows in the order in which they move to one class as its offset falls.

    Those that are not asked about come last, in any order.
    """

    truth: np.ndarray
    left: np.ndarray
    entered: int
    weight: np.ndarray
    n_classes: int

    def confusion(self):
        """Add up weights by true and predicted class before the first row moves."""
        return confusion_of(self.truth, self.left, self.weight, self.n_classes)


def tune_classes(scores, truth, weight, objective, movable):
    """Find an offset for each class; the largest score minus offset wins.

    From the frequent classes to the rare, one offset is moved to its best place while the
    others stay, until a sweep over all of them changes nothing.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
    truth : ndarray of int of shape (n_samples,)
    weight : ndarray of shape (n_samples,)
    objective : CountObjective
    movable : ndarray of bool of shape (n_classes,)
        Classes with an offset of their own; that of the others stays 0.

    Returns
    -------
    offsets : ndarray of shape (n_classes,)
    value : float
        The objective at these offsets; NaN without rows.
    indifferent : bool
        Whether all offsets of all classes have the same value, or none.
    """
    n_classes = scores.shape[1]
    offsets, told = np.zeros(n_classes), False
    if not len(scores):
        return offsets, np.nan, False
    counts = np.bincount(truth, weight, minlength=n_classes)
    order = [k for k in np.argsort(-counts, kind="stable") if movable[k]]
    start = objective.value_of(confusion_of(truth, argmax_of(scores, offsets), weight, n_classes))
    value, rivals = -np.inf if np.isnan(start) else start, Rivals(scores, offsets)
    scale = max(1.0, np.abs(scores).max())
    last_move, last_search, time = 0, np.full(n_classes, -1), 0
    for _ in range(MAX_SWEEPS):
        before = value
        for entered in order:
            if last_search[entered] >= last_move:
                continue  # no other offset has moved since
            time += 1
            last_search[entered] = time
            offset, reached = best_class_offset(rivals, entered, truth, weight, objective, scale)
            told = told or not np.isnan(offset)
            if reached > value + 1e-12:
                rivals.move(entered, offset)
                value, last_move = reached, time
        if value <= before:
            break
    return rivals.offsets, float(value) if np.isfinite(value) else np.nan, bool(order) and not told


def argmax_of(scores, offsets):
    """Return the class with the largest score minus offset."""
    return np.argmax(scores - offsets, axis=1)


def confusion_of(truth, answer, weight, n_classes):
    """Add up weights by true and predicted class."""
    cells = np.bincount(truth * n_classes + answer, weight, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes)


def best_class_offset(rivals, entered, truth, weight, objective, scale):
    """Find the best offset of one class while the others stay.

    Of equally good offsets the one is taken that changes the fewest predictions. A class of few
    rows is first tried on the rows that are nearest to it, and on twice as many while the best
    place is among the later ones.

    Parameters
    ----------
    rivals : Rivals
    entered : int
        The class.
    truth, weight : ndarrays of shape (n_samples,)
    objective : CountObjective
    scale : float
        Size of the scores.

    Returns
    -------
    offset : float
        NaN if all have the same value, or none.
    value : float
        Of this offset; minus infinity if there is none.
    """
    left, margins = rivals.against(entered)
    n_above = np.count_nonzero(margins > rivals.offsets[entered])
    n_first = FIRST_ROWS_PER_ROW * max(n_above, np.count_nonzero(truth == entered))
    n_first = max(n_first, MIN_FIRST_ROWS)
    while True:
        order, falling = largest_first(margins, n_first)
        ends = places_of_thresholds(falling, TOLERANCE * scale)
        if len(falling) < len(margins):
            ends = ends[:-1]  # no threshold is known after the last that is sorted
        moves = Moves(truth[order], left[order], entered, weight[order], rivals.n_classes)
        values = objective.values_along(moves, ends)
        best = best_places(values)
        if len(falling) == len(margins) or (len(best) and ends[best[-1]] <= n_first / 2):
            break
        n_first *= 2
    if not len(best):
        return np.nan, -np.inf
    end = nearest_place(ends[best], n_above, moves.weight)
    return threshold_at(falling, end, MARGIN * scale), values[best].max()


def largest_first(margins, n_first):
    """Sort the largest margins, and at least the one after them; all if these are most.

    Returns
    -------
    order : ndarray of int of shape (n_samples,)
        All rows; the others come last, in any order.
    falling : ndarray of shape (n_sorted,)
        The margins that are sorted.
    """
    if 2 * n_first >= len(margins):
        order = np.argsort(-margins, kind="stable")
        return order, margins[order]
    order = np.argpartition(-margins, n_first)
    largest = order[: n_first + 1]
    order[: n_first + 1] = largest[np.argsort(-margins[largest], kind="stable")]
    return order, margins[order[: n_first + 1]]
