"""Score of classifiers whose labels may come in any container."""

from typing import Any

from numpy.typing import ArrayLike

from sktext._typing import LabelsLike


class AccuracyMixin:
    """Mixin that scores the labels that ``predict`` gives; its ``_labels`` read them."""

    predict: Any
    _labels: Any

    def score(self, X: Any, y: LabelsLike, sample_weight: ArrayLike | None = None) -> float:
        """Compute the accuracy; with several labels per row, all must be right.

        Parameters
        ----------
        X : array-like
            Rows, as in ``fit``.
        y : array-like
            Their labels, as in ``fit``.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts.

        Returns
        -------
        accuracy : float
        """
        predicted = self.predict(X)  # first, so that an unfitted classifier says so
        return self._labels.accuracy(y, predicted, sample_weight)
