"""Data frames of pandas, polars and pyarrow, read by the names of their columns."""

from sktext._texts import list_method


def is_frame(X):
    """Return whether something is a table whose columns have names."""
    has_names = hasattr(X, "columns") or hasattr(X, "column_names")
    return has_names and len(getattr(X, "shape", ())) == 2


def names_of(frame):
    """Return the names of the columns of a data frame."""
    return list(frame.column_names if hasattr(frame, "column_names") else frame.columns)


def column_of(frame, name):
    """Return a column of a data frame, as its package has it."""
    return frame.column(name) if hasattr(frame, "column_names") else frame[name]


def with_columns_only(frame, names):
    """Return a data frame of some columns, in the order of their names."""
    return frame.select(names) if hasattr(frame, "column_names") else frame[names]


def values_of(column):
    """Return the values of a column as a list of Python's objects."""
    values = list_method(column)
    return list(column) if values is None else values()


def dtype_name(column):
    """Return the name of the type of a column in small letters."""
    return str(getattr(column, "dtype", getattr(column, "type", ""))).lower()
