"""Members of an ensemble: their rows, their fits, their scores."""

import numpy as np
from sklearn.base import clone

from sktext._component import set_seed
from sktext._labels import labels_already_read
from sktext._labels._groups import bags_of, restoring_factors, weight_groups


def balanced_draw(part, n_per_class, replacement, seed):
    """Draw the same number of rows of every class, or label.

    Parameters
    ----------
    part : Rows
        With encoded labels.
    n_per_class : int or "auto"
        "auto" is the size of the smallest class; for labels, the rows divided by them.
    replacement : bool
    seed : int

    Returns
    -------
    rows : ndarray of int
    """
    rng = np.random.RandomState(seed)
    bags = bags_of(part.target)
    if n_per_class == "auto":
        many = part.target.ndim == 2
        n_per_class = -(-len(part.target) // len(bags)) if many else min(map(len, bags))
    sizes = [n_per_class if replacement else min(n_per_class, len(bag)) for bag in bags]
    drawn = [
        rng.choice(bag, size, replace=replacement) for bag, size in zip(bags, sizes, strict=True)
    ]
    return np.concatenate(drawn)


def drawn_rows(part, rows, reweight):
    """Take drawn rows, with weights that restore the class proportions if wanted."""
    new = part.take(rows)
    if not reweight:
        return new
    factors = restoring_factors(weight_groups(part.target), rows, part.weight)
    return new._replace(weight=factors if new.weight is None else factors * new.weight)


def fit_member(estimator, X, y, params, seed):
    """Fit one member on its rows."""
    with labels_already_read():
        return set_seed(clone(estimator), seed).fit(X, y, **params)


def scores_of(member, X):
    """Compute probabilities, or else scores, with a column per class."""
    if hasattr(member, "predict_proba"):
        proba = member.predict_proba(X)
        if isinstance(proba, list):  # scikit-learn's, of several outputs
            return np.column_stack([columns[:, 1] for columns in proba])
        return np.asarray(proba)
    scores = np.asarray(member.decision_function(X))
    return scores if scores.ndim == 2 else np.column_stack([-scores, scores])
