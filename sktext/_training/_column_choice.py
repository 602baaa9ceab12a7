"""Which column of a data frame has the texts, and which ones stand beside them."""

from sktext._frames import column_of, is_frame, names_of, values_of
from sktext._training._column_encoder import ColumnEncoder
from sktext._training._column_values import STRING, kind_of
from sktext._training._columns import Columns
from sktext._training._given_transformer import GivenTransformer

# Strings are categories if they have at most so many different values, and one for two rows.
MAX_CATEGORIES = 50


def choose_columns(X, columns, name="X"):
    """Decide by the rows of the first fit what is read.

    Parameters
    ----------
    X : array-like
    columns : "auto", list of str, transformer or None
        As classifiers of texts take it.
    name : str
        What to call the rows in messages.

    Returns
    -------
    chosen : Columns or None
        Not fitted; None if there are texts alone.

    Raises
    ------
    TypeError, ValueError
        If it cannot be told, with the columns to choose from.
    """
    is_free = columns is None or isinstance(columns, str)
    if not is_frame(X) or (X.shape[1] == 1 and is_free):
        if not is_free:
            raise TypeError(
                f"columns={columns!r} needs a data frame, in which columns have names; {name} is "
                f"{type(X).__name__}. Leave columns out for texts alone."
            )
        return None
    names = checked_names(X, name)
    if columns is None:
        raise ValueError(
            f"columns=None reads texts alone, and {name} has the columns {names}. Select the "
            "column of texts, or set columns='auto' or to a list of those to read beside it."
        )
    if isinstance(columns, list):
        return by_names(X, names, columns, name)
    if isinstance(columns, str):
        kinds = {column: kind_of(X, column) for column in names}
        text = text_among(X, [column for column in names if kinds[column] == STRING], name, names)
        del kinds[text]
        return Columns(text, list(kinds), names, ColumnEncoder(kinds))
    text = text_beside(X, names, columns, name)
    others = [column for column in names if column != text]
    return Columns(text, others, names, GivenTransformer(columns, others))


def checked_names(X, name):
    """Return the names of the columns; raise if they do not tell columns apart."""
    names = names_of(X)
    if not all(isinstance(column, str) for column in names) or len(set(names)) < len(names):
        raise ValueError(
            f"The columns of {name} must have different names of type str; got {names}. Rename "
            "them, or select the column of texts."
        )
    return names


def by_names(X, names, given, name):
    """Take the named columns, and the single other one for the texts."""
    unknown = [column for column in given if column not in names]
    if unknown:
        raise ValueError(f"columns has {unknown}, and {name} has the columns {names} only.")
    others = [column for column in names if column not in given]
    if len(others) != 1:
        raise ValueError(
            f"columns must name all columns of {name} but that of the texts; it leaves {others}. "
            f"Add to columns what is to be read beside the texts, or drop it from {name}."
        )
    text = others[0]
    if not given:
        return None
    encoder = ColumnEncoder({column: kind_of(X, column) for column in given})
    return Columns(text, given, names, encoder)


def text_beside(X, names, transformer, name):
    """Return the column of texts: the one that a transformer does not name, or that of strings."""
    named = set()
    for _, _, some in getattr(transformer, "transformers", ()):
        if isinstance(some, (str, list, tuple)):
            named |= {some} if isinstance(some, str) else set(some)
    others = [column for column in names if column not in named]
    if len(others) == 1:
        return others[0]
    strings = [column for column in others if kind_of(X, column) == STRING]
    return text_among(X, strings, name, names)


def text_among(X, strings, name, names):
    """Return the single column of strings that is none of categories."""
    found = strings
    if len(strings) > 1:
        found = [column for column in strings if not has_few_values(X, column)]
    if len(found) == 1:
        return found[0]
    if not strings:
        raise ValueError(
            f"{name} must have a column of texts, and none of its columns {names} has strings "
            "that are no categories. Set columns to a list of all but that of the texts."
        )
    candidates = found or strings
    example = [column for column in names if column != candidates[0]]
    raise ValueError(
        f"{name} must have one column of texts, and it could be any of {candidates}. Set columns "
        f"to a list of those that stand beside the texts, as in columns={example}, or select the "
        "columns to read."
    )


def has_few_values(X, column):
    """Return whether strings recur as those of categories do."""
    values = values_of(column_of(X, column))
    return len({value for value in values if isinstance(value, str)}) <= min(
        MAX_CATEGORIES, len(values) / 2
    )
