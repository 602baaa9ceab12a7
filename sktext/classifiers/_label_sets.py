"""Rows that are given as sets of labels."""

import numpy as np

from sktext._validation import is_missing

SETS = (set, frozenset, tuple)
COLLECTIONS = (*SETS, list, np.ndarray)


def find_label_sets(y):
    """Give the rows of ``y`` if they are sets of labels, else None.

    Sets and tuples always are; lists are if they hold texts or have different lengths,
    and otherwise the rows of a matrix.

    Parameters
    ----------
    y : array-like

    Returns
    -------
    rows : list, or None
    """
    if hasattr(y, "to_pylist"):  # pyarrow
        y = y.to_pylist()
    elif len(getattr(y, "shape", ())) == 1 and not isinstance(y, list):
        y = np.asarray(y)
        y = y.tolist() if y.dtype == object else None
    if not isinstance(y, (list, tuple)):
        return None
    first = next((row for row in y if isinstance(row, COLLECTIONS)), None)
    if isinstance(first, SETS):
        return list(y)
    rows = [row for row in y if isinstance(row, (list, np.ndarray)) and np.ndim(row) < 2]
    ragged = len({len(row) for row in rows}) > 1
    texts = any(isinstance(row[0], str) for row in rows if len(row))
    return list(y) if rows and (ragged or texts) else None


def check_label_sets(rows):
    """Check sets of labels and return them as an array of tuples.

    Parameters
    ----------
    rows : list of set, frozenset, tuple, list or ndarray

    Returns
    -------
    sets : ndarray of shape (n_samples,), of object
    """
    sets = np.empty(len(rows), dtype=object)
    first = None
    for i, row in enumerate(rows):
        if not isinstance(row, COLLECTIONS):
            raise TypeError(
                f"y[{i}] must be a set of labels, as others are; got {row!r}. Put a single label "
                "in a tuple; a row without labels is ()."
            )
        sets[i] = tuple(row.tolist() if isinstance(row, np.ndarray) else row)
        for label in sets[i]:
            if is_missing(label):
                raise ValueError(f"y[{i}] has a label that is missing ({label}). Leave it out.")
            if first is None:
                first = label
            if isinstance(label, str) != isinstance(first, str) or not np.isscalar(label):
                raise TypeError(
                    f"y must hold labels of one type; y[{i}] has {label!r}, and another row "
                    f"{first!r}. Turn them all into str."
                )
        if len(set(sets[i])) < len(sets[i]):
            raise ValueError(
                f"y[{i}] repeats a label: {sets[i]!r}. Give each label once; if this is a row of "
                "an indicator matrix, make y an array."
            )
    return sets


def are_label_sets(y):
    """Tell whether checked labels are sets."""
    return y.ndim == 1 and y.dtype == object


def labels_of_sets(sets):
    """List the labels that occur, sorted."""
    found = sorted(set().union(*sets))
    if not found:
        raise ValueError("y has no label in any row; at least one is needed.")
    return np.array(found)


def drop_other_labels(sets, classes):
    """Leave labels out that are not among the classes.

    Returns
    -------
    kept : ndarray of shape (n_samples,), of object
    had_others : ndarray of bool of shape (n_samples,)
    """
    known = set(classes.tolist())
    kept = np.empty(len(sets), dtype=object)
    kept[:] = [tuple(label for label in labels if label in known) for labels in sets]
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


def to_label_sets(indicator, classes):
    """Turn an indicator matrix into a list of tuples of labels, in their order."""
    labels = np.asarray(classes).tolist()
    return [tuple(labels[i] for i in np.flatnonzero(row)) for row in indicator]
