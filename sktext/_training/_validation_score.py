"""The score of the validation rows after each epoch."""

import copy
from numbers import Real

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from skorch.callbacks import Callback

from sktext._scorers import takes_weights
from sktext._sklearn import num_samples


class Predictions(ClassifierMixin, BaseEstimator):
    """Logits that are already computed, as the fitted classifier that a scorer expects."""

    def __init__(self, labels, loss, logits):
        self.labels = labels
        self.loss = loss
        self.logits = logits
        self.classes_ = labels.classes

    def predict(self, X):
        """Return the labels; several per row as an indicator matrix, which scorers can read."""
        return self.labels.decide(self.logits_of(X).numpy())

    def logits_of(self, X):
        """Return the logits of all rows, of shape (n_samples, n_outputs)."""
        if num_samples(X) != len(self.logits):
            raise ValueError(
                f"scoring must predict all {len(self.logits)} validation rows at once; got "
                f"{num_samples(X)} of them."
            )
        return self.loss.final_logits(self.logits.double().cpu())

    def decision_function(self, X):
        """Return the logits in scikit-learn's shape."""
        values = self.logits_of(X).numpy()
        return values[:, 0] if self.labels.task == "binary" else values

    def predict_proba(self, X):
        """Return the probabilities."""
        if not hasattr(self.loss, "predict_proba"):
            raise ValueError(
                f"scoring needs probabilities, and {type(self.loss).__name__} has none; choose "
                "another loss, or a scoring of decisions such as 'f1_macro'."
            )
        loss = copy.deepcopy(self.loss).cpu()  # moving it would move the one that trains
        return loss.predict_proba(self.logits_of(X)).numpy()


class ValidationScore(Callback):
    """Score the validation rows after each epoch, in the user's own labels.

    Parameters
    ----------
    scoring : str or callable
        scikit-learn scorer.
    labels : Labels
    validation : Rows
        Validation rows; their sample weights go to scorers that take them.
    """

    def __init__(self, scoring, labels, validation):
        self.scoring = scoring
        self.labels = labels
        self.validation = validation

    def on_train_begin(self, net, **kwargs):
        self.logits_ = []
        self.scorer_ = get_scorer(self.scoring)
        self.y_ = self.labels.decode_target(self.validation.target)
        weighted = self.validation.weight is not None and takes_weights(self.scorer_)
        self.params_ = {"sample_weight": self.validation.weight} if weighted else {}

    def on_batch_end(self, net, training=False, y_pred=None, **kwargs):
        if not training:
            self.logits_.append(y_pred.detach())

    def on_epoch_end(self, net, **kwargs):
        model = Predictions(self.labels, net.criterion_, torch.cat(self.logits_))
        try:
            score = self.scorer_(model, self.validation.X, self.y_, **self.params_)
        except ValueError:
            if not missing_in(self.labels, self.validation.target):
                raise
            score = np.nan  # like scores that have no value where rows lack a label
        net.history.record("valid_score", checked_score(score, self.scoring))
        self.logits_ = []


def checked_score(score, scoring):
    """Return a score as a float; raise if it is not a number (NaN and infinity are)."""
    if isinstance(score, np.ndarray | np.generic | torch.Tensor) and score.ndim == 0:
        score = score.item()
    if not isinstance(score, Real):
        shape = f" of shape {tuple(score.shape)}" if hasattr(score, "shape") else ""
        raise TypeError(
            f"scoring={name_of_scoring(scoring)} must return one number; got a "
            f"{type(score).__name__}{shape}. Let it average, or return one of its values."
        )
    return float(score)


def missing_in(labels, target):
    """Describe the labels that validation rows lack, without which most scores have no value."""
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


def name_of_scoring(scoring):
    """Return the name of a scorer as the user wrote it."""
    return (
        repr(scoring) if isinstance(scoring, str) else getattr(scoring, "__name__", repr(scoring))
    )


def refuse_unobserved(scoring, target):
    """Raise if one of scikit-learn's scorers would read unobserved labels."""
    if isinstance(scoring, str) and target.ndim == 2 and (target < 0).any():
        raise ValueError(
            f"scoring={scoring!r} needs all labels of the validation rows, and some are -1, not "
            "observed. Leave scoring=None, which monitors the loss, or give rows with all "
            "labels as X_val and y_val."
        )
