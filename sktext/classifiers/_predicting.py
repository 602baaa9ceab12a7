"""Prediction by a fitted classifier."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._accuracy import AccuracyMixin
from sktext._component import resolve
from sktext._threads import choosing_threads
from sktext._training._net import History, Net
from sktext._training._optimizers import is_linear
from sktext._training._prediction import predict_logits
from sktext._typing import RowsLike
from sktext.losses import LOSSES, Loss


def _loss_has_proba(classifier):
    loss = classifier._built_loss
    loss = resolve(classifier.loss, LOSSES, "loss") if loss is None else loss
    if not hasattr(loss, "predict_proba"):
        raise AttributeError(
            f"{type(loss).__name__} has no probabilities; use decision_function, or wrap the "
            "classifier in sktext.meta.CalibratedClassifier."
        )
    return True


class LogitsMixin(AccuracyMixin):
    """Predictions of a classifier that has ``_logits(X)``, ``_labels`` and ``_built_loss``."""

    _built_loss: Any
    _labels: Any
    _logits: Any

    @choosing_threads()
    def predict(self, X: RowsLike) -> Any:
        """Predict labels.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Rows, as in ``fit``. Columns of a data frame are found by their names.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Predicted labels. Several labels per row are returned in the container in which
            ``fit`` got them: an array, a CSR matrix, a data frame or a list of tuples.
        """
        logits = self._logits(X).numpy()  # first, as it raises if the classifier is not fitted
        return self._labels.decode(logits)

    @choosing_threads()
    def decision_function(self, X: RowsLike) -> NDArray[np.float64]:
        """Compute the logits.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Rows, as in ``fit``. Columns of a data frame are found by their names.

        Returns
        -------
        logits : ndarray of shape (n_samples,), (n_samples, n_classes) or \
                (n_samples, n_labels)
            Logits of the classes or labels; for two classes, positive logits are the second.
        """
        logits = self._logits(X).numpy()
        return logits[:, 0] if self._labels.task == "binary" else logits

    @available_if(_loss_has_proba)
    @choosing_threads()
    def predict_proba(self, X: RowsLike) -> NDArray[np.float64]:
        """Predict probabilities; available if the loss has them.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Rows, as in ``fit``. Columns of a data frame are found by their names.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes) or (n_samples, n_labels)
            Probabilities of the classes, in the order of ``classes_``, or of each label.
        """
        logits = self._logits(X)
        return self._built_loss.predict_proba(logits).numpy()


class PredictingMixin(LogitsMixin):
    """Predictions of a classifier that has ``net_`` and ``_labels``."""

    classes_: NDArray
    net_: Net
    _make_features: Any

    def _features(self):
        """Make the features of rows, with all that is read beside those of ``_make_features``."""
        return self._make_features()

    def _logits(self, X):
        """Compute logits of shape (n_samples, n_outputs), float64."""
        check_is_fitted(self)
        return self.loss_.final_logits(predict_logits(self.net_, self._features(), X))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    @property
    def _built_loss(self):
        """The loss of the fitted net, or None before ``fit``."""
        net = getattr(self, "net_", None)
        return None if net is None else net.criterion_

    @property
    def loss_(self) -> Loss:
        """The fitted loss."""
        check_is_fitted(self)
        return self.net_.criterion_

    @property
    def history_(self) -> History:
        """Losses, scores and seconds of every epoch, as skorch records them."""
        check_is_fitted(self)
        return self.net_.history_

    @property
    def class_counts_(self) -> NDArray:
        """Number of training rows, or sum of their weights, of each class."""
        check_is_fitted(self)
        return self.net_.class_counts

    @property
    def n_iter_(self) -> int:
        """Number of epochs of training."""
        check_is_fitted(self)
        return self.net_.n_epochs

    @property
    def best_validation_score_(self) -> float | None:
        """Best value that early stopping monitored; None without early stopping."""
        check_is_fitted(self)
        return self.net_.best_validation_score

    @property
    def weight_decay_(self) -> float:
        """The weight decay of the last fit, which "auto" has chosen or the user."""
        check_is_fitted(self)
        return self.net_.weight_decay

    @property
    def optimizer_(self) -> str:
        """The last optimizer: its name for ``optimizer=``, or the name of its class."""
        check_is_fitted(self)
        return self.net_.optimizer_name

    @property
    def coef_(self) -> NDArray:
        """Weights of a linear model, of shape (n_outputs, n_features)."""
        return self._linear_layer("coef_").weight.detach().cpu().numpy().T

    @property
    def intercept_(self) -> NDArray:
        """Biases of a linear model, of shape (n_outputs,)."""
        return self._linear_layer("intercept_").bias.detach().cpu().numpy()

    def _linear_layer(self, name):
        check_is_fitted(self)
        module = self.net_.module_
        if not is_linear(module):
            raise AttributeError(f"only linear models have {name}; this one has hidden layers.")
        return module.head
