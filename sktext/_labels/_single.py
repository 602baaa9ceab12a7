"""One label per row: checks, classes, and the number of each label."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sktext._labels._opening import SETS, column_of, open_labels
from sktext._validation import is_missing

# More characters than that would make arrays of fixed width larger than their texts.
MAX_WIDTH = 255
LABELS_ARE = "Labels are str, bools or whole numbers"


def check_labels(column, name="y"):
    """Check a column of single labels.

    Parameters
    ----------
    column : ndarray of shape (n_samples,)
        As ``open_labels`` returns it.
    name : str, default="y"

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        Of object where labels are str; else of numbers, bools or dates.
    """
    if column.dtype.kind == "U":
        return column.astype(object)
    if column.dtype == object:
        check_types(column, name)
        if is_text(column):
            return column
        column = numbers_of(column)
    if column.dtype.kind in "fmM":
        refuse_missing(column, name)
    if column.dtype.kind == "f":
        refuse_fractions(column, name)
    if column.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} must hold labels. {LABELS_ARE}.")
    if column.dtype.kind not in "OUbiufmM":
        raise TypeError(
            f"{name} must hold labels; got {column[:1].tolist()} of the type {column.dtype}. "
            f"{LABELS_ARE}; decode bytes first."
        )
    return column


def check_types(labels, name):
    """Refuse what is no label, and labels of two types that have no common order.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,), of object
    name : str
    """
    types = set(map(type, labels))
    if types <= {str}:
        return
    if not types <= {str, int, bool}:
        refuse_missing(labels, name)
    if any(is_strange(kind) for kind in types):
        place = next(i for i, label in enumerate(labels) if is_strange(type(label)))
        raise TypeError(f"{name}[{place}] is {not_a_label(labels[place])}")
    is_str = [isinstance(label, str) for label in labels]
    if len(set(is_str)) > 1:
        place = is_str.index(not is_str[0])
        raise TypeError(
            f"{name} must hold labels of one type; {name}[0] is {labels[0]!r} and {name}[{place}] "
            f"is {labels[place]!r}. Turn them all into str."
        )


def is_strange(kind):
    """Return whether objects of a type are no labels."""
    return not issubclass(kind, (str, int, float))


def not_a_label(value):
    """Return why a value is no label."""
    advice = "Decode it." if isinstance(value, bytes) else "Turn all labels into str."
    return (
        f"{value!r}, of the type {type(value).__name__}, which is no label. {LABELS_ARE}. {advice}"
    )


def refuse_missing(labels, name="y"):
    """Name the first label that is missing."""
    for row, label in enumerate(labels):
        if is_missing(label):
            raise ValueError(
                f"{name}[{row}] is missing ({label}). Drop the row, or give it a label of its own."
            )


def refuse_fractions(labels, name):
    """Raise if there are fractions: numbers to be predicted are not classes."""
    wrong = ~np.isfinite(labels) | (labels != np.floor(labels))
    for row in np.flatnonzero(wrong)[:1]:
        what = "Input y contains infinity: " if np.isinf(labels[row]) else ""
        raise ValueError(
            f"{what}Unknown label type: continuous. {name}[{row}] is {labels[row]}, and labels "
            "are classes, not amounts. Give one label per row, or an indicator matrix: bin amounts "
            "into classes, or write them as str."
        )


def numbers_of(labels):
    """Put numbers into an array of their type; too large ones stay objects."""
    numbers = np.asarray(labels.tolist())
    lossless = numbers.dtype.kind != "f" or any(isinstance(label, float) for label in labels)
    return numbers if lossless else labels


def is_text(array):
    """Return whether an array holds strings."""
    is_object = array.dtype == object and len(array) > 0
    return array.dtype.kind in "UT" or (is_object and isinstance(array[0], str))


def kind_of(array):
    """Return which of texts, dates and numbers, which cannot be compared, are in an array."""
    if is_text(array):
        return "text"
    return "date" if array.dtype.kind in "mM" else "number"


def sorted_classes(labels):
    """List the labels that occur, sorted.

    Parameters
    ----------
    labels : ndarray or set
        Checked.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
    """
    if not isinstance(labels, set):
        if labels.dtype != object:
            return np.unique(labels)
        labels = set(labels.tolist())
    return label_array(sorted(labels))


def label_array(labels):
    """Put labels into an array of one dimension, tuples as they are.

    Strings have fixed width, unless that would truncate or inflate them.
    """
    found = column_of(list(labels))
    types = set(map(type, found))
    if types == {str}:
        narrow = max(map(len, found)) <= MAX_WIDTH and not any("\0" in label for label in found)
        return found.astype(str) if narrow else found
    return numbers_of(found) if len(types) == 1 and not is_strange(*types) else found


def codes_of(labels, classes):
    """Number labels by their place among the classes.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        Checked, and of the kind of the classes.
    classes : ndarray of shape (n_classes,)

    Returns
    -------
    codes : ndarray of shape (n_samples,), int64
        -1 for a label that is not among them.
    """
    if labels.dtype == object or classes.dtype == object:
        number = {label: i for i, label in enumerate(classes.tolist())}
        codes = (number.get(label, -1) for label in labels.tolist())
        return np.fromiter(codes, dtype=np.int64, count=len(labels))
    order = np.argsort(classes)
    codes = order[np.searchsorted(classes, labels, sorter=order).clip(max=len(classes) - 1)]
    return np.where(classes[codes] == labels, codes, -1).astype(np.int64)


def named_classes(classes: Iterable[Any]) -> NDArray[Any]:
    """Read the classes that a user names, in any container or set.

    Parameters
    ----------
    classes : iterable of labels

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted, of the type of labels.
    """
    named = open_labels(list(classes) if isinstance(classes, SETS) else classes, "classes")
    if named.ndim != 1:
        raise ValueError(
            f"classes must be one list of labels; got an array of shape {named.shape}."
        )
    return sorted_classes(check_labels(named, "classes"))
