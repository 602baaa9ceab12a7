"""Resampling of training rows, with their weights."""

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.utils import get_tags

from sktext._beside_texts import TextsAndColumns
from sktext._component import set_seed
from sktext._labels._groups import rarest_labels, restoring_factors, weight_groups
from sktext._rows import take_rows
from sktext._sampling_strategy import encode_strategy
from sktext._sklearn import num_samples
from sktext._training._few_rows import explain_few_rows
from sktext._training._rows import Rows


def resample(sampler, rows, *, classes, reweight, seed):
    """Resample training rows with an imbalanced-learn sampler.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        Cloned; ``seed`` is set wherever its ``random_state`` is None.
    rows : Rows
        With class numbers or an indicator matrix as target; a weight follows its row.
    classes : ndarray of shape (n_classes,)
        Labels of the class numbers, for messages and for ``sampling_strategy``.
    reweight : bool
        Whether rows are weighted to restore the original class proportions; of a multilabel
        target, the proportions of the sets of labels.
    seed : int

    Returns
    -------
    resampled : Rows
        The new rows; the old ones if all are of one class.
    indices : ndarray of int, or None
        Index of the old row of each new one; None if the sampler does not have them.

    Raises
    ------
    ValueError
        If a class has no rows left, if the sampler cannot read the rows, or if it makes rows
        of several, which can have neither weights nor sets of labels.
    """
    if rows.target.ndim == 1 and len(np.unique(rows.target)) < 2:
        return rows, np.arange(len(rows.target))  # a chunk of one class has nothing to balance
    sampler = set_seed(encode_strategy(clone(sampler), classes), seed)
    by_label = goes_by_label(sampler)
    X = np.arange(num_samples(rows.X))[:, None] if by_label else rows_for(sampler, rows.X)
    target = np.maximum(rows.target, 0)  # a label that was not observed counts as absent
    if target.ndim == 2 and not get_tags(sampler).target_tags.two_d_labels:
        target = rarest_labels(target)
    try:
        new_X, new_target = sampler.fit_resample(X, target)
    except (ValueError, RuntimeError) as error:
        explain_few_rows(error, sampler, target, classes)
        raise
    indices = getattr(sampler, "sample_indices_", None)
    if indices is None:
        refuse_unknown_origin(sampler, rows)
        weight = made_weights(target, new_target) if reweight else None
        new = Rows(new_X, new_target, weight)
    else:
        weight = None if rows.weight is None else rows.weight[indices]
        # A sampler that reads rows may also have changed them.
        new_X = take_rows(rows.X, indices) if by_label else beside(rows.X, indices, new_X)
        new = Rows(new_X, rows.target[indices], weight)
        if reweight:
            factors = restoring_factors(weight_groups(rows.target), indices, rows.weight)
            new = new._replace(weight=factors if new.weight is None else new.weight * factors)
    refuse_lost_classes(sampler, rows.target, new.target, classes)
    return new, indices


def goes_by_label(sampler):
    """Return whether a sampler selects rows by their labels alone."""
    if getattr(sampler, "needs_texts", False) or getattr(sampler, "shrinkage", None) is not None:
        return False
    by_label = type(sampler) in (RandomOverSampler, RandomUnderSampler)
    return by_label or getattr(sampler, "goes_by_labels", False)


def beside(X, indices, texts):
    """Put the columns of the rows that texts come from beside these, if there are some."""
    if not isinstance(X, TextsAndColumns):
        return texts
    return TextsAndColumns(texts, take_rows(X, indices).columns)


def rows_for(sampler, X):
    """Return the rows for a sampler; raise if it cannot read them."""
    X = X.texts if isinstance(X, TextsAndColumns) else X
    types = getattr(X, "dtypes", [getattr(X, "dtype", np.dtype("O"))])  # of a data frame or array
    is_matrix = getattr(X, "ndim", 0) == 2 and all(dtype.kind in "fiub" for dtype in types)
    if is_matrix or getattr(sampler, "needs_texts", False):
        return X
    raise ValueError(
        f"{sampler!r} needs rows of numbers, which texts and token ids are not. Use a sampler "
        "that goes by labels, such as RandomOverSampler, or let it see the features of a "
        "vectorizer: sktext.sampling.VectorizedSampler, TfidfTorchClassifier(sampler=...)."
    )


def made_weights(before, after):
    """Compute weights of new rows that restore the class proportions."""
    n_classes = before.max() + 1
    counts, new_counts = (np.bincount(codes, minlength=n_classes) for codes in (before, after))
    weight = (counts / np.where(new_counts > 0, new_counts, 1))[after]
    return weight * (len(after) / len(before))


def refuse_unknown_origin(sampler, rows):
    """Raise if new rows would need a weight or labels that only the rows they come from have."""
    if isinstance(rows.X, TextsAndColumns):
        why = "beside which no columns are known"
    elif rows.target.ndim == 2:
        why = "whose labels nobody knows if y is multilabel"
    elif rows.weight is not None:
        why = "for which there are no sample weights; leave sample_weight out"
    else:
        return
    raise ValueError(
        f"{sampler!r} makes new rows, {why}; or use a sampler that picks rows, such as "
        "RandomOverSampler."
    )


def refuse_lost_classes(sampler, before, after, classes):
    """Raise if a sampler has left no row of a class."""
    if before.ndim == 2:
        lost = classes[(before > 0).any(axis=0) & ~(after > 0).any(axis=0)]
    else:
        lost = classes[np.setdiff1d(before, after)]
    if len(lost):
        raise ValueError(
            f"{sampler!r} left no row of the classes {lost.tolist()}; use another sampler, or "
            "limit it with sampling_strategy."
        )
