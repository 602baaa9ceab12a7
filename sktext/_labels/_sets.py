"""Rows that are sets of labels."""

from itertools import chain

import numpy as np

from sktext._labels._opening import COLLECTIONS, column_of
from sktext._labels._single import is_strange, not_a_label, sorted_classes
from sktext._validation import is_missing


def check_label_sets(rows, name="y"):
    """Check sets of labels.

    Parameters
    ----------
    rows : ndarray of shape (n_samples,), of object
        As ``open_labels`` returns it.
    name : str, default="y"

    Returns
    -------
    sets : ndarray of shape (n_samples,), of tuples
    """
    for i, row in enumerate(rows):
        if not isinstance(row, COLLECTIONS):
            what = f"missing ({row})" if is_missing(row) else repr(row)
            raise TypeError(
                f"{name}[{i}] must be a set of labels, as others are; got {what}. Put a single "
                "label in a tuple; a row without labels is ()."
            )
    sets = column_of([tuple(row) for row in rows])
    try:
        types = set(map(type, set(chain.from_iterable(sets))))
    except TypeError:  # what has no hash is no label
        types = {list}
    if not (types <= {str} or types <= {int, bool}):
        check_each_label(sets, name)
    for i in np.flatnonzero([len(row) > len(set(row)) for row in sets])[:1]:
        raise ValueError(
            f"{name}[{i}] repeats a label: {sets[i]!r}. Give each label once; if this is a row of "
            "an indicator matrix, make y an array."
        )
    return sets


def check_each_label(sets, name):
    """Name the first label that is none, or of another type than those before it."""
    first = None
    for i, row in enumerate(sets):
        for label in row:
            if not isinstance(label, COLLECTIONS) and is_missing(label):
                raise ValueError(
                    f"{name}[{i}] has a label that is missing ({label}). Leave it out."
                )
            if is_strange(type(label)):
                raise TypeError(f"{name}[{i}] has the entry {not_a_label(label)}")
            first = label if first is None else first
            if isinstance(label, str) != isinstance(first, str):
                raise TypeError(
                    f"{name} must hold labels of one type; {name}[{i}] has {label!r}, and another "
                    f"row {first!r}. Turn them all into str."
                )


def labels_of_sets(sets):
    """List the labels that occur, sorted."""
    found = set(chain.from_iterable(sets))
    if not found:
        raise ValueError("y has no label in any row; at least one is needed.")
    return sorted_classes(found)


def drop_other_labels(sets, classes):
    """Leave labels out that are not among the classes.

    Returns
    -------
    kept : ndarray of shape (n_samples,), of tuples
    had_others : ndarray of bool of shape (n_samples,)
    """
    known = set(classes.tolist())
    kept = column_of([tuple(label for label in labels if label in known) for labels in sets])
    return kept, np.array([len(new) < len(old) for new, old in zip(kept, sets, strict=True)], bool)


def to_indicator(sets, classes, name="y"):
    """Turn sets of labels into an indicator matrix.

    Parameters
    ----------
    sets : ndarray of shape (n_samples,)
        As ``check_label_sets`` returns it.
    classes : ndarray of shape (n_labels,)
    name : str, default="y"
        What to call the sets in messages.

    Returns
    -------
    indicator : ndarray of shape (n_samples, n_labels), int8
    """
    number = {label: i for i, label in enumerate(classes.tolist())}
    indicator = np.zeros((len(sets), len(classes)), dtype=np.int8)
    for row, labels in enumerate(sets):
        for label in labels:
            if label not in number:
                raise ValueError(
                    f"{name}[{row}] has the label {label!r}, which is not among the "
                    f"{len(classes)} that were fitted. Leave it out, or give all labels at the "
                    "start (classes= of partial_fit)."
                )
            indicator[row, number[label]] = 1
    return indicator
