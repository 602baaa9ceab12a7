"""Checks of what the user gives; the one file that knows scikit-learn's private helpers."""

import numpy as np
from scipy import sparse
from sklearn.base import _fit_context as fit_context
from sklearn.model_selection._split import _validate_shuffle_split as shuffle_split_sizes
from sklearn.utils import indexable
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)
from sklearn.utils.validation import _check_sample_weight, _num_samples, validate_data

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "check_matrix",
    "check_parameters",
    "check_same_length",
    "check_sample_weight",
    "check_texts",
    "fit_context",
    "indexable_rows",
    "is_missing",
    "shuffle_split_sizes",
    "validate_params",
    "weights_or_ones",
]


def check_parameters(component):
    """Check the parameters of a component against its ``_parameter_constraints``."""
    validate_parameter_constraints(
        component._parameter_constraints,
        component.get_params(deep=False),
        caller_name=type(component).__name__,
    )


def check_texts(X, name="X"):
    """Check a collection of texts and return it as a list of str.

    Parameters
    ----------
    X : list, tuple, array, Series, pyarrow or polars column, or one 2-D column
        The texts.
    name : str, default="X"
        What to call it in messages.

    Returns
    -------
    texts : list of str

    Raises
    ------
    ValueError, TypeError
        Saying which text is not one, and what to do.
    """
    if isinstance(X, (str, bytes)):
        raise ValueError(
            f"{name} must be a sequence of texts; got a single {type(X).__name__}. "
            f"Put it in a list: [{name}]."
        )
    texts = _to_list(X, name)
    if not texts:
        raise ValueError(f"{name} has no texts: 0 sample(s), while a minimum of 1 is required.")
    if not set(map(type, texts)) <= {str}:
        _refuse_first_non_text(texts, name)
    return texts


def _to_list(X, name):
    """Spell any container of texts as a list, without ever copying to fixed width."""
    if sparse.issparse(X):
        raise TypeError(
            f"{name} must be a sequence of texts; got a sparse matrix. For numeric features use "
            "TorchClassifier, or vectorizer='passthrough'."
        )
    if isinstance(X, (list, tuple)):
        nested = len(X) and isinstance(X[0], (list, tuple, np.ndarray))
        return _one_column(np.asarray(X, dtype=object), name).tolist() if nested else list(X)
    if hasattr(X, "iloc"):  # pandas
        return _one_column(X, name).tolist()
    for to_list in ("to_pylist", "to_list", "tolist"):  # pyarrow, polars, numpy
        if hasattr(X, to_list) and len(getattr(X, "shape", (0,))) == 1:
            return getattr(X, to_list)()
    if hasattr(X, "to_numpy") or hasattr(X, "__array__"):
        array = X.to_numpy() if hasattr(X, "to_numpy") else np.asarray(X)
        return _one_column(array, name).tolist()
    if hasattr(X, "__iter__") and not isinstance(X, (dict, set)):
        return list(X)
    raise TypeError(
        f"{name} must be a sequence of texts; got {type(X).__name__}. Give a list, an array or "
        "a column of str."
    )


def _one_column(X, name):
    if X.ndim == 2 and X.shape[1] == 1:
        return X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0]
    if X.ndim != 1:
        raise ValueError(
            f"{name} must be one column of texts; got an array of shape {tuple(X.shape)}. Select "
            "the text column, or join the columns into one."
        )
    return X


def _refuse_first_non_text(texts, name):
    for row, text in enumerate(texts):
        if isinstance(text, str):
            continue
        if isinstance(text, bytes):
            raise TypeError(
                f"{name}[{row}] must be a str; got bytes {text[:20]!r}. Decode it first, as in "
                "text.decode('utf-8')."
            )
        if is_missing(text):
            raise ValueError(
                f"{name}[{row}] must be a str; got {text}. Drop the row, or fill it with ''."
            )
        raise TypeError(
            f"{name}[{row}] must be a str; got {type(text).__name__} {text!r}. For numeric "
            "features use TorchClassifier, or vectorizer='passthrough'."
        )


