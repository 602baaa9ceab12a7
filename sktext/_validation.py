"""Checks of what the user gives."""

from collections.abc import Callable
from functools import wraps
from numbers import Real
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from scipy import sparse
from sklearn.utils.validation import validate_data

from sktext._parameter_errors import explain
from sktext._rows import check_sparse
from sktext._sklearn import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    RealNotInt,
    StrOptions,
    check_sample_weight_of_sklearn,
    fit_context_of_sklearn,
    num_samples,
    shuffle_split_sizes,
    validate_parameter_constraints,
)
from sktext._sklearn import validate_params as validate_params_of_sklearn
from sktext._texts import check_texts, is_missing

AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])


class DecoratorFactory(Protocol):
    """A function that makes decorators which keep the signature of what they decorate."""

    def __call__(self, *args: Any, **kwargs: Any) -> Callable[[AnyCallable], AnyCallable]:
        """Make a decorator."""


validate_params: DecoratorFactory = validate_params_of_sklearn

# The largest numbers of float32 and int64.
MAX_NUMBER = float(np.finfo(np.float32).max)
MAX_INT = int(np.iinfo(np.int64).max)

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "check_matrix",
    "check_numbers",
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
    try:
        validate_parameter_constraints(
            component._parameter_constraints,
            component.get_params(deep=False),
            caller_name=type(component).__name__,
        )
    except InvalidParameterError as error:
        raise InvalidParameterError(explain(error, component)) from None


def fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[AnyCallable], AnyCallable]:
    """Decorate a method that fits as scikit-learn does, with more help in its errors.

    Parameters
    ----------
    prefer_skip_nested_validation : bool
        Whether the parameters of inner estimators need no check.

    Returns
    -------
    decorator : callable
    """
    in_context = fit_context_of_sklearn(prefer_skip_nested_validation=prefer_skip_nested_validation)

    def decorator(method: AnyCallable) -> AnyCallable:
        fit = in_context(method)

        @wraps(method)
        def fit_or_explain(estimator, *args, **kwargs):
            try:
                return fit(estimator, *args, **kwargs)
            except InvalidParameterError as error:
                raise InvalidParameterError(explain(error, estimator)) from error.__cause__

        return cast(AnyCallable, fit_or_explain)

    return decorator


def check_numbers(component):
    """Refuse numbers among the parameters of a component that torch cannot compute with."""
    for name, value in component.get_params(deep=False).items():
        kinds = component._parameter_constraints.get(name, [])
        types = {kind.type for kind in kinds if isinstance(kind, Interval)}
        if not (types and isinstance(value, (Real, np.bool_))):
            continue
        largest = MAX_NUMBER if Real in types else MAX_INT
        if isinstance(value, (bool, np.bool_)) or abs(value) > largest:
            shown = repr(value)
            raise ValueError(
                f"The {name!r} parameter of {type(component).__name__} must be a number of at most "
                f"{largest:.1e} in size; got {shown if len(shown) < 30 else shown[:30] + '...'}."
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
    if given.dtype.kind in "cmMV":
        raise ValueError(f"sample_weight must hold real numbers; got an array of {given.dtype}.")
    if given.dtype.kind in "OUST":
        try:
            sample_weight = given = given.astype(np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"sample_weight must hold numbers; {error}.") from error
    if given.ndim == 1:
        check_same_length(num_samples(X), given, "sample_weight")
    if given.dtype.kind in "fiu" and given.ndim == 1:
        refuse_bad_weights(given)
    return check_sample_weight_of_sklearn(sample_weight, X, dtype=np.float64)


def weights_or_ones(sample_weight, X):
    """Check sample weights as ``check_sample_weight`` does; if there are none, give ones."""
    weight = check_sample_weight(sample_weight, X)
    return np.ones(num_samples(X)) if weight is None else weight


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
    with np.errstate(over="ignore"):
        total = weight.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise ValueError(
            "The sum of sample_weight is larger than any float; divide the weights by the largest."
        )


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
