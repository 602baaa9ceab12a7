"""Errors of samplers that need more neighbours than a class has rows."""

import re
from numbers import Integral

import numpy as np


def explain_few_rows(error, sampler, target, classes):
    """Raise with the classes that have too few rows for a sampler, if that is why it failed.

    Parameters
    ----------
    error : ValueError or RuntimeError
        What the sampler raised.
    sampler : imbalanced-learn sampler
    target : ndarray of shape (n_samples,) or (n_samples, n_labels)
    classes : ndarray of shape (n_classes,)
        Labels of the class numbers.

    Raises
    ------
    ValueError
        With the classes, their numbers of rows and what to do.
    """
    if target.ndim != 1:
        return
    counts = np.bincount(target, minlength=len(classes))
    name, n_neighbors = neighbors_of(sampler)
    few = np.flatnonzero((counts > 0) & (counts <= n_neighbors))
    without_cluster = re.search(r"sufficient samples of class (\d+)", str(error))
    if without_cluster:
        few = np.array([int(without_cluster[1])])
    if not len(few):
        return
    rows = ", ".join(f"{classes[[k]].tolist()[0]!r} ({rows_of(counts[k])})" for k in few)
    lowest = counts[few].min()
    cure = "copy its rows with RandomOverSampler, or leave it out with sampling_strategy."
    if without_cluster:
        raise ValueError(
            f"{sampler!r} finds no cluster with enough rows of the class {rows}; lower "
            f"cluster_balance_threshold, {cure}"
        ) from error
    if lowest > 1:
        cure = f"set {name.format(lowest - 1)}, {cure}"
    raise ValueError(
        f"{sampler!r} makes rows between a row and its {n_neighbors} nearest neighbours of the "
        f"same class, so that a class needs {n_neighbors + 1} rows; too few has {rows}. Without "
        f"more rows, {cure}"
    ) from error


def rows_of(count):
    """Return a number of rows in words."""
    return "1 row" if count == 1 else f"{count} rows"


def neighbors_of(sampler):
    """Return how many neighbours a sampler looks for; 0 if it looks for none.

    Returns
    -------
    name : str
        How the number is set, with a place for the number.
    n_neighbors : int
    """
    params = sampler.get_params(deep=False)
    inner = next((name for name in ("smote", "adasyn", "sampler") if name in params), None)
    if inner is not None and params[inner] is not None:
        name, n_neighbors = neighbors_of(params[inner])
        return f"{inner}__{name}", n_neighbors
    if inner == "smote":
        return "smote=SMOTE(k_neighbors={})", 5
    for name in ("k_neighbors", "n_neighbors"):
        if name in params:
            given = params[name]
            # An object also counts the row itself.
            n_neighbors = given if isinstance(given, Integral) else given.n_neighbors - 1
            return f"{name}={{}}", n_neighbors
    return "", 0
