"""The labels that a fitted classifier reads, wherever it is."""

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sktext._labels._labels import Labels


def labels_of(estimator: Any) -> Labels | None:
    """Find how a fitted classifier reads labels.

    Parameters
    ----------
    estimator : estimator
        A classifier of this package; or a Pipeline, a search or another classifier with one
        inside.

    Returns
    -------
    labels : Labels, or None if there is no such classifier
    """
    while estimator is not None:
        labels = getattr(estimator, "_labels", None)
        if isinstance(labels, Labels):
            return labels
        estimator = inside(estimator)
    return None


def inside(estimator: Any) -> Any:
    """Return the fitted classifier inside another one, or None."""
    if isinstance(estimator, Pipeline):
        return estimator.steps[-1][1]
    if isinstance(estimator, FrozenEstimator):
        return estimator.estimator
    return getattr(estimator, "best_estimator_", getattr(estimator, "estimator_", None))
