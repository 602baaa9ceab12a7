"""What thresholds are chosen for, as functions of weighted counts."""

from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator

from sktext._validation import Interval, check_parameters


class CountObjective(BaseEstimator):
    """A function of the counts of one label; over classes, the mean of theirs."""

    # Whether all out-of-fold scores are searched together, instead of fold by fold.
    pool = False
    strategy = "per_label"
    _parameter_constraints = {}

    def build(self, task, classes):
        """Check the parameters, and return the objective for one kind of target."""
        check_parameters(self)
        return self

    def values(self, counts):
        """Compute the value of each cut; larger is better.

        Parameters
        ----------
        counts : Counts
            Of cuts from the highest to the lowest.

        Returns
        -------
        values : ndarray of shape (n_cuts,)
        """
        raise NotImplementedError

    def value_of(self, confusion):
        """Compute the mean over the classes of a confusion matrix, true class by row."""
        tp, total = np.diag(confusion), confusion.sum()
        fp, fn = confusion.sum(axis=0) - tp, confusion.sum(axis=1) - tp
        return self.values((tp, fp, fn, total - tp - fp - fn)).mean()

    def values_along(self, confusion, moves, ends):
        """Compute the value while rows move to one class, one after the other.

        Only the class that is left and the one that is entered change with a row, so all
        values together cost one sort.

        Parameters
        ----------
        confusion : ndarray of shape (n_classes, n_classes)
            Before the first move; no row is predicted as the class that they enter.
        moves : Moves
        ends : ndarray of int of shape (n_cuts,)
            The numbers of moves after which the value is wanted.

        Returns
        -------
        values : ndarray of shape (n_cuts,)
        """
        n_true, total = confusion.sum(axis=1), confusion.sum()

        def value(classes, tp, predicted):
            fp, fn = predicted - tp, n_true[classes] - tp
            return self.values((tp, fp, fn, total - tp - fp - fn))

        every = np.arange(len(confusion))
        start = value(every, np.diag(confusion), confusion.sum(axis=0))
        by_class = np.argsort(moves.left, kind="stable")
        left, weight = moves.left[by_class], moves.weight[by_class]
        right = weight * (moves.truth[by_class] == left)
        tp = np.diag(confusion)[left] - sums_within(left, right)
        predicted = confusion.sum(axis=0)[left] - sums_within(left, weight)
        after = value(left, tp, predicted)
        first = np.flatnonzero(np.diff(left, prepend=-1))
        before = np.concatenate([[0.0], after[:-1]])
        before[first] = start[left[first]]
        change = np.empty(len(left))
        change[by_class] = after - before
        entered = moves.entered
        tp = np.cumsum(moves.weight * (moves.truth == entered))
        own = value(np.full(len(tp), entered), tp, np.cumsum(moves.weight))
        others = start.sum() - start[entered]
        sums = np.concatenate([[start.sum()], others + np.cumsum(change) + own])
        return sums[ends] / len(start)


def sums_within(groups, values):
    """Add up values from the start of each group on; the groups lie one after the other."""
    sums = np.cumsum(values)
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(first, len(groups)))
    return sums - np.repeat((sums - values)[first], sizes)


def share(part, whole):
    """Divide, with zero where there is nothing."""
    return np.divide(part, whole, out=np.zeros_like(whole, dtype=float), where=whole > 0)


class FBeta(CountObjective):
    """F-beta, the weighted harmonic mean of precision and recall.

    Use it as ``objective`` of ``TunedThresholdsClassifier``, with ``beta=2`` where a miss
    is worse than a false alarm and ``beta=0.5`` where it is the other way round. Not for
    known costs: see ``Cost``.

    Parameters
    ----------
    beta : float, default=1.0
        How many times as important recall is as precision, above 0.

    Examples
    --------
    >>> from sktext.meta import FBeta
    >>> FBeta(beta=2)
    FBeta(beta=2)
    """

    strategy = "micro_macro"
    _parameter_constraints = {"beta": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, beta=1.0):
        self.beta = beta

    def values(self, counts):
        """Compute F-beta of each cut; 0 where there is nothing to find and nothing found."""
        tp, fp, fn, _ = counts
        square = self.beta**2
        return share((1 + square) * tp, (1 + square) * tp + square * fn + fp)


class RecallAtPrecision(CountObjective):
    """The recall that a precision leaves.

    Use it as ``objective`` of ``TunedThresholdsClassifier`` where people look at what is
    predicted and lose patience. Not a guarantee on new texts: the precision is that of
    the out-of-fold predictions, which are pooled to make it as sure as can be. A label
    that nowhere reaches the precision is not predicted.

    Parameters
    ----------
    precision : float, default=0.9
        What is wanted at least, in (0, 1].

    Examples
    --------
    >>> from sktext.meta import RecallAtPrecision
    >>> RecallAtPrecision(precision=0.8)
    RecallAtPrecision(precision=0.8)
    """

    pool = True
    _parameter_constraints = {"precision": [Interval(Real, 0, 1, closed="right")]}

    def __init__(self, precision=0.9):
        self.precision = precision

    def values(self, counts):
        """Compute the recall of each cut; below the precision, how far that is from one."""
        tp, fp, fn, _ = counts
        predicted = np.asarray(tp + fp)
        precision = np.where(predicted > 0, share(tp, predicted), 1.0)
        reached = precision >= self.precision * (1 - 1e-12)
        return np.where(reached, share(tp, np.asarray(tp + fn)), precision - 1)
