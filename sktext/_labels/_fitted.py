"""The labels that a fitted classifier reads, wherever it is."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sktext._labels._labels import Labels


def labels_of(estimator):
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
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        else:
            inner = getattr(estimator, "estimator_", None)
            estimator = getattr(estimator, "best_estimator_", inner)
    return None
