"""Scorers that the user gives, and metrics that are mistaken for them."""

import inspect
from functools import partial

from sklearn.metrics import get_scorer

METRIC_MODULES = ("sklearn.metrics.", "imblearn.metrics.", "sktext.metrics.")


def is_metric(function):
    """Tell whether something is a metric of scikit-learn, imbalanced-learn or this package."""
    while isinstance(function, partial):
        function = function.func
    return inspect.isfunction(function) and function.__module__.startswith(METRIC_MODULES)


def check_scorer(scoring, name):
    """Look up a scorer, and say how a metric becomes one.

    Parameters
    ----------
    scoring : str or callable
        A name of scikit-learn's, or ``scorer(estimator, X, y)``.
    name : {"scoring", "objective"}
        Of the parameter.

    Returns
    -------
    scorer : callable

    Raises
    ------
    ValueError
        If it is a metric, ``metric(y_true, y_pred)``, or cannot be called as a scorer.
    """
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
    """Tell whether a function can be called with an estimator, rows and labels."""
    try:
        inspect.signature(function).bind(None, None, None)
    except TypeError:
        return False
    except ValueError:  # of compiled functions without a signature
        return True
    return True


def check_scorers(scoring):
    """Say how metrics become scorers, in whatever form ``scoring`` of a search has."""
    if isinstance(scoring, dict):
        scoring = list(scoring.values())
    for one in scoring if isinstance(scoring, (list, tuple, set)) else [scoring]:
        if callable(one):
            check_scorer(one, "scoring")
