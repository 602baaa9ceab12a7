"""What thresholds are chosen for, as functions of weighted counts."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sktext._validation import Interval, check_parameters
from sktext.meta._thresholds._best_threshold import Counts
from sktext.meta._thresholds._class_thresholds import Moves


class CountObjective(BaseEstimator):
    """A function of the counts of one label; over classes, the mean of theirs."""

    # Whether all out-of-fold scores are searched together, instead of fold by fold.
    pool = False
    strategy = "per_label"
    # The positive one of two classes, if the objective names it, or has a default.
    pos_label = None
    usual_pos_label = None
    # Of several labels, which ones the objective is about; None for all.
    concerns = None
    _parameter_constraints: dict[str, list[Any]] = {}

    def build(self, task: str, classes: NDArray, positive: int = 1) -> "CountObjective":
        """Check the parameters, and return the objective for one kind of target.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            Kind of the target.
        classes : ndarray of shape (n_classes,)
            Sorted labels, or names or numbers of the label columns.
        positive : int, default=1
            Which of two classes is the positive one.

        Returns
        -------
        objective : CountObjective
            Ready for this target.
        """
        check_parameters(self)
        return self

    def values(self, counts: Counts) -> NDArray:
        """Compute the value of each threshold; larger is better.

        Parameters
        ----------
        counts : Counts
            True and false positives, false and true negatives of thresholds, from the
            highest to the lowest.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        raise NotImplementedError

    def value_of(self, confusion: NDArray) -> float:
        """Compute the mean over the classes of a confusion matrix.

        Parameters
        ----------
        confusion : ndarray of shape (n_classes, n_classes)
            Sums of weights by true class (row) and predicted class (column).

        Returns
        -------
        value : float
            Larger is better.
        """
        tp, total = np.diag(confusion), confusion.sum()
        fp, fn = confusion.sum(axis=0) - tp, confusion.sum(axis=1) - tp
        return float(self.values(Counts(tp, fp, fn, total - tp - fp - fn)).mean())

    def values_along(self, moves: Moves, ends: NDArray) -> NDArray:
        """Compute the value while rows move to one class, one after the other.

        Only the class that is left and the one that is entered change with a row, so all
        values together cost one sort.

        Parameters
        ----------
        moves : Moves
            Of all rows; before the first, none is predicted as the class that they enter.
        ends : ndarray of int of shape (n_thresholds,)
            The numbers of moves after which the value is wanted, in rising order.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        truth, left, entered, weight, n_classes = moves
        n_true, n_predicted, n_right = (
            np.bincount(classes, weights, minlength=n_classes)
            for classes, weights in (
                (truth, weight),
                (left, weight),
                (left, weight * (truth == left)),
            )
        )
        total = n_true.sum()

        def value(classes, tp, predicted):
            fp, fn = predicted - tp, n_true[classes] - tp
            return self.values(Counts(tp, fp, fn, total - tp - fp - fn))

        start = value(np.arange(n_classes), n_right, n_predicted)
        truth, left, weight = truth[: ends[-1]], left[: ends[-1]], weight[: ends[-1]]
        # Sorting is by counting for numbers this short.
        by_class = np.argsort(left.astype(np.min_scalar_type(n_classes)), kind="stable")
        group, own_weight = left[by_class], weight[by_class]
        right = own_weight * (truth[by_class] == group)
        tp = n_right[group] - sums_within(group, right)
        predicted = n_predicted[group] - sums_within(group, own_weight)
        after = value(group, tp, predicted)
        first = np.flatnonzero(np.diff(group, prepend=-1))
        before = np.concatenate([[0.0], after[:-1]])
        before[first] = start[group[first]]
        change = np.empty(len(group))
        change[by_class] = after - before
        tp = np.cumsum(weight * (truth == entered))
        own = value(np.full(len(tp), entered), tp, np.cumsum(weight))
        others = start.sum() - start[entered]
        sums = np.concatenate([[start.sum()], others + np.cumsum(change) + own])
        return sums[ends] / n_classes


def sums_within(groups, values):
    """Add up values from the start of each group on; the groups lie one after the other."""
    sums = np.cumsum(values)
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(first, len(groups)))
    return sums - np.repeat((sums - values)[first], sizes)


def ratio(part, whole):
    """Divide; 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros_like(whole, dtype=float), where=whole > 0)


class FBeta(CountObjective):
    """F-beta, the weighted harmonic mean of precision and recall.

    Use it as ``objective`` of ``TunedThresholdsClassifier``, with ``beta=2`` where a miss is
    worse than a false alarm and ``beta=0.5`` where it is the other way round. It is not meant
    for known costs: see :class:`Cost`.

    Parameters
    ----------
    beta : float, default=1.0
        How many times as much recall counts as precision, above 0.

    Examples
    --------
    >>> from sktext.meta import FBeta
    >>> FBeta(beta=2)
    FBeta(beta=2)
    """

    strategy = "micro_macro"
    _parameter_constraints = {"beta": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, beta: float = 1.0) -> None:
        self.beta = beta

    def values(self, counts: Counts) -> NDArray:
        """Compute F-beta of each threshold; 0 without positives and predictions.

        Parameters
        ----------
        counts : Counts
            True and false positives, false and true negatives of thresholds, from the
            highest to the lowest.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        tp, fp, fn, _ = counts
        square = self.beta**2
        return ratio((1 + square) * tp, (1 + square) * tp + square * fn + fp)


class RecallAtPrecision(CountObjective):
    """The largest recall at a precision of at least some value.

    Use it as ``objective`` of ``TunedThresholdsClassifier`` where people look at every
    prediction, and false alarms cost their time. It guarantees nothing on new texts, not even
    this precision: the precision is that of the out-of-fold predictions, which are pooled for
    the best estimate. A label that reaches the precision at no threshold is not predicted.

    Parameters
    ----------
    precision : float, default=0.9
        The least precision, in (0, 1].

    Examples
    --------
    >>> from sktext.meta import RecallAtPrecision
    >>> RecallAtPrecision(precision=0.8)
    RecallAtPrecision(precision=0.8)
    """

    pool = True
    _parameter_constraints = {"precision": [Interval(Real, 0, 1, closed="right")]}

    def __init__(self, precision: float = 0.9) -> None:
        self.precision = precision

    def values(self, counts: Counts) -> NDArray:
        """Compute the recall of each threshold; below the precision, precision minus one.

        Parameters
        ----------
        counts : Counts
            True and false positives, false and true negatives of thresholds, from the
            highest to the lowest.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        tp, fp, fn, _ = counts
        predicted = np.asarray(tp + fp)
        precision = np.where(predicted > 0, ratio(tp, predicted), 1.0)
        reached = precision >= self.precision * (1 - 1e-12)
        return np.where(reached, ratio(tp, np.asarray(tp + fn)), precision - 1)
