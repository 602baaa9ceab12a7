"""Fitted classifiers that predict by logits, whatever these come from."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from sktext._labels import Labels

TINY = 1e-15


class ByLogits(ClassifierMixin, BaseEstimator):
    """Base of fitted classifiers: a subclass stores ``labels`` and writes ``_logits``."""

    labels: Labels

    def fit(self, X: Any, y: Any = None) -> Self:
        """Do nothing, as it is fitted when it is made."""
        return self

    def __sklearn_is_fitted__(self):
        return True

    @property
    def _labels(self):
        return self.labels

    @property
    def classes_(self) -> NDArray:
        """Labels, or numbers of the label columns."""
        return self.labels.classes

    def decision_function(self, X: Any) -> NDArray:
        """Compute the logits of rows."""
        logits = self._logits(X)
        return logits[:, 0] if self.labels.task == "binary" else logits

    def predict_proba(self, X: Any) -> NDArray:
        """Compute the probabilities of rows."""
        return proba_of(self._logits(X), self.labels.task)

    def predict(self, X: Any) -> NDArray | Any:
        """Return the labels of rows."""
        return self.labels.decide(self._logits(X))

    def _logits(self, X):
        """Compute logits of shape (n_samples, n_outputs)."""
        raise NotImplementedError


def proba_of(logits, task):
    """Turn logits into probabilities, with a column per class or label."""
    if task == "multiclass":
        return softmax(logits.astype(float), axis=1)
    proba = expit(logits.astype(float))
    return np.hstack([1 - proba, proba]) if task == "binary" else proba


def logits_of(proba, task):
    """Turn probabilities into logits; of classes, into logarithms."""
    if task == "multiclass":
        return np.log(np.maximum(proba, TINY))
    proba = np.clip(proba[:, 1:] if task == "binary" else proba, TINY, 1 - TINY)
    return np.log(proba) - np.log1p(-proba)
