"""What is seen of the held-out rows: their score after each epoch, and when to stop."""

import copy
from numbers import Real

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from skorch.callbacks import Callback

from sktext._scorers import check_scorer, takes_weights
from sktext._sklearn import num_samples
from sktext._training._divergence import refuse_bad_losses
from sktext._user_warnings import warn


class Predictions(ClassifierMixin, BaseEstimator):
    """Predictions that are already made, as the fitted classifier a scorer expects."""

    def __init__(self, labels, loss, logits):
        self.labels = labels
        self.loss = loss
        self.logits = logits
        self.classes_ = labels.classes

    def predict(self, X):
        """Give the labels; several per row as an indicator matrix, which scorers can read."""
        return self.labels.decide(self.logits_of(X).numpy())

    def logits_of(self, X):
        """Give the logits, of shape (n_samples, n_outputs), of all rows."""
        if num_samples(X) != len(self.logits):
            raise ValueError(
                f"scoring must predict all {len(self.logits)} held-out rows at once; got "
                f"{num_samples(X)} of them."
            )
        return self.loss.final_logits(self.logits.double().cpu())

    def decision_function(self, X):
        """Give the logits in scikit-learn's shape."""
        values = self.logits_of(X).numpy()
        return values[:, 0] if self.labels.task == "binary" else values

    def predict_proba(self, X):
        """Give the probabilities."""
        if not hasattr(self.loss, "predict_proba"):
            raise ValueError(
                f"scoring needs probabilities, and {type(self.loss).__name__} has none; choose "
                "another loss, or a scoring of decisions such as 'f1_macro'."
            )
        loss = copy.deepcopy(self.loss).cpu()  # moving it would move the one that trains
        return loss.predict_proba(self.logits_of(X)).numpy()


class ValidationScore(Callback):
    """Score the held-out rows after each epoch, in the user's own labels.

    Parameters
    ----------
    scoring : str or callable
        scikit-learn scorer.
    labels : Labels
    held : Part
        The held-out rows; their sample weights go to scorers that take some.
    """

    def __init__(self, scoring, labels, held):
        self.scoring = scoring
        self.labels = labels
        self.held = held

    def on_train_begin(self, net, **kwargs):
        self.logits_ = []
        self.scorer_ = get_scorer(self.scoring)
        self.y_ = self.labels.decode_target(self.held.target)
        weighted = self.held.weight is not None and takes_weights(self.scorer_)
        self.params_ = {"sample_weight": self.held.weight} if weighted else {}

    def on_batch_end(self, net, training=False, y_pred=None, **kwargs):
        if not training:
            self.logits_.append(y_pred.detach())

    def on_epoch_end(self, net, **kwargs):
        model = Predictions(self.labels, net.criterion_, torch.cat(self.logits_))
        try:
            score = self.scorer_(model, self.held.X, self.y_, **self.params_)
        except ValueError:
            if not missing_in(self.labels, self.held.target):
                raise
            score = np.nan  # as other scores have no value where rows lack a label
        net.history.record("valid_score", checked_score(score, self.scoring))
        self.logits_ = []


def checked_score(score, scoring):
    """Give a score as a float, or say that it is none; NaN and infinity are floats."""
    if isinstance(score, np.ndarray | np.generic | torch.Tensor) and score.ndim == 0:
        score = score.item()
    if not isinstance(score, Real):
        shape = f" of shape {tuple(score.shape)}" if hasattr(score, "shape") else ""
        raise TypeError(
            f"scoring={name_of_scoring(scoring)} must give one number; got a "
            f"{type(score).__name__}{shape}. Let it average, or return one of them."
        )
    return float(score)


def missing_in(labels, target):
    """Say which labels the held-out rows lack; most scores have no value without them."""
    if labels.task == "multilabel":
        lacks = {"positives": (target > 0), "negatives": (target == 0)}
        found = [
            f"no {what} of the labels {labels.classes[~cells.any(axis=0)].tolist()}"
            for what, cells in lacks.items()
            if not cells.any(axis=0).all()
        ]
        return " and ".join(found)
    lost = np.setdiff1d(np.arange(len(labels.classes)), target)
    return f"no row of the classes {labels.classes[lost].tolist()}" if len(lost) else ""


