"""Checks of what the user gives; the one file that knows scikit-learn's private helpers."""

import numpy as np
from scipy import sparse
from sklearn.base import _fit_context as fit_context
from sklearn.model_selection._split import _validate_shuffle_split as shuffle_split_sizes
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

from sktext._rows import check_sparse
from sktext._texts import check_texts, is_missing

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
    if sparse.issparse(X):
        X = check_sparse(X)
    first = X[0] if isinstance(X, (list, tuple, np.ndarray)) and len(X) else None
    if isinstance(first, str):
        raise ValueError(
            f"X must be a matrix of numbers; X[0] is the text {first[:30]!r}. For texts use "
            "TfidfTorchClassifier with a vectorizer."
        )
    return validate_data(
        estimator, X, accept_sparse="csr", dtype=(np.float64, np.float32), reset=reset
    )
