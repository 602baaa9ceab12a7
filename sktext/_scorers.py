"""Scorers that the user gives, and metrics that are mistaken for them."""

import inspect
from difflib import get_close_matches
from functools import partial

from sklearn.metrics import get_scorer, get_scorer_names

from sktext._sklearn import score_function

METRIC_MODULES = ("sklearn.metrics.", "imblearn.metrics.", "sktext.metrics.")


def is_metric(function):
    """Return whether something is a metric of scikit-learn, imbalanced-learn or this package."""
    while isinstance(function, partial):
        function = function.func
    return inspect.isfunction(function) and function.__module__.startswith(METRIC_MODULES)


def check_scorer(scoring, name):
    """Look up a scorer, and say how a metric becomes one.

    Parameters
    ----------
    scoring : str or callable
        A name of scikit-learn's, or ``scorer(estimator, X, y)``.
    name : str
        Of the parameter, such as "scoring".

    Returns
    -------
    scorer : callable

    Raises
    ------
    ValueError
        If there is no scorer of the name, if it is a metric, ``metric(y_true, y_pred)``, or
        if it cannot be called as a scorer.
    """
    if isinstance(scoring, str) and scoring not in get_scorer_names():
        near = get_close_matches(scoring, get_scorer_names(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(
            f"{name}={scoring!r} is not known; {hint}sklearn.metrics.get_scorer_names() gives all "
            "names; a function goes through sklearn.metrics.make_scorer."
        )
    if isinstance(scoring, type):
        raise ValueError(
            f"{name}={scoring.__name__} is a class; give an object of it: {scoring.__name__}(...)."
        )
    if not isinstance(scoring, str) and (is_metric(scoring) or not takes_three(scoring)):
        given = getattr(scoring, "__name__", repr(scoring))
        raise ValueError(
            f"{name}={given} looks like a metric function rather than a scorer: a scorer is called "
            f"with the estimator, X and y. Use make_scorer({given}) to convert a metric to a "
            "scorer."
        )
    return get_scorer(scoring)


def takes_three(function):
    """Return whether a function can be called with an estimator, rows and labels."""
    try:
        inspect.signature(function).bind(None, None, None)
    except TypeError:
        return False
    except ValueError:  # of compiled functions without a signature
        return True
    return True


def takes_weights(scorer):
    """Check whether a scorer takes ``sample_weight``, by name or among any keywords.

    Parameters
    ----------
    scorer : callable
        One of scikit-learn's, which wrap a metric, or ``scorer(estimator, X, y)``.

    Returns
    -------
    takes : bool
    """
    try:
        signature = inspect.signature(score_function(scorer))
    except ValueError:  # of compiled functions without a signature
        return False
    parameters = signature.parameters.values()
    return any(p.name == "sample_weight" or p.kind is p.VAR_KEYWORD for p in parameters)


def check_scorers(scoring):
    """Check scorers, or say how metrics become some, in any form that a search takes.

    Parameters
    ----------
    scoring : str, callable, list, tuple, set, dict or None
    """
    if isinstance(scoring, dict):
        named = {f"scoring[{name!r}]": one for name, one in scoring.items()}
    elif isinstance(scoring, (list, tuple, set)):
        named = {f"scoring[{i}]": one for i, one in enumerate(scoring)}
    else:
        named = {"scoring": scoring}
    for name, one in named.items():
        if isinstance(one, str) or callable(one):
            check_scorer(one, name)
