"""The folds of a search."""

import numpy as np

from sktext._component import MAX_SEED
from sktext._labels._iterative_stratification import divide_folds
from sktext._labels._stratified_folds import stratified_folds


def folds_of(truth, n_folds, rng):
    """Divide rows into stratified folds.

    Parameters
    ----------
    truth : Truth
    n_folds : int
    rng : RandomState

    Returns
    -------
    folds : list of (ndarray, ndarray)
        Rows to fit on and to score. Of one label per row, those to fit on have two classes.
    """
    target = truth.target
    if target.ndim == 2:
        if len(target) < 2:
            raise ValueError("One row cannot be divided into two folds; give more rows.")
        return list(divide_folds(target, min(n_folds, len(target)), rng))
    # Rarer classes are in some folds only, of which the splitter warns.
    if np.bincount(target).max() < 2:
        raise ValueError("Each class has one row; give at least two rows of each class.")
    splitter = stratified_folds(target, n_folds, rng.randint(MAX_SEED))
    folds = list(splitter.split(np.zeros(len(target)), target))
    folds = [fold for fold in folds if len(np.unique(target[fold[0]])) > 1]
    if not folds:
        raise ValueError(
            "The rows cannot be divided such that two classes are left to fit on; give at least "
            "two rows of each class."
        )
    return folds