class EarlyStopping(Callback):
    """Stop when the held-out rows get no better, and go back to the best weights.

    A score that has no value in the first epoch is given up for the loss; without a value
    later on, an epoch is no improvement.

    Parameters
    ----------
    monitor : {"valid_loss", "valid_score"}
    n_iter_no_change : int
        Epochs without improvement after which training stops.
    name, why : str
        What the score is called, and what the held-out rows lack, for warnings.
    """

    def __init__(self, monitor, n_iter_no_change, name, why):
        self.monitor = monitor
        self.n_iter_no_change = n_iter_no_change
        self.name = name
        self.why = why

    def on_train_begin(self, net, **kwargs):
        self.monitor_ = self.monitor
        self.best_ = -np.inf
        self.misses_ = 0
        self.n_without_value_ = 0
        self.state_ = None

    def on_epoch_end(self, net, **kwargs):
        value = net.history[-1, self.monitor_]
        if self.state_ is None and not np.isfinite(value) and self.monitor_ == "valid_score":
            self.watch_the_loss(value)
            value = net.history[-1, self.monitor_]
        if self.state_ is None and not np.isfinite(value):
            refuse_bad_losses([value], net.n_epochs - 1, "The loss of the held-out rows")
        gain = -value if self.monitor_ == "valid_loss" else value
        if np.isfinite(gain) and gain > self.best_:
            self.best_, self.misses_ = gain, 0
            self.state_ = copy.deepcopy(net.module_.state_dict())
        else:
            self.misses_ += 1
            self.n_without_value_ += not np.isfinite(gain)
        if self.misses_ >= self.n_iter_no_change:
            net.stop_training = True

    def watch_the_loss(self, value):
        """Say that the score has no value, and why."""
        self.monitor_ = "valid_loss"
        warn(
            f"{self.name} has no value ({value}) on the held-out rows"
            + (f", which have {self.why}" if self.why else "")
            + "; early stopping watches the loss in its place. Give X_val and y_val that have all "
            "labels, raise validation_fraction, or choose another scoring."
        )

    def on_train_end(self, net, **kwargs):
        if self.state_ is not None:
            net.module_.load_state_dict(self.state_)
        self.state_ = None
        if self.n_without_value_:
            name = self.name if self.monitor_ == "valid_score" else "The loss"
            warn(
                f"{name} had no value on the held-out rows in {self.n_without_value_} of "
                f"{len(net.history)} epochs, which counted as no improvement."
            )

    @property
    def best_value(self):
        """The best score, or the smallest loss; None before there is any."""
        if not np.isfinite(self.best_):
            return None
        return -self.best_ if self.monitor_ == "valid_loss" else self.best_


def watch(settings, labels, held):
    """Make the callbacks that look at the held-out rows.

    Parameters
    ----------
    settings : Settings
    labels : Labels
    held : Part
        The held-out rows.

    Returns
    -------
    callbacks : dict of {str: Callback}
    """
    callbacks = {}
    monitor = "valid_loss"
    if settings.scoring is not None:
        monitor = "valid_score"
        check_scorer(settings.scoring, "scoring")
        refuse_unobserved(settings.scoring, held.target)
        callbacks[monitor] = ValidationScore(settings.scoring, labels, held)
    if settings.early_stopping:
        name = f"scoring={name_of_scoring(settings.scoring)}"
        why = missing_in(labels, held.target)
        callbacks["early_stopping"] = EarlyStopping(monitor, settings.n_iter_no_change, name, why)
    return callbacks


def name_of_scoring(scoring):
    """Name a scorer by what the user wrote."""
    return (
        repr(scoring) if isinstance(scoring, str) else getattr(scoring, "__name__", repr(scoring))
    )


def refuse_unobserved(scoring, target):
    """Say that scikit-learn's scores know of no label that was not observed."""
    if isinstance(scoring, str) and target.ndim == 2 and (target < 0).any():
        raise ValueError(
            f"scoring={scoring!r} needs all labels of the rows that are watched, and some are -1, "
            "not observed. Leave scoring=None, which watches the loss, or give rows with all "
            "labels as X_val and y_val."
        )
