"""From out-of-fold scores to a map from scores to probabilities."""

from typing import NamedTuple

import numpy as np
from scipy.special import logit

from sktext.meta._calibration._fits import class_scale, fit_map, fit_scales_and_shifts, label_scale
from sktext.meta._calibration._maps import Columns, PlattMap, Softmax

EPS = np.finfo(float).eps


class Sample(NamedTuple):
    """Scored rows, and their true labels."""

    scores: np.ndarray  # (n_samples, n_labels)
    truth: np.ndarray  # (n_samples, n_labels)
    weight: np.ndarray  # (n_samples,)
    known: np.ndarray  # (n_samples, n_labels), whether the classifier learned the label

    def column(self, label):
        """Return scores, truth and weight of the rows that are known for a label."""
        rows = self.known[:, label]
        return self.scores[rows, label], self.truth[rows, label], self.weight[rows]

    def rows_per_side(self):
        """Count the positive or the negative rows of each label, whichever are fewer."""
        positives = (self.known & (self.truth > 0)).sum(axis=0)
        return np.minimum(positives, self.known.sum(axis=0) - positives)


def to_logits(scores, response):
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
    part : Rows
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
    scores = to_logits(np.concatenate(scores), response)
    return Sample(scores, (target[rows] > 0).astype(float), part.weights_or_ones()[rows], known)


def one_column_each(target, response):
    """Bring encoded labels into a column per label or class; two classes have one."""
    if response.labels.task == "binary":
        return target[:, None]
    if response.labels.task == "multiclass":
        return np.eye(len(response.labels.classes), dtype=np.int8)[target]
    return target


def calibrate(method, sample, min_positives, *, exclusive):
    """Fit the map from scores to probabilities.

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
        Which labels have no map of their own.
    """
    fallback = sample.rows_per_side() < min_positives
    if exclusive:
        return calibrate_classes(method, sample, fallback)
    known = sample.known
    weight = np.broadcast_to(sample.weight[:, None], known.shape)[known]
    scale = label_scale(sample.scores[known], sample.truth[known], weight)
    maps = maps_of(method, sample, fallback)
    for label in np.flatnonzero(~known.any(axis=0)):
        maps[label] = constant_map(sample.truth[:, label].any(), len(known))
    return Columns(maps, scale, exclusive=False), fallback


def constant_map(positive, n_rows):
    """Make the map of a label that all rows have, or none; its scores mean nothing."""
    odds = np.log(n_rows + 1.0)
    return PlattMap(0.0, odds if positive else -odds)


def calibrate_classes(method, sample, fallback):
    """Fit the map from scores of more than two classes to probabilities."""
    target = sample.truth.argmax(axis=1)
    rows = sample.known[np.arange(len(target)), target]  # fitted on rows of that class, too
    scores, target, weight = sample.scores[rows], target[rows], sample.weight[rows]
    scale = class_scale(scores, target, weight)
    n_classes = scores.shape[1]
    if method == "temperature":
        flat = Softmax(np.full(n_classes, scale), np.zeros(n_classes))
        return flat, np.zeros(n_classes, dtype=bool)
    if method == "vector":
        return Softmax(*fit_scales_and_shifts(scores, target, weight, ~fallback, scale)), fallback
    return Columns(maps_of(method, sample, fallback), scale, exclusive=True), fallback


def maps_of(method, sample, fallback):
    """Fit a map for each label that does not fall back."""
    return [
        None if falls_back else fit_map(method, *sample.column(label))
        for label, falls_back in enumerate(fallback)
    ]
