"""Prediction by the classifier inside another one."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._accuracy import AccuracyMixin
from sktext._labels import Labels
from sktext._typing import RowsLike
from sktext.meta._inner_fit import inner_of


def estimator_has(method):
    """Make a check that the inner classifier, fitted if it is, has a method."""

    def check(owner):
        getattr(owner._inner(), method)
        return True

    return check


class KnowsColumns(AccuracyMixin):
    """Mixin with the tags and the columns of X of the inner classifier.

    It goes with ``RoutesToEstimator``, which finds the inner classifier.
    """

    _inner: Callable[[], Any]

    @property
    def n_features_in_(self) -> int:
        """Number of columns of X, if the fitted classifier knows it."""
        check_is_fitted(self)
        return self._inner().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray:
        """Names of the columns of X, if the fitted classifier knows them."""
        check_is_fitted(self)
        return self._inner().feature_names_in_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(inner_of(self))
        tags.input_tags = inner.input_tags
        tags.classifier_tags = inner.classifier_tags
        return tags


class PredictsByEstimator(KnowsColumns):
    """Mixin that predicts by ``estimator_``."""

    estimator_: Any
    _labels: Labels

    @property
    def classes_(self) -> NDArray:
        """Labels of the fitted classifier."""
        several = self._labels.task == "multilabel"  # the inner one got numbered columns
        return self._labels.classes if several else self.estimator_.classes_

    def predict(self, X: RowsLike) -> NDArray | Any:
        """Predict labels.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels; several per row are in the kind of container that ``fit`` got.
        """
        check_is_fitted(self)
        return self._labels.write(self.estimator_.predict(X))

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: RowsLike) -> NDArray:
        """Predict probabilities.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Those of the inner classifier.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(estimator_has("decision_function"))
    def decision_function(self, X: RowsLike) -> NDArray:
        """Compute scores of the classes.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Those of the inner classifier.
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)
