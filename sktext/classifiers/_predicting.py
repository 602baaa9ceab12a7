"""What every classifier does to predict."""

from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._accuracy import AccuracyMixin
from sktext._component import resolve
from sktext._threads import chooses_threads
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._parts import to_rows
from sktext.losses import LOSSES


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

    @chooses_threads
    def predict(self, X):
        """Predict labels.

        Parameters
        ----------
        X : array-like
            Rows, as in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Several labels per row come in the container that ``fit`` got them in: an
            array, a CSR matrix, a data frame or a list of tuples.
        """
        logits = self._logits(X).numpy()  # first, so that an unfitted classifier says so
        return self._labels.decode(logits)

    @chooses_threads
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
    @chooses_threads
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
        return self._built_loss.predict_proba(logits).numpy()


class PredictingMixin(LogitsMixin):
    """Predictions of a classifier that has ``net_`` and ``_labels``."""

    # Rows and their logits, while a search scores many classifiers on the same rows.
    _known_logits = None, None

    def _logits(self, X):
        """Compute logits of shape (n_samples, n_outputs), float64."""
        check_is_fitted(self)
        known, logits = self._known_logits
        if known is None or X is not known:
            features = self._transform_features(self._check_X(X, reset=False))
            with on_cpu_by_default():
                logits = self._logits_of(features)
        return self.loss_.final_logits(logits)

    def _logits_of(self, features):
        """Compute the logits of rows whose features are known."""
        return self.net_.logits(to_rows(features, self.net_.dtype)).double()

    def __sklearn_is_fitted__(self):
        return hasattr(self, "net_")

    @property
    def _built_loss(self):
        """The loss of the fitted net, or None before."""
        net = getattr(self, "net_", None)
        return None if net is None else net.criterion_

    @property
    def loss_(self):
        """The built loss."""
        check_is_fitted(self)
        return self.net_.criterion_

    @property
    def history_(self):
        """skorch's record of every epoch."""
        check_is_fitted(self)
        return self.net_.history_

    @property
    def optimizer_(self):
        """The optimizer that trained last: what ``optimizer=`` calls it, or its class."""
        check_is_fitted(self)
        return self.net_.optimizer_name

    @property
    def coef_(self):
        """Weights of a linear model, of shape (n_outputs, n_features)."""
        return self._linear_layer("coef_").weight.detach().cpu().numpy().T

    @property
    def intercept_(self):
        """Biases of a linear model, of shape (n_outputs,)."""
        return self._linear_layer("intercept_").bias.detach().cpu().numpy()

    def _linear_layer(self, name):
        check_is_fitted(self)
        module = self.net_.module_
        if not getattr(module, "is_linear", False):
            raise AttributeError(f"{name} is of linear models only; this one has hidden layers.")
        return module.head
