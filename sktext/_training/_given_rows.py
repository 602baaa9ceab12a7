"""The rows that ``fit`` is given: checked, their labels encoded, some of them held out."""

import numpy as np

from sktext._labels import Labels, named_classes, read_labels
from sktext._sklearn import num_samples
from sktext._training._hold_out import hold_out_rows
from sktext._training._loss_checks import check_cells, check_task
from sktext._training._parts import Part
from sktext._validation import check_same_length, check_sample_weight


def read_rows(features, loss, labels, X, y, sample_weight, *, classes=None, partial=False):
    """Check training rows; drop those of weight zero, and learn the labels if none are known.

    Parameters
    ----------
    features : Features
    loss : Loss
        That the labels must suit.
    labels : Labels or None
        Of the first fit; None learns them.
    X, y, sample_weight : array-like
        As ``fit`` takes them.
    classes : array-like, default=None
        All labels that will ever come.
    partial : bool, default=False
        Whether other rows may have other labels.

    Returns
    -------
    part : Part
    labels : Labels
    """
    X = features.check(X, reset=labels is None)
    classes = None if classes is None else named_classes(classes)
    rows = read_labels(y, classes=classes) if labels is None else labels.read(y)
    check_same_length(num_samples(X), rows)
    weight = check_sample_weight(sample_weight, X)
    part = Part(X, rows, weight)
    if weight is not None:
        part = part.rows(np.flatnonzero(weight)) if not weight.all() else part
        part = part._replace(weight=part.weight / part.weight.mean())
    if labels is None:
        labels = Labels.learn(part.target, classes, online=partial)
        check_task(loss, labels.task)
    else:
        labels.refuse_other_classes(classes)
    part = part._replace(target=labels.encode(part.target))
    check_cells(loss, labels, part.target)
    return part, labels


def read_validation(features, loss, labels, X_val, y_val):
    """Check the validation rows that the user gives."""
    X_val = features.check(X_val, name="X_val")
    rows = labels.read(y_val, "y_val")
    check_same_length(num_samples(X_val), rows, "y_val", "X_val")
    target = labels.encode(rows, "y_val")
    check_cells(loss, labels, target)
    return Part(X_val, target, None)


def split(part, fraction, seed):
    """Divide rows into those to train on and those to validate with."""
    rows, held = hold_out_rows(part.target, fraction, np.random.RandomState(seed))
    return part.rows(rows), part.rows(held)


def refuse_half_a_pair(X_val, y_val):
    """Raise if only one of the two is given."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val belong together; give both or neither.")
