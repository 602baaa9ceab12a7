"""Out-of-fold scores: of rows by classifiers that were not fitted on them."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.model_selection import KFold, check_cv
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from sktext._filtered_warnings import filtered_warnings
from sktext._labels import labels_already_read
from sktext._labels._iterative_stratification import divide_folds, warn_of_groups
from sktext._labels._stratified_folds import stratified_folds
from sktext._user_warnings import warn
from sktext.meta._inner_fit import fit_parameters, params_of_rows, weight_parameter

N_SPLITS = 5


class Split(NamedTuple):
    """Numbers of the rows that are fitted, and of those that are scored."""

    train: np.ndarray
    test: np.ndarray


def splits_of(cv, task, X, y, random_state, params, *, stratify_labels=False):
    """List the splits; a rare class may be missing in some of them.

    Parameters
    ----------
    cv : int, splitter or iterable of splits
    task : {"binary", "multiclass", "multilabel"}
    X, y : rows and encoded labels
    random_state : int, RandomState instance or None
    params : dict
        For ``split`` of the splitter, such as ``groups``.
    stratify_labels : bool, default=False
        Whether folds are stratified over several labels.

    Returns
    -------
    splits : list of Split
    """
    if cv is None or isinstance(cv, Integral):
        n_splits = cv or N_SPLITS
        if stratify_labels and task == "multilabel":
            warn_of_groups(params.get("groups"), "the default cv")
            rng = check_random_state(random_state)
            return [Split(*rows) for rows in divide_folds(y, min(n_splits, len(y)), rng)]
        splitter = default_splitter(task, y, n_splits, random_state)
    else:
        splitter = check_cv(cv)
    with filtered_warnings("ignore", "The least populated class in y"):
        return [Split(*map(row_numbers, split)) for split in splitter.split(X, y, **params)]


def default_splitter(task, y, n_splits, random_state):
    """Choose the splitter if only the number of folds is given."""
    if task == "multilabel":
        return KFold(min(n_splits, len(y)), shuffle=True, random_state=random_state)
    return stratified_folds(y, n_splits, random_state)


def row_numbers(rows):
    """Turn a mask into numbers."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


def lacking_classes(target, splits, n_classes):
    """Find the classes in y that the training rows of each split lack.

    Returns
    -------
    lacking : ndarray of bool of shape (n_splits, n_classes)
    """
    counts = [np.bincount(target[train], minlength=n_classes) for train, _ in splits]
    return (np.array(counts) == 0) & (np.bincount(target, minlength=n_classes) > 0)


def warn_of_lacking(names):
    """Warn of classes that some classifiers were not fitted on, as scikit-learn does."""
    if names:
        warn(
            f"The training rows of some splits lack the classes {names}, so that their scores "
            "say nothing of these. Use splits that have all classes on both sides, such as "
            "StratifiedKFold(shuffle=True), or the default cv.",
            RuntimeWarning,
        )


def fit_and_score(owner, part, response, params, splits):
    """Fit a classifier on all rows, and one on the training rows of each split.

    Parameters
    ----------
    owner : TunedThresholdsClassifier or CalibratedClassifier
    part : Rows
        With encoded labels.
    response : Response
    params : dict
        Additional arguments of ``fit``; those with an entry per row are split with the rows.
    splits : list of Split

    Returns
    -------
    estimator : classifier
        Fitted on all rows.
    scores : list of ndarray of shape (n_test, n_labels)
        Of the test rows of each split.
    """

    def job(rows, test):
        some = part if rows is None else part.take(rows)
        y = response.labels.decode_target(some.target)
        own = parameters_of(owner, some.weight, params_of_rows(part.X, params, rows))
        test_X = None if test is None else part.take(test).X
        return delayed(fit_one)(clone(owner.estimator), some.X, y, own, test_X, response)

    everything = [(None, None), *splits]
    parallel = Parallel(n_jobs=owner.n_jobs, verbose=getattr(owner, "verbose", 0))
    estimator, *scores = parallel(job(*rows) for rows in everything)
    return estimator, scores


def parameters_of(owner, weight, params):
    """Collect the arguments of ``fit``; weights go to classifiers that take them."""
    if weight is not None and not get_config()["enable_metadata_routing"]:
        try:
            weight_parameter(owner.estimator)
        except TypeError:
            weight = None
    return fit_parameters(owner, owner.estimator, weight, params)


def fit_one(estimator, X, y, params, test_X, response):
    """Fit a classifier; return its scores of the test rows, or itself if there are none."""
    if test_X is None:
        with labels_already_read():
            return estimator.fit(X, y, **params)
    is_known = filtered_warnings("ignore", "Label .* is present in all training examples")
    with labels_already_read(), is_known:
        estimator.fit(X, y, **params)
    return response.scores_of(estimator, test_X)
