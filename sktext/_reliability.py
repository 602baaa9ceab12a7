"""Probabilities in bins, beside the observed fractions."""

from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from sktext._labels import form_of
from sktext._labels._indicators import as_columns, check_pair

# Sums of equal weights may be off by rounding.
TOLERANCE = 1e-12


class Answers(NamedTuple):
    """Probabilities of shape (n_samples, n_columns), and whether each was observed."""

    proba: np.ndarray
    truth: np.ndarray


class Bins(NamedTuple):
    """What is in each bin that is not empty."""

    prob_pred: np.ndarray  # mean probability
    prob_true: np.ndarray  # fraction observed
    mass: np.ndarray  # sum of the weights
    n_effective: np.ndarray  # rows of equal weight that would say as much

    def error(self):
        """Compute the mean distance of probabilities and observed fractions."""
        return float(np.average(np.abs(self.prob_true - self.prob_pred), weights=self.mass))

    def wilson(self, confidence):
        """Compute the ends of Wilson's intervals around the fractions."""
        z = norm.ppf((1 + confidence) / 2)
        n, fraction = self.n_effective, self.prob_true
        middle = (fraction + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(fraction * (1 - fraction) / n + z**2 / (4 * n**2))
        low, high = np.minimum(middle - half, fraction), np.maximum(middle + half, fraction)
        return low.clip(0), high.clip(0, 1)


def answers_of(y_true, y_proba, labels=None):
    """Bring labels and probabilities into columns.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
    y_proba : array-like
        See ``expected_calibration_error``.
    labels : array-like of shape (n_classes,) or None

    Returns
    -------
    answers : Answers
        One column for two classes: of the second one. One for more classes: of the class
        that is the likeliest in each row.
    """
    answers, classes = columns_of(y_true, y_proba, labels)
    if classes is None:
        return answers
    if len(classes) == 2:
        return Answers(answers.proba[:, 1:], answers.truth[:, 1:])
    likeliest = answers.proba.argmax(axis=1)[:, None]
    return Answers(*(np.take_along_axis(values, likeliest, axis=1) for values in answers))


def answers_of_label(y_true, y_proba, labels, label):
    """Take the column of one class or label; ``labels`` as in ``answers_of``, or its names."""
    answers, classes = columns_of(y_true, y_proba, labels)
    if classes is None:
        classes = np.arange(answers.proba.shape[1]) if labels is None else np.asarray(labels)
    found = [column for column, name in enumerate(classes.tolist()) if name == label]
    if not found:
        raise ValueError(f"label={label!r} is not one of {classes.tolist()}.")
    return Answers(*(values[:, found] for values in answers))


def columns_of(y_true, y_proba, labels):
    """Return a column per class and the classes, or a column per label and None."""
    proba = as_columns(y_proba)
    refuse_other_than_proba(proba)
    if has_several_labels(y_true):
        return Answers(proba, check_pair(y_true, proba, "y_proba", labels).astype(float)), None
    y_true = np.asarray(y_true)
    y_true = y_true.ravel() if y_true.ndim == 2 else y_true
    if proba.ndim == 1 or proba.shape[1] == 1:
        proba = np.column_stack([1 - proba.ravel(), proba.ravel()])
    classes = classes_of(y_true, labels)
    if proba.shape != (len(y_true), len(classes)):
        raise ValueError(
            f"y_proba must have a row for each of {len(y_true)} labels and a column for each of "
            f"the classes {classes.tolist()}; got shape {proba.shape}. Name the classes by "
            "labels= if y_true has not all of them."
        )
    return Answers(proba, (y_true[:, None] == classes).astype(float)), classes


def has_several_labels(y):
    """Return whether rows are sets of labels, or those of a matrix with several columns."""
    return form_of(y, name="y_true") != "one"


def classes_of(y_true, labels):
    """Find the classes; zeros alone, or ones, are of the two classes 0 and 1."""
    if labels is not None:
        return np.asarray(labels)
    classes = np.unique(y_true)
    return np.array([0, 1]) if classes.tolist() in ([0], [1]) else classes


def refuse_other_than_proba(proba):
    """Raise for the first entry that is no probability."""
    wrong = ~((proba >= 0) & (proba <= 1))
    if wrong.any():
        place = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"y_proba must hold probabilities from 0 to 1; y_proba{place} is {proba[tuple(place)]}."
        )


def put_in_bins(proba, truth, weight, n_bins, strategy):
    """Put the probabilities of one column in bins.

    Parameters
    ----------
    proba, truth, weight : ndarrays of shape (n_samples,)
    n_bins : int
    strategy : {"quantile", "uniform"}
        Bins of equal weight, or of equal width.

    Returns
    -------
    bins : Bins
    """
    if strategy == "uniform":
        edges = np.linspace(0, 1, n_bins + 1)[1:-1]
    else:
        order = np.argsort(proba, kind="stable")
        reached = np.cumsum(weight[order]) / weight.sum()
        wanted = np.arange(1, n_bins) / n_bins - TOLERANCE
        edges = np.unique(proba[order][np.searchsorted(reached, wanted)])
    numbers = np.searchsorted(edges, proba, side="left")
    mass, squares, sum_proba, sum_truth = (
        np.bincount(numbers, weights=values, minlength=n_bins)
        for values in (weight, weight**2, weight * proba, weight * truth)
    )
    full = mass > 0
    mass = mass[full]
    return Bins(sum_proba[full] / mass, sum_truth[full] / mass, mass, mass**2 / squares[full])
