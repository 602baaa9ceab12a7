"""Maps from scores to probabilities."""

from typing import NamedTuple

import numpy as np
import torch
from scipy.special import expit, softmax

from sktext.sampling import prior_shift


class PlattMap(NamedTuple):
    """Platt scaling: the sigmoid of an affine map of the scores."""

    scale: float
    shift: float = 0.0

    def predict(self, scores):
        """Compute probabilities of shape (n_samples,)."""
        return expit(self.scale * scores + self.shift)


class Columns(NamedTuple):
    """A map for each label, or each class against the rest."""

    maps: list  # of PlattMap or IsotonicRegression; None where the common scale is used
    scale: float
    exclusive: bool  # whether the columns are classes

    def predict_proba(self, scores):
        """Compute probabilities of shape (n_samples, n_labels)."""
        link = softmax_of_rows if self.exclusive else expit
        proba = link(self.scale * scores)
        for column, map_ in enumerate(self.maps):
            if map_ is not None:
                proba[:, column] = map_.predict(scores[:, column])
        if not self.exclusive:
            return proba
        total = proba.sum(axis=1, keepdims=True)
        # Where no class has any probability, all are equally likely.
        uniform = np.full_like(proba, 1 / proba.shape[1])
        return np.divide(proba, total, out=uniform, where=total > 0)


class Softmax(NamedTuple):
    """Vector scaling: the softmax of scaled and shifted scores of classes."""

    scales: np.ndarray
    shifts: np.ndarray

    def predict_proba(self, scores):
        """Compute probabilities of shape (n_samples, n_classes)."""
        return softmax_of_rows(self.scales * scores + self.shifts)


class Posterior(NamedTuple):
    """The posterior of a loss, corrected for weights and resampling."""

    loss: object
    class_weight: np.ndarray | None
    priors: tuple | None  # of training and of the data, where they differ

    def predict_proba(self, scores):
        """Compute probabilities of shape (n_samples, n_classes) or (n_samples, n_labels)."""
        proba = self.loss.posterior(torch.from_numpy(scores), self.class_weight).numpy()
        if self.priors is not None:
            proba = prior_shift(proba, *self.priors)
        return proba[:, 1:] if self.loss.task_ == "binary" else proba


def softmax_of_rows(scores):
    """Compute the softmax over the columns."""
    return softmax(scores, axis=1)
