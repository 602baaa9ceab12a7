"""Labels of rows to closed indicators, and back."""

import numpy as np
from scipy import sparse

from sktext._labels._hierarchy._hierarchy import Hierarchy, as_hierarchy
from sktext._labels._opening import column_of, open_labels
from sktext._validation import is_missing


def rows_of_labels(y):
    """Read labels given one or several per row.

    Parameters
    ----------
    y : array-like of shape (n_samples,), or sequence of lists or sets of labels
        Or a table with a column per level, each row a path; blanks come last in it.

    Returns
    -------
    rows : list of n_samples lists of labels
    one_each : bool
        Whether every row was given as one label.
    """
    if isinstance(y, str | bytes):
        raise ValueError(f"y must be a sequence of labels; got the single {y!r}. Give [{y!r}].")
    values = paths_of_table(y) if is_table(y) else open_labels(y)
    if values.ndim != 1:
        raise ValueError(
            f"y must have one label, or one list of labels, for each row; got an array of shape "
            f"{values.shape}."
        )
    entries = values.tolist()
    one_each = not any(isinstance(entry, list | set | frozenset) for entry in entries)
    rows = [[entry] if one_each else as_row(entry, i) for i, entry in enumerate(entries)]
    for i, row in enumerate(rows):
        if any(label is None or label != label for label in row):
            raise ValueError(f"y[{i}] is missing, {row}; drop the row or give its label.")
        if any(isinstance(label, float) and not label.is_integer() for label in row):
            raise ValueError(
                f"y[{i}] is {row[0]}: y holds continuous values, not labels. Bin them into "
                "classes, or write them as str."
            )
    return rows, one_each


def as_row(entry, place):
    """Read the labels of one row where rows have several."""
    if isinstance(entry, list | set | frozenset):
        if len(set(entry)) < len(entry):
            raise ValueError(
                f"y[{place}] repeats a label: {entry!r}. Give each label once; if this is a row of "
                "an indicator matrix, make y an array."
            )
        return list(entry)
    raise ValueError(
        f"y[{place}] is {entry!r}, while other rows are lists of labels; give [{entry!r}]."
    )


def is_indicator(y):
    """Return whether labels are given as a matrix of columns."""
    return len(getattr(y, "shape", ())) == 2


def is_table(y):
    """Return whether labels are a matrix of names, with a column per level."""
    if not is_indicator(y) or sparse.issparse(y):
        return False
    values = open_labels(y)
    return not (values.dtype.kind in "biuf" and np.isin(values, (-1, 0, 1)).all())


def paths_of_table(y):
    """Read each row of a table as a path, down to where its blanks begin."""
    paths = []
    for i, row in enumerate(open_labels(y).tolist()):
        blank = [is_missing(name) or name == "" for name in row]
        depth = blank.index(True) if any(blank) else len(row)
        if not depth or not all(blank[depth:]):
            raise ValueError(
                f"y[{i}] is {row}, and a row of a table with a column per level must be filled "
                "from the top down. Drop the row, or name the levels that are blank."
            )
        whole = (isinstance(name, float) and name.is_integer() for name in row[:depth])
        path = (int(name) if w else name for name, w in zip(row, whole, strict=False))
        paths.append(tuple(path))
    return column_of([path[0] for path in paths] if len(row) == 1 else paths)


def read_columns(hierarchy, y, name="y"):
    """Write an indicator matrix, sparse or a data frame, as a closed one.

    Parameters
    ----------
    hierarchy : Hierarchy
    y : array-like or sparse matrix of shape (n_samples, n_labels)
        Columns in the order of the hierarchy; those of a data frame go by their names.
    name : str, default="y"
        What to call the matrix in messages.

    Returns
    -------
    indicator : ndarray of shape (n_samples, n_labels), int64

    Raises
    ------
    ValueError
        If the columns are not those of the hierarchy, or hold no indicators.
    """
    names = getattr(y, "columns", None)
    if names is not None:
        if set(names) != set(hierarchy.labels):
            raise ValueError(
                f"{name} has the columns {list(names)}, and the hierarchy the labels "
                f"{list(hierarchy.labels)}. Give a column for each label, by its name."
            )
        y = y[list(hierarchy.labels)]
    matrix = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
    if matrix.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} is a matrix of {matrix[:1, 0].tolist()}, not of zeros and ones. Give paths as "
            "a list of tuples, several labels as a list of lists."
        )
    return hierarchy.close(matrix.astype(np.int64))


def encode(hierarchy, rows, name="y"):
    """Write labels of rows as an indicator, with all labels above them.

    Parameters
    ----------
    hierarchy : Hierarchy
    rows : list of n_samples lists of labels
    name : str, default="y"
        What to call the rows in messages.

    Returns
    -------
    indicator : ndarray of shape (n_samples, n_labels), int64

    Raises
    ------
    ValueError
        If a label is not in the hierarchy.
    """
    indicator = np.zeros((len(rows), len(hierarchy)), dtype=np.int64)
    for i, row in enumerate(rows):
        for label in row:
            if label not in hierarchy.numbers:
                raise ValueError(
                    f"{name}[{i}] has the label {label!r}, which is not among the {len(hierarchy)} "
                    f"labels of the hierarchy, such as {hierarchy.labels[0]!r}. Correct it, or add "
                    "it with its parent."
                )
            indicator[i, hierarchy.numbers[label]] = 1
    return hierarchy.close(indicator)


def decode(hierarchy, indicator):
    """Name the labels of an indicator.

    Returns
    -------
    rows : list of n_samples lists of labels
        In the order of the hierarchy.
    """
    return [[hierarchy.labels[j] for j in np.flatnonzero(row)] for row in indicator]


def closed_pair(y_true, y_pred, hierarchy, separator):
    """Write true and predicted labels as closed indicators of one hierarchy.

    Parameters
    ----------
    y_true, y_pred : labels, lists of labels, or indicator matrices
    hierarchy : Hierarchy, dict or None
        None is the hierarchy of the paths in both.
    separator : str

    Returns
    -------
    hierarchy : Hierarchy
    true, predicted : ndarrays of shape (n_samples, n_labels)
    """
    names = ("y_true", "y_pred")
    read = [
        None
        if is_indicator(y) and (hierarchy is not None or not is_table(y))
        else rows_of_labels(y)[0]
        for y, name in zip((y_true, y_pred), names, strict=True)
    ]
    if hierarchy is None:
        if None in read:
            raise ValueError(
                "Indicator matrices do not say which label is above which; give hierarchy=."
            )
        hierarchy = Hierarchy.from_paths(
            (p for rows in read for row in rows for p in row), separator
        )
    hierarchy = as_hierarchy(hierarchy)
    true, predicted = (
        read_columns(hierarchy, y, name) if rows is None else encode(hierarchy, rows, name)
        for y, rows, name in zip((y_true, y_pred), read, names, strict=True)
    )
    if len(true) != len(predicted):
        raise ValueError(f"y_true has {len(true)} rows and y_pred {len(predicted)}.")
    return hierarchy, true, predicted
