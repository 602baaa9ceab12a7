"""Any container of labels, opened to a matrix or to a column of rows."""

import numpy as np
from scipy import sparse

from sktext._labels._containers import is_frame

# What a row of a column is once it is opened: one label, or one of these.
SETS = (set, frozenset)
COLLECTIONS = (*SETS, list, tuple)
PLAIN = {str, int, float, bool, type(None), *COLLECTIONS}


def open_labels(y, name="y"):
    """Open a container of labels, without a look at what they mean.

    Parameters
    ----------
    y : array-like, sparse matrix, data frame, iterable
    name : str, default="y"
        What to call it in messages.

    Returns
    -------
    values : ndarray of shape (n_samples,) or (n_samples, n_columns)
        A column of objects has rows that are single labels, sets, frozensets, lists or
        tuples, whatever they were given in.
    """
    refuse_no_sequence(y, name)
    if sparse.issparse(y):
        values = y.toarray()
    elif is_frame(y):
        values = open_frame(y, name)
    elif hasattr(y, "to_pylist"):  # pyarrow
        values = column_of(y.to_pylist())
    elif hasattr(y, "to_numpy"):  # pandas, polars
        values = y.to_numpy()
        if values.ndim != len(y.shape):  # a column whose rows are of one length each
            values = column_of(list(values))
    elif hasattr(y, "__array__"):
        values = np.asarray(y)
    else:
        values = column_of(list(y))
    if values.ndim not in (1, 2):
        raise ValueError(
            f"{name} must have one or two dimensions; got an array of shape {values.shape}."
        )
    if values.dtype.kind == "T":
        values = values.astype(object)
    return opened_rows(values, name) if values.ndim == 1 and values.dtype == object else values


def refuse_no_sequence(y, name):
    """Raise for what is no sequence with an entry per row."""
    if y is None:
        raise ValueError(
            f"This classifier requires y to be passed, but the target {name} is None. Give one "
            "label per sample."
        )
    if isinstance(y, (str, bytes)):
        raise ValueError(
            f"{name} must be a sequence of labels; got a single {type(y).__name__}. Put it in a "
            f"list: [{name}]."
        )
    if isinstance(y, (dict, *SETS)):
        raise TypeError(
            f"{name} must be a sequence with an entry per row; got a {type(y).__name__}, whose "
            "order says nothing of the rows. Give a list."
        )
    is_sequence = any(hasattr(y, method) for method in ("__iter__", "__getitem__", "__array__"))
    # An array of no dimension has the methods of a sequence, and one value.
    if getattr(y, "shape", None) == () or not is_sequence:
        raise TypeError(
            f"{name} must be a sequence with an entry per row; got the single {y!r}. Put it in a "
            f"list: [{name}]."
        )


def open_frame(frame, name):
    """Open a data frame; one of a single column is a column, as rows are there."""
    if frame.shape[1] == 1:
        names = getattr(frame, "column_names", frame.columns)
        column = frame.iloc[:, 0] if hasattr(frame, "iloc") else frame[names[0]]
        column = open_labels(column, name)
        return column[:, None] if column.ndim == 1 else column
    if hasattr(frame, "column_names"):  # pyarrow
        columns = [column_of(column.to_pylist()) for column in frame.columns]
        return np.stack(columns, axis=1)
    return frame.to_numpy() if hasattr(frame, "to_numpy") else np.asarray(frame)


def column_of(rows):
    """Put rows into an array of objects, whatever they are."""
    return np.fromiter(rows, dtype=object, count=len(rows))


def opened_rows(column, name):
    """Write every row as a single label or as one of a few plain collections."""
    if set(map(type, column)) <= PLAIN:
        return column
    return column_of([opened_row(row, i, name) for i, row in enumerate(column)])


def opened_row(row, place, name):
    """Write one row, or one label, as Python has it."""
    if type(row) in PLAIN or isinstance(row, (bytes, dict, np.datetime64)):
        return row
    if isinstance(row, str):
        return str.__str__(row)
    if isinstance(row, COLLECTIONS):  # of a class of their own
        kind = next(kind for kind in COLLECTIONS if isinstance(row, kind))
        return kind(row)
    n_dimensions = len(getattr(row, "shape", ()))
    if n_dimensions > 1:
        raise ValueError(
            f"{name}[{place}] is an array of shape {tuple(row.shape)}; a row has one label or a "
            "flat collection of labels."
        )
    if n_dimensions == 0 and hasattr(row, "item"):
        return row.item()
    for to_list in ("tolist", "to_list", "as_py"):
        if hasattr(row, to_list):
            return getattr(row, to_list)()
    return list(row) if hasattr(row, "__iter__") else row
