"""What turns scores into probabilities."""

from typing import NamedTuple

import numpy as np
import torch
from scipy.special import expit, softmax

from sktext.sampling import prior_shift


class Line(NamedTuple):
    """The sigmoid of scaled and shifted scores."""

    scale: float
    shift: float = 0.0

    def predict(self, scores):
        """Give probabilities of shape (n_samples,)."""
        return expit(self.scale * scores + self.shift)


class Columns(NamedTuple):
    """A curve for each label, or each class against the rest."""

    curves: list  # of Line or IsotonicRegression; None where the scale of all is taken
    scale: float
    exclusive: bool  # whether the columns are classes

    def predict_proba(self, scores):
        """Give probabilities of shape (n_samples, n_labels)."""
        link = softmax_of_rows if self.exclusive else expit
        proba = link(self.scale * scores)
        for column, curve in enumerate(self.curves):
            if curve is not None:
                proba[:, column] = curve.predict(scores[:, column])
        if not self.exclusive:
            return proba
        total = proba.sum(axis=1, keepdims=True)
        # Where every class is ruled out, nothing is known.
        uniform = np.full_like(proba, 1 / proba.shape[1])
        return np.divide(proba, total, out=uniform, where=total > 0)


class Softmax(NamedTuple):
    """The softmax of scaled and shifted scores of classes."""

    scales: np.ndarray
    shifts: np.ndarray

    def predict_proba(self, scores):
        """Give probabilities of shape (n_samples, n_classes)."""
        return softmax_of_rows(self.scales * scores + self.shifts)


class Posterior(NamedTuple):
    """The posterior of a loss, with weights and resampling taken back."""

    loss: object
    class_weight: np.ndarray | None
    shares: tuple | None  # of training and of the data, where they differ

    def predict_proba(self, scores):
        """Give probabilities of shape (n_samples, n_classes) or (n_samples, n_labels)."""
        proba = self.loss.posterior(torch.from_numpy(scores), self.class_weight).numpy()
        if self.shares is not None:
            proba = prior_shift(proba, *self.shares)
        return proba[:, 1:] if self.loss.task_ == "binary" else proba


def softmax_of_rows(scores):
    """Compute the softmax over the columns."""
    return softmax(scores, axis=1)
