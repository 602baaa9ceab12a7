"""Collections of rows of any kind, from which rows can be taken safely."""

import numpy as np
from scipy import sparse
from sklearn.utils import indexable

from sktext._beside_texts import TextsAndColumns
from sktext._sklearn import safe_indexing
from sktext._texts import is_unordered
from sktext._token_rows import TokenRows


def rows_of(X, name="X"):
    """Return rows of any kind in a container from which some can be taken.

    Parameters
    ----------
    X : list, array, data frame, sparse matrix, or other collection of rows
    name : str, default="X"
        What to call it in messages.

    Returns
    -------
    rows : same type as X, or list
        A list where X can only be iterated over, or takes no integers of NumPy.

    Raises
    ------
    TypeError, ValueError
        If X is no collection of rows in an order, or a broken sparse matrix.
    """
    if isinstance(X, (str, bytes)):
        raise ValueError(
            f"{name} must be a sequence of rows; got a single {type(X).__name__}. Put it in a "
            f"list: [{name}]."
        )
    if sparse.issparse(X):
        return check_sparse(X, name)
    if isinstance(X, (list, tuple)) or hasattr(X, "to_pylist") or len(getattr(X, "shape", ())):
        return X
    if not (hasattr(X, "shape") or is_unordered(X)):
        if hasattr(X, "__array__"):
            return rows_of(np.asarray(X), name)
        if hasattr(X, "__len__") and hasattr(X, "__getitem__"):
            return X if takes_integers(X) else items_of(X)
        if hasattr(X, "__iter__"):
            return list(X)
    raise TypeError(
        f"{name} must be a sequence of rows; got {type(X).__name__}. Give a list, an array or a "
        "column."
    )


def indexable_labels(y):
    """Return labels in a container from which arrays of numbers take some.

    What is no sequence of labels stays what it is, for the reader of labels to speak of.

    Parameters
    ----------
    y : sequence of any kind

    Returns
    -------
    y : sequence
    """
    if y is None or isinstance(y, (str, bytes)):
        return y
    others = ("name", "columns", "to_pylist")
    if hasattr(y, "to_numpy") and not any(hasattr(y, name) for name in others):
        return y.to_numpy()  # an array of pandas, whose own indexing has its ways
    try:
        (y,) = indexable(rows_of(y, "y"))
    except TypeError:
        return y
    return y


def takes_integers(X):
    """Return whether a sequence takes integers of NumPy, as splitters and samplers give them."""
    try:
        X[np.int64(0)]
    except TypeError:
        return False
    except IndexError:
        return True
    return True


def items_of(X):
    return list(X) if hasattr(X, "__iter__") else [X[row] for row in range(len(X))]


def check_sparse(X, name="X"):
    """Check that a sparse matrix points to no place outside of it, before compiled code reads it.

    Parameters
    ----------
    X : sparse matrix or array of any format
    name : str, default="X"
        What to call it in messages.

    Returns
    -------
    X : same matrix, or its rows as CSR where the format cannot be checked as it is

    Raises
    ------
    ValueError
        If it does, saying where.
    """
    if X.ndim != 2:
        return X  # of which scikit-learn speaks
    if X.format in ("csr", "csc"):
        check_compressed(X, name)
    elif X.format == "coo":
        for axis, places in enumerate((X.row, X.col)):
            check_places(places, X.shape[axis], ("row", "column")[axis], name)
    elif X.format == "bsr":
        check_compressed(X, name, X.blocksize)
    elif X.format in ("lil", "dok"):
        X = X.tocoo() if X.format == "dok" else X.tocsr()
        return check_sparse(X, name)
    return X


def check_compressed(X, name, blocksize=(1, 1)):
    """Check a matrix that is kept by rows or columns, or by rows of blocks."""
    n_major, n_minor = X.shape[0] // blocksize[0], X.shape[1] // blocksize[1]
    kind, of = ("column", "rows") if X.format != "csc" else ("row", "columns")
    if X.format == "csc":
        n_major, n_minor = n_minor, n_major
    ends, n_values = X.indptr, min(len(X.indices), len(X.data))
    rises = len(ends) == n_major + 1 and ends[0] == 0 and ends[-1] <= n_values
    if not (rises and (ends[1:] >= ends[:-1]).all()):
        raise ValueError(
            f"indptr of {name} must have {n_major + 1} numbers, one more than there are {of}, that "
            f"rise from 0 to the number of values, {n_values}, at most; got {len(ends)} numbers, "
            f"from {ends[0] if len(ends) else None} to {ends[-1] if len(ends) else None}. "
            "Build the matrix anew."
        )
    check_places(X.indices[: ends[-1]], n_minor, kind, name)


def check_places(places, n_places, kind, name):
    """Name the first place of a value that is outside of the matrix."""
    if len(places) and not 0 <= places.min() <= places.max() < n_places:
        wrong = np.flatnonzero((places < 0) | (places >= n_places))[0]
        raise ValueError(
            f"The {kind}s of the values of {name} must be from 0 to {n_places - 1}; value {wrong} "
            f"is in {kind} {places[wrong]}. Build the matrix anew, with its shape given."
        )


def take_rows(X, rows):
    """Take rows of any container; a tuple stays a tuple."""
    if isinstance(X, TokenRows):
        return X[rows]
    if isinstance(X, TextsAndColumns):
        columns = tuple(take_rows(part, rows) for part in X.columns)
        return TextsAndColumns(take_rows(X.texts, rows), columns)
    if hasattr(X, "to_pylist"):  # pyarrow
        try:
            return X.take(rows)
        except NotImplementedError:  # for string_view
            texts = X.to_pylist()
            return arrow_rows(X, [texts[row] for row in np.arange(len(texts))[rows].tolist()])
    if type(X).__module__.split(".")[0] == "pandas" and not hasattr(X, "iloc"):  # Index, array
        return X.take(np.arange(len(X))[rows])
    if not (isinstance(X, (list, tuple)) or hasattr(X, "shape")):  # numbers of NumPy may be refused
        return [X[row] for row in np.arange(len(X))[rows].tolist()]
    taken = safe_indexing(X, rows)
    return tuple(taken) if isinstance(X, tuple) else taken


def arrow_rows(like, rows):
    """Make an array, column or table of pyarrow, of the type of another."""
    if hasattr(like, "schema"):
        return type(like).from_pylist(rows, schema=like.schema)
    import pyarrow

    made = pyarrow.array(rows, like.type)
    return pyarrow.chunked_array([made]) if hasattr(like, "chunks") else made
