"""From out-of-fold scores to what turns scores into probabilities."""

from typing import NamedTuple

import numpy as np
from scipy.special import logit

from sktext.meta._calibration._fits import class_scale, fit_curve, fit_lines_of_classes, label_scale
from sktext.meta._calibration._maps import Columns, Line, Softmax

EPS = np.finfo(float).eps


class Sample(NamedTuple):
    """Scored rows, and what they should have been told to be."""

    scores: np.ndarray  # (n_samples, n_labels)
    truth: np.ndarray  # (n_samples, n_labels)
    weight: np.ndarray  # (n_samples,)
    known: np.ndarray  # (n_samples, n_labels), whether the score tells about the label

    def column(self, label):
        """Give scores, truth and weight of the rows that tell about a label."""
        rows = self.known[:, label]
        return self.scores[rows, label], self.truth[rows, label], self.weight[rows]

    def rows_per_side(self):
        """Count the positive or the negative rows of each label, whichever are fewer."""
        positives = (self.known & (self.truth > 0)).sum(axis=0)
        return np.minimum(positives, self.known.sum(axis=0) - positives)


def log_odds(scores, response):
    """Turn scores into logits, or for several classes into logarithms of probabilities."""
    if response.method == "decision_function":
        return scores
    if response.labels.task == "multiclass":  # logarithms already
        return np.maximum(scores, np.log(EPS))
    return logit(scores.clip(EPS, 1 - EPS))


def gather(part, response, splits, scores, *, knows_all):
    """Put the scored rows of all splits together.

    Parameters
    ----------
    part : Part
        With encoded labels.
    response : Response
    splits : list of Split
    scores : list of ndarray of shape (n_test, n_labels)
    knows_all : bool
        Whether the classifier was fitted on other rows than those of the splits.

    Returns
    -------
    sample : Sample
    """
    target = one_column_each(part.target, response)
    rows = np.concatenate([test for _, test in splits])
    known = target[rows] >= 0  # -1 is a label that was not observed
    if not knows_all:
        taught = [
            np.tile((target[train] > 0).any(axis=0) & (target[train] == 0).any(axis=0), (n, 1))
            for (train, _), n in zip(splits, map(len, scores), strict=True)
        ]
        known &= np.concatenate(taught)
    scores = log_odds(np.concatenate(scores), response)
    return Sample(scores, (target[rows] > 0).astype(float), part.weights_or_ones()[rows], known)


def one_column_each(target, response):
    """Give encoded labels a column per label or class; two classes have one."""
    if response.labels.task == "binary":
        return target[:, None]
    if response.labels.task == "multiclass":
        return np.eye(len(response.labels.classes), dtype=np.int8)[target]
    return target


def calibrate(method, sample, min_positives, *, exclusive):
    """Fit what turns scores into probabilities.

    Parameters
    ----------
    method : {"temperature", "vector", "sigmoid", "isotonic"}
    sample : Sample
    min_positives : int
    exclusive : bool
        Whether the columns are more than two classes.

    Returns
    -------
    calibrator : Columns or Softmax
    fallback : ndarray of bool of shape (n_labels,)
        Which have nothing of their own.
    """
    fallback = sample.rows_per_side() < min_positives
    if exclusive:
        return calibrate_classes(method, sample, fallback)
    known = sample.known
    weight = np.broadcast_to(sample.weight[:, None], known.shape)[known]
    scale = label_scale(sample.scores[known], sample.truth[known], weight)
    curves = curves_of(method, sample, fallback)
    for label in np.flatnonzero(~known.any(axis=0)):
        curves[label] = flat_line(sample.truth[:, label].any(), len(known))
    return Columns(curves, scale, exclusive=False), fallback


def flat_line(positive, n_rows):
    """Give the curve of a label that all rows have, or none; its scores mean nothing."""
    odds = np.log(n_rows + 1.0)
    return Line(0.0, odds if positive else -odds)


def calibrate_classes(method, sample, fallback):
    """Fit what turns scores of more than two classes into probabilities."""
    target = sample.truth.argmax(axis=1)
    rows = sample.known[np.arange(len(target)), target]  # fitted on rows of that class, too
    scores, target, weight = sample.scores[rows], target[rows], sample.weight[rows]
    scale = class_scale(scores, target, weight)
    n_classes = scores.shape[1]
    if method == "temperature":
        flat = Softmax(np.full(n_classes, scale), np.zeros(n_classes))
        return flat, np.zeros(n_classes, dtype=bool)
    if method == "vector":
        return Softmax(*fit_lines_of_classes(scores, target, weight, ~fallback, scale)), fallback
    return Columns(curves_of(method, sample, fallback), scale, exclusive=True), fallback


def curves_of(method, sample, fallback):
    """Fit a curve for each label that does not fall back."""
    return [
        None if falls_back else fit_curve(method, *sample.column(label))
        for label, falls_back in enumerate(fallback)
    ]
