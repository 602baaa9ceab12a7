"""Texts, fitted models and comparisons that the checks of text classifiers share."""

import warnings
from unittest import SkipTest

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from sktext.datasets import make_imbalanced_texts

N_SAMPLES = 120
# All rows in one step, in double precision, from a start that rounding cannot tip: then
# a fit is a smooth function of the weights.
SMOOTH = {"batch_size": 10_000, "early_stopping": False, "dtype": "float64", "bias_init": "zero"}


def make_texts(estimator, n_samples=N_SAMPLES, n_classes=3):
    """Make texts with two or three classes, whichever the estimator takes."""
    n_classes = n_classes if get_tags(estimator).classifier_tags.multi_class else 2
    return make_imbalanced_texts(
        n_samples, n_classes=n_classes, imbalance=3, difficulty=0.2, random_state=0
    )


def make_binary_texts():
    """Make texts with labels False and True, of which True is rarer."""
    texts, labels = make_imbalanced_texts(
        N_SAMPLES, n_classes=2, imbalance=3, difficulty=0.2, random_state=0
    )
    return texts, labels == "billing"


def make_multilabel_texts(estimator):
    """Make texts with an indicator matrix, if the estimator takes one."""
    skip_unless(get_tags(estimator).classifier_tags.multi_label, "it is not for several labels")
    return make_imbalanced_texts(
        N_SAMPLES, n_classes=3, imbalance=2, difficulty=0.2, multilabel=True, random_state=0
    )


def skip_unless(condition, reason):
    """Skip a check that does not apply."""
    if not condition:
        raise SkipTest(f"The check does not apply: {reason}.")


def is_plain(estimator, *names):
    """Check that each of some parameters is absent, None or False."""
    params = estimator.get_params(deep=False)
    return all(params.get(name) in (None, False) for name in names)


def fit_takes_weights(estimator):
    """Check whether ``fit`` takes sample weights."""
    return has_fit_parameter(estimator, "sample_weight")


def seeded(estimator, **params):
    """Clone an estimator, seed it, and set those of some parameters that it has.

    Other packages may use a name differently, so only a value of the same type is replaced.
    """
    estimator = clone(estimator)
    own, names = estimator.get_params(deep=False), estimator.get_params()
    seeds = {name: 0 for name in names if name.split("__")[-1] == "random_state"}
    known = {name: params[name] for name in params if isinstance(params[name], type(own.get(name)))}
    return estimator.set_params(**seeds, **known)


def smooth(estimator):
    """Clone an estimator so that nothing is drawn while it trains on all rows at once."""
    estimator = seeded(estimator, **SMOOTH)
    dropouts = {name: 0.0 for name in estimator.get_params() if name.endswith("dropout")}
    return estimator.set_params(**dropouts)


def fitted(estimator, X, y, **fit_params):
    """Fit an estimator that has been cloned, and check that ``fit`` returns it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on settings, which are made to be quick here
        returned = estimator.fit(X, y, **fit_params)
    assert returned is estimator, "fit must return self, so that calls can be chained"
    return estimator


def scores(model, X):
    """Compute probabilities, else decision values, else predictions as indicators."""
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            return np.asarray(getattr(model, method)(X))
    answers = dense(model.predict(X))
    return answers if answers.ndim == 2 else (answers[:, None] == model.classes_).astype(float)


def dense(answers):
    """Turn predictions into an array."""
    return answers.toarray() if sparse.issparse(answers) else np.asarray(answers)


def assert_same_model(first, second, X, message, rtol=1e-5, atol=1e-6):
    """Check that two models predict the same."""
    assert_same(scores(first, X), scores(second, X), message, rtol, atol)


def assert_same(actual, expected, message, rtol=1e-5, atol=1e-6):
    """Check that two arrays are alike up to rounding."""
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=message)


def assert_refused(call, what, *words):
    """Check that a call raises an error of values or types that has all of some words."""
    error = error_of(call)
    assert error is not None, f"{what} must be refused with a ValueError; it was taken"
    assert isinstance(error, (ValueError, TypeError)), (
        f"{what} must be refused with a ValueError or TypeError that says what came; got "
        f"{type(error).__name__}: {error}"
    )
    missing = [word for word in words if word.lower() not in str(error).lower()]
    assert not missing, f"the error for {what} must name {missing}; it says: {error}"


def error_of(call):
    """Return the error that a call raises, or None."""
    try:
        call()
    except Exception as error:
        return error
    return None
