"""Checks of what the metrics read."""

import numpy as np

from sktext.sampling._row_sampler import indicator


def check_indicator(y, name):
    """Check an indicator matrix, sparse or a data frame, and return it as an array."""
    matrix = indicator(y)
    if matrix.ndim != 2 or matrix.dtype == object:
        raise ValueError(
            f"{name} must be an indicator matrix of shape (n_samples, n_labels); got "
            f"{type(y).__name__} of shape {matrix.shape}. Sets of labels become one by "
            "sklearn.preprocessing.MultiLabelBinarizer."
        )
    return matrix


def check_pair(y_true, other, name):
    """Check that predictions or scores have the shape of the true labels."""
    truth = check_indicator(y_true, "y_true")
    if other.shape != truth.shape:
        raise ValueError(f"{name} must have the shape of y_true, {truth.shape}; got {other.shape}.")
    return truth


def check_counts(counts, n_labels):
    """Check that there is one count per label."""
    counts = np.asarray(counts, dtype=float)
    if counts.shape != (n_labels,):
        raise ValueError(
            f"counts must have one number for each of the {n_labels} labels; got an array of "
            f"shape {counts.shape}."
        )
    return counts
