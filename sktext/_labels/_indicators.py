"""Checks of what the metrics read."""

import numpy as np

from sktext._labels._pairs import read_indicator


def check_indicator(y, name, labels=None):
    """Check an indicator matrix, sparse or a data frame, and return it as an array.

    Sets of labels become one if the labels of the columns are named.
    """
    matrix = read_indicator(y, name, labels)
    if matrix is None:
        raise ValueError(
            f"{name} must be an indicator matrix of shape (n_samples, n_labels); got "
            f"{type(y).__name__} of shape {getattr(y, 'shape', (len(y),))}. Sets of labels become "
            "one if labels= names the labels of the columns; for one label per row, see "
            "sklearn.metrics.top_k_accuracy_score."
        )
    refuse_other_than_indicators(matrix, name)
    return matrix


def refuse_other_than_indicators(matrix, name):
    """Raise for the first entry that is neither zero nor one."""
    for row, label in np.argwhere(~np.isin(matrix, (0, 1)))[:1]:
        value = matrix[row, label]
        advice = (
            "-1 is a label that was not observed: leave such rows out, or score each label on the "
            "rows where it was."
            if value == -1
            else "Probabilities become labels by a threshold, as in predict."
        )
        raise ValueError(
            f"{name} must hold zeros and ones; {name}[{row}, {label}] is {value}. {advice}"
        )


def check_pair(y_true, other, name, labels=None):
    """Check that predictions or scores have the shape of the true labels."""
    truth = check_indicator(y_true, "y_true", labels)
    if other.shape != truth.shape:
        raise ValueError(f"{name} must have the shape of y_true, {truth.shape}; got {other.shape}.")
    return truth


def refuse_nan(scores, name):
    """Raise for the first score that is NaN."""
    for row, label in np.argwhere(np.isnan(scores))[:1]:
        raise ValueError(
            f"{name}[{row}, {label}] is NaN, which has no place in a ranking. Training diverged, "
            "or a feature was missing; leave such rows out, or mend the classifier."
        )


def as_columns(scores):
    """Return scores as an array; of a list of two columns for each label, the second ones."""
    if isinstance(scores, list) and np.ndim(scores[0]) == 2:
        scores = np.column_stack([columns[:, -1] for columns in scores])
    return np.asarray(scores, dtype=float)


def check_counts(counts, n_labels):
    """Check that there is one count per label."""
    counts = np.asarray(counts, dtype=float)
    if counts.shape != (n_labels,):
        raise ValueError(
            f"counts must have one number for each of the {n_labels} labels; got an array of "
            f"shape {counts.shape}."
        )
    return counts
