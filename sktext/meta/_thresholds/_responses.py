"""Scores of any classifier, in one shape."""

from typing import NamedTuple

import numpy as np

from sktext._labels._labels import Labels
from sktext.meta._thresholds._scales import LOG_ODDS, PLAIN

DEFAULT_THRESHOLDS = {"predict_proba": 0.5, "decision_function": 0.0}


class Response(NamedTuple):
    """How to get scores of a classifier, and what they mean."""

    method: str
    labels: Labels
    positive: int  # which of two classes is the positive one

    @property
    def default_threshold(self):
        """The threshold of the classifier itself."""
        return DEFAULT_THRESHOLDS[self.method]

    @property
    def columns(self):
        """Labels of the columns of scores; of two classes, the positive one."""
        classes = self.labels.classes
        return classes[[self.positive]] if self.labels.task == "binary" else classes

    @property
    def scale(self):
        """The scale of thresholds; of two classes, that of the scores, as in scikit-learn."""
        of_labels = self.labels.task == "multilabel"
        return LOG_ODDS if of_labels and self.method == "predict_proba" else PLAIN

    def scores_of(self, estimator, X):
        """Compute the scores to which thresholds apply.

        Parameters
        ----------
        estimator : classifier
            Fitted.
        X : rows

        Returns
        -------
        scores : ndarray of shape (n_samples, n_labels)
            One column for two classes; of several classes, logarithms of the
            probabilities.
        """
        answer = getattr(estimator, self.method)(X)
        if self.labels.task == "multilabel":
            return label_columns(estimator, answer, self.labels)
        answer = class_columns(answer, self.method)
        if self.labels.task == "binary":
            return answer[:, [self.positive]]
        answer = aligned(estimator, answer, self.method, self.labels)
        if self.method == "predict_proba":
            return np.log(np.maximum(answer, np.finfo(float).tiny))
        return answer

    def thresholds_of(self, offsets):
        """Turn offsets of the scores of classes into thresholds of a common scale."""
        if self.method == "decision_function":
            return offsets - offsets.mean()
        ratios = np.exp(offsets - offsets.max())
        return ratios / ratios.sum()

    def offsets_of(self, thresholds):
        """Turn thresholds of classes into offsets of their scores."""
        return thresholds if self.method == "decision_function" else np.log(thresholds)


def response_of(estimator, wanted, labels, pos_label):
    """Find the method that gives scores, and the positive class."""
    return Response(method_of(estimator, wanted), labels, positive_class(labels, pos_label))


def positive_class(labels, pos_label):
    """Find the number of the positive one of two classes."""
    if pos_label is None:
        return 1
    if labels.task != "binary":
        raise ValueError(
            f"pos_label={pos_label!r} is for two classes; y is {labels.task}. Leave it at None."
        )
    found = [i for i, label in enumerate(labels.classes.tolist()) if label == pos_label]
    if not found:
        raise ValueError(f"pos_label={pos_label!r} is not one of {labels.classes.tolist()}.")
    return found[0]


def method_of(estimator, wanted):
    """Name the method that gives scores."""
    methods = list(DEFAULT_THRESHOLDS) if wanted == "auto" else [wanted]
    for method in methods:
        if hasattr(estimator, method):
            return method
    raise ValueError(
        f"{type(estimator).__name__} has no {' and no '.join(methods)}; thresholds need scores."
    )


def class_columns(answer, method):
    """Bring scores into a column per class."""
    answer = np.asarray(answer, dtype=np.float64)
    if answer.ndim == 2 and answer.shape[1] > 1:
        return answer
    scores = answer.reshape(-1)
    lowest = 1 - scores if method == "predict_proba" else -scores
    return np.column_stack([lowest, scores])


def aligned(estimator, answer, method, labels):
    """Bring scores into a column for all classes; those unknown to the classifier score lowest."""
    name = "the classes of the estimator"
    known = labels.encode(labels.read(estimator.classes_, name), name)
    if answer.shape[1] != len(known):
        raise ValueError(
            f"{method} must have a column for each of {len(known)} classes; got "
            f"{answer.shape[1]}. For SVC, set decision_function_shape='ovr'."
        )
    lowest = 0.0 if method == "predict_proba" else answer.min() - np.ptp(answer) - 1
    columns = np.full((len(answer), len(labels.classes)), lowest)
    columns[:, known] = answer
    return columns


def label_columns(estimator, answer, labels):
    """Bring scores into a column per label, also scikit-learn's list with an array per label."""
    if isinstance(answer, list):
        classes = getattr(estimator, "classes_", [[0, 1]] * len(answer))
        pairs = zip(answer, classes, strict=True)
        answer = np.column_stack([column_of_ones(columns, known) for columns, known in pairs])
    answer = np.asarray(answer, dtype=np.float64)
    if answer.ndim != 2 or answer.shape[1] != len(labels.classes):
        raise ValueError(
            f"The scores of {type(estimator).__name__} must have a column for each of "
            f"{len(labels.classes)} labels; got shape {answer.shape}."
        )
    return answer


def column_of_ones(columns, known):
    """Return the score of a label that may be in all of the training rows, or in none."""
    columns = np.asarray(columns)
    if columns.ndim == 1:  # a decision function
        return columns
    ones = np.flatnonzero(np.asarray(known) == 1)
    return columns[:, ones[0]] if len(ones) else np.zeros(len(columns))
