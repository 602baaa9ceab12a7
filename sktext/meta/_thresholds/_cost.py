"""What wrong and right predictions cost, as an objective."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sktext.meta._thresholds._best_threshold import Counts
from sktext.meta._thresholds._class_thresholds import Moves
from sktext.meta._thresholds._objectives import CountObjective


class Cost(CountObjective):
    """The mean cost of predictions, to be minimised.

    Use it as ``objective`` of ``TunedThresholdsClassifier`` where each kind of error has a
    known price. It is not needed for well calibrated probabilities, for which the best
    threshold follows from the costs alone.

    Parameters
    ----------
    costs : array-like of shape (n_classes, n_classes), default=None
        The cost of a row of class i (by row) that is predicted as class j (by column), in
        the order of ``classes_``. For several labels and for two classes of shape (2, 2),
        with the negative first, so that ``costs[1][0]`` is a miss. None lets each correct
        prediction earn 1: then the objective is the accuracy.

    Examples
    --------
    >>> from sktext.meta import Cost
    >>> miss_costs_ten = Cost([[0, 1], [10, 0]])
    """

    def __init__(self, costs: ArrayLike | None = None) -> None:
        self.costs = costs

    def build(self, task: str, classes: NDArray, positive: int = 1) -> "Cost":
        """Check the costs against the classes.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            Kind of the target.
        classes : ndarray of shape (n_classes,)
            Sorted labels, or names or numbers of the label columns.
        positive : int, default=1
            Not used: costs name the negative first.

        Returns
        -------
        objective : Cost
            With the costs of these classes.
        """
        n_classes = len(classes) if task == "multiclass" else 2
        costs = self.costs
        costs = -np.eye(n_classes) if costs is None else np.asarray(costs, dtype=float)
        if costs.shape != (n_classes, n_classes) or not np.isfinite(costs).all():
            raise ValueError(
                f"costs must be finite numbers of shape {(n_classes, n_classes)} for a {task} y; "
                f"got {self.costs!r}."
            )
        built = Cost(self.costs)
        built._costs = costs
        return built

    def values(self, counts: Counts) -> NDArray:
        """Compute minus the mean cost of each threshold.

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
        tp, fp, fn, tn = counts
        (of_tn, of_fp), (of_fn, of_tp) = self._costs
        total = tp + fp + fn + tn
        return -(of_tp * tp + of_fp * fp + of_fn * fn + of_tn * tn) / total

    def value_of(self, confusion: NDArray) -> float:
        """Compute minus the mean cost of a confusion matrix.

        Parameters
        ----------
        confusion : ndarray of shape (n_classes, n_classes)
            Sums of weights by true class (row) and predicted class (column).

        Returns
        -------
        value : float
            Larger is better.
        """
        return -(self._costs * confusion).sum() / confusion.sum()

    def values_along(self, moves: Moves, ends: NDArray) -> NDArray:
        """Compute minus the mean cost while rows move: each row adds its own.

        Parameters
        ----------
        moves : Moves
            The rows in the order in which they move.
        ends : ndarray of int of shape (n_thresholds,)
            The numbers of moves after which the value is wanted.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        costs, total = self._costs, moves.weight.sum()
        before, after = costs[moves.truth, moves.left], costs[moves.truth, moves.entered]
        start = -(moves.weight @ before) / total
        gained = np.cumsum(moves.weight * (before - after)) / total
        return np.concatenate([[start], start + gained])[ends]
