"""What ``y`` means: decided once, at the first fit, and kept from there on."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import column_or_1d

from sktext._labels._containers import DENSE, SETS, Container, container_of_matrix
from sktext._labels._matrix import check_matrix
from sktext._labels._opening import COLLECTIONS, open_labels, opened_rows
from sktext._labels._opening import SETS as SET_TYPES
from sktext._labels._sets import check_label_sets
from sktext._labels._single import check_labels
from sktext._typing import LabelsLike
from sktext._validation import is_missing

ONE, SEVERAL, COLUMNS = "one", "sets", "columns"


@dataclass(frozen=True)
class LabelRows:
    """Labels that were read: checked, and of a form that no part of them changes.

    Parameters
    ----------
    form : {"one", "sets", "columns"}
        One label per row, sets of labels, or an indicator matrix.
    values : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Labels; tuples of labels; or zeros and ones, with -1 where one was not observed.
    container : Container
        What predictions of several labels per row go out in.
    """

    form: str
    values: np.ndarray
    container: Container = DENSE

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        return LabelRows(self.form, self.values[rows], self.container)


def read_labels(
    y: LabelsLike, kept: Any = None, classes: NDArray[Any] | None = None, name: str = "y"
) -> LabelRows:
    """Read labels in any container; the rules are in the table of the package.

    Parameters
    ----------
    y : array-like, sparse matrix, data frame or iterable with an entry per row
    kept : Labels, default=None
        Those of the first fit, which decided; None decides now.
    classes : ndarray of shape (n_classes,), default=None
        Labels that the user has named, where it is decided now.
    name : str, default="y"
        What to call the labels in messages.

    Returns
    -------
    rows : LabelRows

    Raises
    ------
    ValueError, TypeError
        Saying which row is wrong, and what to do.
    """
    values = open_labels(y, name)
    form = None if kept is None else kept.form
    if values.ndim == 2 and values.shape[1] == 1 and form != COLUMNS:
        values = single_column(values, form, name)
    if values.ndim == 2:
        refuse_other_form(form, COLUMNS, values, name)
        matrix = check_matrix(values, name, kept=kept is not None)
        return LabelRows(COLUMNS, matrix, container_of_matrix(y))
    form = form_of_column(values, kept, classes)
    if kept is not None:
        refuse_other_form(kept.form, form, values, name)
    if form == COLUMNS:
        return LabelRows(COLUMNS, matrix_of_rows(values, kept, name))
    if form == SEVERAL:
        return LabelRows(SEVERAL, check_label_sets(values, name), SETS)
    return LabelRows(ONE, check_labels(values, name))


def form_of(y: LabelsLike, classes: NDArray[Any] | None = None, name: str = "y") -> str:
    """Return what labels would be read as in a first fit, without checking them."""
    values = open_labels(y, name)
    if values.ndim == 2 and values.shape[1] > 1:
        return COLUMNS
    return form_of_column(opened_rows(values.ravel(), name), None, classes)


def single_column(matrix, form, name):
    """Take the rows out of a matrix of one column, of single labels as a rule."""
    column = matrix[:, 0]
    if column.dtype == object:
        column = opened_rows(column, name)
        if is_nested(column):
            return column
    return matrix if form == SEVERAL else column_or_1d(column[:, None], warn=True)


def is_nested(column):
    """Return whether rows are collections of labels."""
    types = set(map(type, column)) if column.dtype == object else set()
    return not types.isdisjoint(COLLECTIONS)


def form_of_column(column, kept, classes):
    """Decide what a column of rows is: by the first fit, or else by what the rows hold."""
    if not is_nested(column):
        return SEVERAL if kept is not None and kept.form == SEVERAL and not len(column) else ONE
    types = set(map(type, column))
    if not types.isdisjoint(SET_TYPES):
        return SEVERAL
    if kept is None:
        return COLUMNS if are_matrix_rows(column, classes) else SEVERAL
    # After a first fit, the values of some rows decide nothing but whether they are names.
    rows = [row for row in column if isinstance(row, COLLECTIONS)]
    are_names = any(isinstance(entry, str) for entry in chain.from_iterable(rows))
    return COLUMNS if kept.form == COLUMNS and not are_names else SEVERAL


def are_matrix_rows(column, classes):
    """Return whether lists or tuples are rows of zeros and ones, and no sets of labels.

    Sets are of no common length as a rule, and repeat no label. Where the classes are
    named, rows that hold these alone, none twice, are sets.
    """
    if not all(isinstance(row, COLLECTIONS) for row in column):
        return False
    lengths = set(map(len, column))
    if len(lengths) > 1 or min(lengths) < 2:
        return False
    try:
        cells = set(chain.from_iterable(column))
    except TypeError:
        return False
    if not all(is_missing(cell) or is_cell(cell) for cell in cells):
        return False
    if classes is None:
        return True
    named = cells <= set(classes.tolist()) and all(len(set(row)) == len(row) for row in column)
    return len(classes) in lengths and not named


def is_cell(value):
    """Return whether a value can be a cell of an indicator matrix."""
    return isinstance(value, (bool, int, float)) and value in (0, 1, -1)


def matrix_of_rows(column, kept, name):
    """Put lists or tuples together to an indicator matrix."""
    width = len(column[0]) if kept is None else len(kept.classes)
    for i, row in enumerate(column):
        if not isinstance(row, COLLECTIONS) or len(row) != width:
            raise ValueError(
                f"{name}[{i}] must be a row of an indicator matrix with {width} columns, as in the "
                f"first fit; got {row!r}. Sets of labels are given as sets there."
            )
    return check_matrix(np.asarray(column.tolist()), name, kept=kept is not None)


def refuse_other_form(form, given, values, name):
    """Raise if rows have one label and the first fit had several, or the other way round."""
    if form is None or (form == ONE) == (given == ONE):
        return
    got = f"an array of shape {values.shape}"
    if given != COLUMNS or values.ndim == 1:
        got = f"{values[:1].tolist()[0]!r} as {name}[0]" if len(values) else "no rows"
    expected = "one label per row" if form == ONE else "several labels per row"
    advice = (
        "Take the label out of its list."
        if form == ONE
        else "Put a single label in a tuple or set."
    )
    raise ValueError(f"{name} must have {expected} as in the first fit; got {got}. {advice}")
