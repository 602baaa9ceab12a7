"""Checks of labels of any kind."""

import numpy as np
from scipy import sparse
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from sktext._validation import is_missing
from sktext.classifiers._label_sets import check_label_sets, find_label_sets

TASK_OF_TYPE = {
    "binary": "binary",
    "multiclass": "multiclass",
    "multilabel-indicator": "multilabel",
}


def check_labels(y):
    """Check labels and return them as an array.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_labels), or sparse indicator
        Labels of any type, sets of labels, or an indicator matrix of zeros and ones, with
        -1 where a label was not observed.

    Returns
    -------
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Sets are an array of tuples, of object; no other labels are.
    """
    if y is None:
        raise ValueError(
            "This classifier requires y to be passed, but the target y is None. Give one label "
            "per sample."
        )
    if isinstance(y, (str, bytes)):
        raise ValueError(
            f"y must be a sequence of labels; got a single {type(y).__name__}. Put it in a list: "
            "[y]."
        )
    rows = find_label_sets(y)
    if rows is not None:
        return check_label_sets(rows)
    array = to_array(y)
    if array.dtype.kind == "T":
        array = array.astype(object)
    if array.dtype == object and array.ndim == 1:
        refuse_missing(array)
        refuse_mixture(array)
    if array.ndim == 2 and array.dtype.kind in "Of":
        refuse_missing_cells(array)
    if array.dtype == object:
        array = np.asarray(array.tolist())
    if array.dtype.kind == "f":
        array = check_array(array, ensure_2d=False, input_name="y", ensure_min_samples=0)
    if array.ndim == 2 and array.shape[1] == 1:
        array = column_or_1d(array, warn=True)
    if len(array):
        known = known_cells(array)
        check_classification_targets(known)
        kind = type_of_target(known, input_name="y")
        if kind not in TASK_OF_TYPE:
            raise ValueError(
                f"Unknown label type: {kind}. y must hold one label per sample, or an indicator "
                "matrix of zeros and ones."
            )
        if kind == "multilabel-indicator" and not np.isin(known, (0, 1)).all():
            raise ValueError(
                f"A multilabel y must hold zeros and ones, or -1 where a label was not observed; "
                f"got the values {np.unique(array).tolist()}."
            )
    return array


def sort_classes(classes):
    """Sort the classes that a user names, in any container; they get the type of labels."""
    array = to_array(classes)
    if array.dtype.kind in "OT":
        array = array.astype(object)
        refuse_missing(array, "classes")
        refuse_mixture(array, "classes")
        array = np.asarray(array.tolist())
    return np.unique(array)


def known_cells(array):
    """Put zeros where an indicator matrix says that a label was not observed.

    A matrix of -1 and 1 without any zero is left as it is: there, -1 means absent.
    """
    if array.ndim < 2 or array.dtype.kind not in "if" or not (array == -1).any():
        return array
    return np.maximum(array, 0) if (array == 0).any() else array


def refuse_unobserved_cells(target, name="y"):
    """Say that labels that were not observed can be neither right nor wrong."""
    for row, label in np.argwhere(target < 0)[:1]:
        raise ValueError(
            f"{name}[{row}, {label}] is -1, a label that was not observed, and all labels of a row "
            "are needed here. Leave such rows out."
        )


def is_text(array):
    """Tell whether an array holds strings."""
    return array.dtype.kind in "UST"


def to_array(y):
    """Turn any container of labels into an array; a list keeps the types it has."""
    if sparse.issparse(y):
        return y.toarray()
    if hasattr(y, "to_pylist"):  # pyarrow
        y = y.to_pylist()
    if hasattr(y, "to_numpy"):  # pandas, polars
        return y.to_numpy()
    return np.asarray(y, dtype=object if isinstance(y, (list, tuple)) else None)


def refuse_missing(y, name="y"):
    """Name the first label that is missing."""
    for row, label in enumerate(y):
        if is_missing(label):
            raise ValueError(
                f"{name}[{row}] is missing ({label}). Drop the row, or give it a label of its own."
            )


def refuse_missing_cells(array):
    """Name the first cell of an indicator matrix that is missing."""
    floats = array.dtype.kind == "f"
    missing = np.isnan(array) if floats else np.vectorize(is_missing, [bool])(array)
    for row, column in np.argwhere(missing)[:1]:
        raise ValueError(
            f"y[{row}, {column}] is missing ({array[row, column]}). Give -1 where a label was not "
            "observed, or 0 where it is absent."
        )


def refuse_mixture(y, name="y"):
    """Say that strings and numbers cannot be labels together."""
    is_str = np.array([isinstance(label, str) for label in y])
    if len(set(is_str)) > 1:
        row = int(np.flatnonzero(is_str != is_str[0])[0])
        raise TypeError(
            f"{name} must hold labels of one type; {name}[0] is {y[0]!r} and {name}[{row}] is "
            f"{y[row]!r}. Turn them all into str."
        )
