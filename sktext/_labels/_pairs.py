"""True and predicted labels, read alike for a score."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sktext._labels._labels import Labels
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._labels._opening import SETS, open_labels, opened_rows
from sktext._labels._reading import (
    COLUMNS,
    ONE,
    SEVERAL,
    are_matrix_rows,
    form_of_column,
    is_nested,
)
from sktext._labels._sets import check_label_sets, labels_of_sets, to_indicator
from sktext._labels._single import check_labels, codes_of, sorted_classes
from sktext._typing import LabelsLike
from sktext._validation import check_same_length


class Pair(NamedTuple):
    """True and predicted labels of the same rows.

    Parameters
    ----------
    true, predicted : ndarray of shape (n_samples,) or (n_samples, n_labels), int64
        Numbers of classes, -1 for one that is not among them; or indicator matrices.
    classes : ndarray of shape (n_classes,)
        What the numbers, or the columns, stand for.
    """

    true: np.ndarray
    predicted: np.ndarray
    classes: np.ndarray


def read_pair(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    labels: Labels | ArrayLike | None = None,
    names: tuple[str, str] = ("y_true", "y_pred"),
    *,
    drop_others: bool = False,
) -> Pair:
    """Read true and predicted labels, both in any container, as one form.

    Lists or tuples that may be rows of a matrix as well as sets of labels are what the
    other side is, if that is clear; else sets where ``labels`` has all that they hold and
    none twice in a row; else rows of a matrix.

    Parameters
    ----------
    y_true, y_pred : labels in any container
    labels : Labels or array-like of shape (n_classes,), default=None
        Those of a fitted classifier, which say how labels are read; or the classes, in the
        order of the columns. None takes all that occur.
    names : tuple of (str, str), default=("y_true", "y_pred")
        What to call the two in messages.
    drop_others : bool, default=False
        Whether labels that are not among the classes are left out of sets, or refused.

    Returns
    -------
    pair : Pair
    """
    sides: Sequence[Any] = (y_true, y_pred)
    if not isinstance(labels, Labels):
        columns = [column_or_matrix(y, name) for y, name in zip(sides, names, strict=True)]
        named = None if labels is None else check_labels(open_labels(labels, "labels"), "labels")
        form = common_form(columns, named, names)
        if form == ONE:
            sides = [column.ravel() for column in columns]
        if named is None:
            named = classes_of(columns, form, names)
        labels = Labels(named, None if form == ONE else "multilabel", form)
    rows = [labels.read(y, name) for y, name in zip(sides, names, strict=True)]
    check_same_length(len(rows[1]), rows[0], *names)
    if labels.form == ONE:
        true, predicted = (codes_of(side.values, labels.classes) for side in rows)
        return Pair(true, predicted, labels.classes)
    matrices = [
        labels.encode_known(side)[0] if drop_others else labels.encode(side, name)
        for side, name in zip(rows, names, strict=True)
    ]
    for matrix, name in zip(matrices, names, strict=True):
        refuse_unobserved_cells(matrix, name)
    true, predicted = (matrix.astype(np.int64) for matrix in matrices)
    return Pair(true, predicted, labels.classes)


def read_indicator(
    y: LabelsLike, name: str, labels: ArrayLike | None = None
) -> NDArray[Any] | None:
    """Read several labels per row as an indicator, without a check of its cells.

    Parameters
    ----------
    y : labels in any container
    name : str
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns; sets of labels need them.

    Returns
    -------
    indicator : ndarray of shape (n_samples, n_labels), or None if ``y`` cannot be one
    """
    values = column_or_matrix(y, name)
    if values.ndim == 2:
        return values if values.dtype != object else None
    classes = None if labels is None else check_labels(open_labels(labels, "labels"), "labels")
    form = form_of_column(values, None, classes)
    if form == COLUMNS:
        return np.asarray(values.tolist())
    if form == ONE or classes is None:
        return None
    return to_indicator(check_label_sets(values, name), classes, name).astype(np.int64)


def column_or_matrix(y, name):
    """Open labels; a column whose rows are collections is one of them, not a matrix."""
    values = open_labels(y, name)
    if values.ndim == 2 and values.shape[1] == 1 and values.dtype == object:
        column = opened_rows(values[:, 0], name)
        return column if is_nested(column) else values
    return values


def common_form(columns, named, names):
    """Decide what both sides are."""
    forms = [clear_form(column) for column in columns]
    if ONE in forms:
        for column, form, name in zip(columns, forms, names, strict=True):
            if form != ONE and column.shape[1:] != (1,):
                other = names[1 - names.index(name)]
                raise ValueError(
                    f"{name} has several labels per row and {other} has one. Give both alike."
                )
        return ONE
    if None not in forms:
        return SEVERAL if SEVERAL in forms else COLUMNS
    if forms != [None, None]:
        return next(form for form in forms if form)
    are_rows = any(are_matrix_rows(column, named) for column in columns)
    return COLUMNS if are_rows else SEVERAL


def clear_form(column):
    """Return what labels can only be, or None of rows that may be sets or rows of a matrix."""
    if column.ndim == 2:
        return COLUMNS
    if not is_nested(column):
        return ONE
    are_sets = any(isinstance(row, SETS) for row in column) or not are_matrix_rows(column, None)
    return SEVERAL if are_sets else None


def classes_of(columns, form, names):
    """List the labels that occur on either side, or number the columns."""
    if form == ONE:
        found = set()
        for column, name in zip(columns, names, strict=True):
            found |= set(check_labels(column.ravel(), name).tolist())
        return sorted_classes(found)
    if form == COLUMNS:
        widths = [column.shape[1] if column.ndim == 2 else len(column[0]) for column in columns]
        return np.arange(max(widths))
    return labels_of_sets([row for column in columns if column.ndim == 1 for row in column])
