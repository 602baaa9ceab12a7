"""The rows that ``fit`` is given: checked, their labels encoded, some set aside to validate."""

import numpy as np

from sktext._labels import Labels, named_classes, read_labels
from sktext._sklearn import num_samples
from sktext._training._hold_out import hold_out_rows
from sktext._training._loss_checks import check_cells, check_task
from sktext._training._rows import Rows
from sktext._validation import check_same_length, check_sample_weight


def read_rows(features, loss, labels, X, y, sample_weight, *, classes=None, partial=False):
    """Check training rows, drop those of weight zero, and learn the labels if none are known.

    Parameters
    ----------
    features : Features
    loss : Loss
        It must take labels of this kind.
    labels : Labels or None
        Those of the first fit; None learns them.
    X, y, sample_weight : array-like
        As ``fit`` takes them.
    classes : array-like, default=None
        All labels that will ever come.
    partial : bool, default=False
        Whether later rows may have labels that these rows lack.

    Returns
    -------
    rows : Rows
    labels : Labels
    """
    X = features.check(X, reset=labels is None)
    classes = None if classes is None else named_classes(classes)
    target = read_labels(y, classes=classes) if labels is None else labels.read(y)
    check_same_length(num_samples(X), target)
    weight = check_sample_weight(sample_weight, X)
    rows = Rows(X, target, weight)
    if weight is not None:
        rows = rows.take(np.flatnonzero(weight)) if not weight.all() else rows
        rows = rows._replace(weight=rows.weight / rows.weight.mean())
    if labels is None:
        labels = Labels.learn(rows.target, classes, online=partial)
        check_task(loss, labels.task)
    else:
        labels.refuse_other_classes(classes)
    rows = rows._replace(target=labels.encode(rows.target))
    check_cells(loss, labels, rows.target)
    return rows, labels


def read_validation(features, loss, labels, X_val, y_val):
    """Check the validation rows that the user gives, and encode their labels."""
    X_val = features.check(X_val, name="X_val")
    target = labels.read(y_val, "y_val")
    check_same_length(num_samples(X_val), target, "y_val", "X_val")
    target = labels.encode(target, "y_val")
    check_cells(loss, labels, target)
    return Rows(X_val, target, None)


def split(rows, fraction, seed):
    """Split rows into training rows and validation rows."""
    train, validation = hold_out_rows(rows.target, fraction, np.random.RandomState(seed))
    return rows.take(train), rows.take(validation)


def refuse_half_a_pair(X_val, y_val):
    """Raise if only one of ``X_val`` and ``y_val`` is given."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val belong together; give both or neither.")
