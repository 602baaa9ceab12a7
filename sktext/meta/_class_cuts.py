"""Cuts of classes that exclude each other: one after the other, each search exact."""

from typing import NamedTuple

import numpy as np

from sktext.meta._cuts import cut_at, places_of_cuts

MAX_SWEEPS = 20
# How far beyond all rows a class lies that never, or always, wins, and how near margins
# are that only rounding tells apart; as a part of the largest score.
MARGIN = 1e-6
TOLERANCE = 1e-12


class Moves(NamedTuple):
    """Rows in the order in which they move to one class as its cut falls."""

    truth: np.ndarray
    left: np.ndarray
    entered: int
    weight: np.ndarray


def tune_classes(scores, truth, weight, objective, movable):
    """Find a cut for each class; the largest score minus cut wins.

    From the frequent classes to the rare, one cut is moved to its best place while the
    others stay, until a sweep over all of them changes nothing.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
    truth : ndarray of int of shape (n_samples,)
    weight : ndarray of shape (n_samples,)
    objective : CountObjective
    movable : ndarray of bool of shape (n_classes,)
        Classes with a cut of their own; that of the others stays 0.

    Returns
    -------
    cuts : ndarray of shape (n_classes,)
    value : float
        What the objective says of them.
    """
    n_classes = scores.shape[1]
    cuts = np.zeros(n_classes)
    counts = np.bincount(truth, weight, minlength=n_classes)
    order = [k for k in np.argsort(-counts, kind="stable") if movable[k]]
    value = objective.value_of(confusion_of(truth, argmax_of(scores, cuts), weight, n_classes))
    for _ in range(MAX_SWEEPS):
        start = value
        for entered in order:
            cut, reached = best_class_cut(scores, cuts, entered, truth, weight, objective)
            if reached > value + 1e-12:
                cuts[entered], value = cut, reached
        if value <= start:
            break
    return cuts, float(value)


def argmax_of(scores, cuts):
    """Give the class with the largest score minus cut."""
    return np.argmax(scores - cuts, axis=1)


def confusion_of(truth, answer, weight, n_classes):
    """Add up weights by true class and answer."""
    cells = np.bincount(truth * n_classes + answer, weight, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes)


def best_class_cut(scores, cuts, entered, truth, weight, objective):
    """Find the best cut of one class while the others stay.

    Returns
    -------
    cut : float
    value : float
    """
    rivals = scores - cuts
    rivals[:, entered] = -np.inf
    left = np.argmax(rivals, axis=1)
    margins = scores[:, entered] - rivals[np.arange(len(left)), left]
    order = np.argsort(-margins, kind="stable")
    falling = margins[order]
    moves = Moves(truth[order], left[order], entered, weight[order])
    confusion = confusion_of(truth, left, weight, scores.shape[1])
    scale = max(1.0, np.abs(scores).max())
    ends = places_of_cuts(falling, TOLERANCE * scale)
    values = objective.values_along(confusion, moves, ends)
    best = np.argmax(values)
    return cut_at(falling, ends[best], MARGIN * scale), values[best]
