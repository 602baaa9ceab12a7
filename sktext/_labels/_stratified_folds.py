"""Folds of rows with one label each, alike in the shares of their classes."""

import numpy as np
from sklearn.model_selection import StratifiedKFold


def stratified_folds(target, n_folds, random_state):
    """Make a splitter that shuffles; classes of fewer rows than folds are in some folds only.

    Parameters
    ----------
    target : array-like of shape (n_samples,)
    n_folds : int
        At most; there are no more than the largest class has rows, and at least two.
    random_state : int, RandomState instance or None

    Returns
    -------
    splitter : StratifiedKFold
    """
    most = np.unique(target, return_counts=True)[1].max()
    n_folds = max(2, min(n_folds, most))
    return StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
