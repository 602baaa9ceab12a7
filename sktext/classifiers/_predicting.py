"""What every classifier does to predict."""

from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._component import resolve
from sktext.classifiers._parts import to_rows
from sktext.losses import LOSSES


def _loss_has_proba(classifier):
    return hasattr(resolve(classifier.loss, LOSSES, "loss"), "predict_proba")


class PredictingMixin:
    """Predictions of a classifier that has ``net_`` and ``_labels``."""

    def _logits(self, X):
        """Compute logits of shape (n_samples, n_outputs), float64."""
        check_is_fitted(self)
        features = self._transform_features(self._check_X(X, reset=False))
        return self.net_.logits(to_rows(features, self._torch_dtype)).double()

    def predict(self, X):
        """Predict labels.

        Parameters
        ----------
        X : array-like
            Rows, as in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        """
        logits = self._logits(X).numpy()  # first, so that an unfitted classifier says so
        return self._labels.decode(logits)

    def decision_function(self, X):
        """Compute the logits.

        Parameters
        ----------
        X : array-like
            Rows, as in ``fit``.

        Returns
        -------
        logits : ndarray of shape (n_samples,), (n_samples, n_classes) or \
                (n_samples, n_labels)
            For binary, positive means the second class.
        """
        logits = self._logits(X).numpy()
        return logits[:, 0] if self._labels.task == "binary" else logits

    @available_if(_loss_has_proba)
    def predict_proba(self, X):
        """Predict probabilities, where the loss has any.

        Parameters
        ----------
        X : array-like
            Rows, as in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes) or (n_samples, n_labels)
        """
        logits = self._logits(X)
        return self.loss_.predict_proba(logits).numpy()

    @property
    def loss_(self):
        """The built loss."""
        return self.net_.criterion_

    @property
    def history_(self):
        """skorch's record of every epoch."""
        return self.net_.history_
