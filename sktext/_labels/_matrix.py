"""Rows of an indicator matrix: a column per label, of zeros and ones."""

import numpy as np

from sktext._validation import is_missing

ADVICE = (
    "Give one label per row, or an indicator matrix; and sets of labels as a list with a set, "
    "tuple or list per row, not as an array."
)


def check_matrix(matrix, name="y", *, kept=False):
    """Check an indicator matrix.

    Parameters
    ----------
    matrix : ndarray of shape (n_samples, n_labels)
    name : str, default="y"
    kept : bool, default=False
        Whether it is known to be one, so that -1 without any 0 means not observed, too.

    Returns
    -------
    matrix : ndarray of shape (n_samples, n_labels)
        Of numbers or bools; -1 where a label was not observed.
    """
    if matrix.dtype.kind in "Of":
        refuse_missing_cells(matrix, name)
    if matrix.dtype == object:
        matrix = numbers_or_objects(matrix)
    if not matrix.shape[1]:
        raise ValueError(f"{name} has no label columns; at least one is needed.")
    if not holds_zeros_and_ones(matrix, kept=kept):
        raise ValueError(
            f"A multilabel {name} must hold zeros and ones, or -1 where a label was not observed; "
            f"got the values {distinct(matrix)}. {ADVICE}"
        )
    return matrix


def holds_zeros_and_ones(matrix, *, kept):
    """Return whether all cells are 0, 1 or -1; without any 0, -1 would mean absent."""
    if matrix.dtype.kind == "b" or not matrix.size:
        return matrix.dtype.kind in "bifu"
    if matrix.dtype.kind not in "ifu":
        return False
    low, high = matrix.min(), matrix.max()
    if low < -1 or high > 1 or (matrix.dtype.kind == "f" and (matrix != np.rint(matrix)).any()):
        return False
    return low >= 0 or kept or bool((matrix == 0).any())


def distinct(matrix):
    """List the first few values of a matrix, for a message."""
    values = set(matrix[:1000].ravel().tolist())
    try:
        values = sorted(values)
    except TypeError:
        values = list(values)
    return values if len(values) <= 10 else f"{str(values[:10])[:-1]}, ...]"


def numbers_or_objects(matrix):
    """Convert an array of objects to the type that its cells have in common."""
    try:
        return np.asarray(matrix.tolist())
    except ValueError:  # cells that are lists
        return matrix


def refuse_missing_cells(matrix, name="y"):
    """Name the first cell of an indicator matrix that is missing."""
    floats = matrix.dtype.kind == "f"
    missing = np.isnan(matrix) if floats else np.vectorize(is_missing, [bool])(matrix)
    for row, column in np.argwhere(missing)[:1]:
        raise ValueError(
            f"{name}[{row}, {column}] is missing ({matrix[row, column]}). Give -1 where a label "
            "was not observed, or 0 where it is absent."
        )


def refuse_unobserved_cells(target, name="y"):
    """Raise if there are labels that were not observed: they can be neither right nor wrong."""
    for row, label in np.argwhere(target < 0)[:1]:
        raise ValueError(
            f"{name}[{row}, {label}] is -1, a label that was not observed, and all labels of a row "
            "are needed here. Leave such rows out."
        )