def is_missing(value):
    """Tell whether a value stands for none: None, NaN, or pandas' NA and NaT."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def check_same_length(n_samples, y, name="y", rows="X"):
    """Check that ``y`` has one entry per sample."""
    n_labels = y.shape[0] if hasattr(y, "shape") else len(y)
    if n_labels != n_samples:
        raise ValueError(
            f"{rows} and {name} have inconsistent numbers of samples: {rows} has {n_samples}, "
            f"{name} has {n_labels}. Give one entry of {name} for each row of {rows}."
        )


def check_sample_weight(sample_weight, X):
    """Check sample weights and return them as float64, or None if there are none.

    Parameters
    ----------
    sample_weight : array-like of shape (n_samples,), float or None
    X : sequence of length n_samples
        What the weights belong to.

    Returns
    -------
    weight : ndarray of shape (n_samples,) or None
    """
    if sample_weight is None:
        return None
    given = np.asarray(sample_weight)
    if given.dtype.kind in "OUST":
        try:
            sample_weight = given = given.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"sample_weight must hold numbers; {error}.") from error
    if given.ndim == 1:
        check_same_length(_num_samples(X), given, "sample_weight")
    if given.dtype.kind in "fiu" and given.ndim == 1:
        refuse_bad_weights(given)
    return _check_sample_weight(sample_weight, X, dtype=np.float64)


def weights_or_ones(sample_weight, X):
    """Check sample weights as ``check_sample_weight`` does; if there are none, give ones."""
    weight = check_sample_weight(sample_weight, X)
    return np.ones(_num_samples(X)) if weight is None else weight


def refuse_bad_weights(weight):
    """Name the first weight that is not a number of at least zero."""
    for row in np.flatnonzero(~np.isfinite(weight))[:1]:
        raise ValueError(
            f"sample_weight[{row}] must be a number; got {weight[row]} (NaN or infinity). "
            "Give 0 to leave the row out."
        )
    for row in np.flatnonzero(weight < 0)[:1]:
        raise ValueError(
            f"sample_weight[{row}] must not be negative; got {weight[row]}. Give 0 to leave the "
            "row out."
        )
    if len(weight) and not weight.any():
        raise ValueError("All entries of sample_weight are zero; at least one must be positive.")


def check_matrix(estimator, X, reset):
    """Check numeric rows of an estimator; sparse ones come back as CSR."""
    first = X[0] if isinstance(X, (list, tuple, np.ndarray)) and len(X) else None
    if isinstance(first, str):
        raise ValueError(
            f"X must be a matrix of numbers; X[0] is the text {first[:30]!r}. For texts use "
            "TfidfTorchClassifier with a vectorizer."
        )
    return validate_data(
        estimator, X, accept_sparse="csr", dtype=(np.float64, np.float32), reset=reset
    )


def indexable_rows(X):
    """Make rows ready to be taken by arrays of numbers.

    Parameters
    ----------
    X : sequence of any kind
        Lists, arrays, matrices and columns of data libraries stay what they are; what knows
        no more than whole numbers and slices, or only hands out its rows, becomes a list.

    Returns
    -------
    X : sequence
    """
    known = ("shape", "iloc", "to_pylist", "__array__")
    is_known = isinstance(X, (list, tuple, str, bytes, dict))
    is_sequence = hasattr(X, "__iter__") or hasattr(X, "__getitem__")
    if is_sequence and not is_known and not any(hasattr(X, name) for name in known):
        return list(X)
    others = ("name", "columns", "to_pylist")
    if hasattr(X, "to_numpy") and not any(hasattr(X, name) for name in others):
        return X.to_numpy()  # an array of pandas, whose own indexing has its ways
    (X,) = indexable(X)
    return X
