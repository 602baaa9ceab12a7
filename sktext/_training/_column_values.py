"""Columns of a data frame by their kinds, as arrays of numbers and of categories."""

import datetime
from decimal import Decimal
from numbers import Real

import numpy as np

from sktext._frames import column_of, dtype_name, values_of
from sktext._validation import is_missing

NUMBER, CATEGORY, DATE, STRING = "number", "category", "date", "string"
CATEGORICAL = ("category", "categorical", "enum", "dictionary")
EXPECTED = {NUMBER: "a number", DATE: "a date"}
CURES = {
    NUMBER: "Make the column one of numbers, in which None stands for what is missing",
    DATE: "Parse it, as by pandas.to_datetime",
}
WEEKDAY_OF_DAY_0 = 3  # the first of January 1970 was a Thursday


def kind_of(frame, name):
    """Return the kind of a column: "number", "category", "date" or "string".

    Raises
    ------
    TypeError
        If its first value is none of these.
    """
    column = column_of(frame, name)
    if dtype_name(column).startswith(CATEGORICAL):
        return CATEGORY
    kind = np.asarray(column).dtype.kind
    if kind in "fiubM":
        return {"b": CATEGORY, "M": DATE}.get(kind, NUMBER)
    for row, value in enumerate(values_of(column)):
        if not is_missing(value):
            return kind_of_value(value, f"X[{name!r}][{row}]")
    return CATEGORY


def kind_of_value(value, place):
    """Return the kind of a column by one of its values."""
    kinds = {
        (bool, np.bool_): CATEGORY,
        (Real, Decimal): NUMBER,
        str: STRING,
        (datetime.date, np.datetime64): DATE,
    }
    for types, kind in kinds.items():
        if isinstance(value, types):
            return kind
    raise TypeError(
        f"{place} must be a number, a str, a bool or a date; got {type(value).__name__} "
        f"{value!r:.60}. Leave the column out, or set columns: to a list of the others, if it has "
        "the texts, or to a transformer that reads it."
    )


def read_columns(frame, kinds, name="X"):
    """Read columns of known kinds.

    Parameters
    ----------
    frame : data frame
    kinds : dict of str to str
        Strings are categories.
    name : str
        What to call the frame in messages.

    Returns
    -------
    numbers : ndarray of shape (n_rows, n_numbers), float64
        NaN is a missing value.
    categories : ndarray of shape (n_rows, n_categories), object
        Strings; None is a missing value.
    """
    numbers, categories = [], []
    for column_name, kind in kinds.items():
        column, place = column_of(frame, column_name), f"{name}[{column_name!r}]"
        if kind == NUMBER:
            numbers.append(as_numbers(column, place))
        elif kind == DATE:
            days, *parts = parts_of_dates(column, place)
            numbers.append(days)
            categories += parts
        else:
            categories.append(as_categories(values_of(column)))
    n_rows = frame.shape[0]
    return stacked(numbers, n_rows, np.float64), stacked(categories, n_rows, object)


def names_of_columns(kinds):
    """Return the names of the columns of the two arrays of ``read_columns``."""
    numbers = [name for name, kind in kinds.items() if kind in (NUMBER, DATE)]
    categories = []
    for name, kind in kinds.items():
        if kind == DATE:
            categories += [f"{name}_hour", f"{name}_weekday"]
        elif kind != NUMBER:
            categories.append(name)
    return numbers, categories


def stacked(columns, n_rows, dtype):
    """Put columns side by side; there may be none."""
    return np.column_stack(columns) if columns else np.empty((n_rows, 0), dtype=dtype)


def as_numbers(column, place):
    """Return a column as float64, with NaN for what is missing."""
    array = np.asarray(column)
    if array.dtype.kind not in "fiub":
        found = [as_number(value, row, place) for row, value in enumerate(values_of(column))]
        array = np.array(found, dtype=np.float64)
    array = array.astype(np.float64)
    for row in np.flatnonzero(np.isinf(array))[:1]:
        raise ValueError(f"{place}[{row}] must be finite; got {array[row]}. Limit it, or drop it.")
    return array


def as_number(value, row, place):
    """Return a number as a float, and NaN for what is missing."""
    if isinstance(value, (Real, Decimal, np.bool_)):
        return float(value)
    return np.nan if is_missing(value) else refuse_value(value, row, place, NUMBER)


def as_categories(values):
    """Return values as strings, those of numbers alike with and without a missing one."""
    array = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        if isinstance(value, float) and value.is_integer():
            array[row] = str(int(value))
        else:
            array[row] = None if is_missing(value) else str(value)
    return array


def parts_of_dates(column, place):
    """Return days since 1970 as numbers, and the hours and the weekdays as categories."""
    moments = as_moments(column, place)
    missing = np.isnat(moments)
    seconds = np.where(missing, 0, moments.astype(np.int64))
    days, seconds_of_day = np.divmod(seconds, 86400)
    hours, weekdays = seconds_of_day // 3600, (days + WEEKDAY_OF_DAY_0) % 7
    parts = [np.where(missing, None, part.astype(str).astype(object)) for part in (hours, weekdays)]
    return [np.where(missing, np.nan, seconds / 86400), *parts]


def as_moments(column, place):
    """Return dates as the clock on the wall has them, in seconds."""
    array = np.asarray(column)
    if array.dtype.kind != "M":
        found = [as_moment(value, row, place) for row, value in enumerate(values_of(column))]
        array = np.array(found, dtype="datetime64[s]")
    return array.astype("datetime64[s]")


def as_moment(value, row, place):
    """Return a date or a moment without its time zone."""
    if is_missing(value):
        return np.datetime64("NaT", "s")
    if isinstance(value, datetime.datetime):
        return np.datetime64(value.replace(tzinfo=None), "s")
    if isinstance(value, (datetime.date, np.datetime64)):
        return np.datetime64(value, "s")
    return refuse_value(value, row, place, DATE)


def refuse_value(value, row, place, kind):
    """Raise, saying what is in the place of a number or a date."""
    raise TypeError(
        f"{place}[{row}] must be {EXPECTED[kind]}, as fit has found in this column; got "
        f"{type(value).__name__} {value!r:.60}. {CURES[kind]}."
    )
