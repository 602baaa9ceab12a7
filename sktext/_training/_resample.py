"""Resampling of training rows, with their weights."""

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.utils import get_tags

from sktext._component import set_seed
from sktext._labels._groups import rarest_labels, restoring_factors, weight_groups
from sktext._rows import take_rows
from sktext._sampling_strategy import encode_strategy
from sktext._sklearn import num_samples
from sktext._training._few_rows import explain_few_rows


def resample(sampler, part, *, classes, reweight, seed):
    """Draw the training rows anew with an imbalanced-learn sampler.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        Cloned; gets ``seed`` wherever it has a ``random_state`` that is None.
    part : namedtuple of X, target, weight
        Rows with a method ``rows`` that takes some of them; class numbers or an
        indicator matrix; weights or None. A weight follows its row.
    classes : ndarray of shape (n_classes,)
        Labels of the class numbers, for messages and for ``sampling_strategy``.
    reweight : bool
        Whether rows weigh so that the class shares stay the original ones; of a
        multilabel target, the shares of the sets of labels.
    seed : int

    Returns
    -------
    part : namedtuple of X, target, weight
        The new rows; the old ones if all are of one class.
    rows : ndarray of int, or None
        Where each new row comes from; None if the sampler does not say.

    Raises
    ------
    ValueError
        If a class is gone, if the sampler cannot read the rows, or if it makes rows of
        several and there are weights or sets of labels to give them.
    """
    if part.target.ndim == 1 and len(np.unique(part.target)) < 2:
        return part, np.arange(len(part.target))  # a chunk of one class has nothing to balance
    sampler = set_seed(encode_strategy(clone(sampler), classes), seed)
    by_label = goes_by_label(sampler)
    X = np.arange(num_samples(part.X))[:, None] if by_label else rows_for(sampler, part.X)
    target = np.maximum(part.target, 0)  # a label that was not observed counts as absent
    if target.ndim == 2 and not get_tags(sampler).target_tags.two_d_labels:
        target = rarest_labels(target)
    try:
        new_X, new_target = sampler.fit_resample(X, target)
    except (ValueError, RuntimeError) as error:
        explain_few_rows(error, sampler, target, classes)
        raise
    rows = getattr(sampler, "sample_indices_", None)
    if rows is None:
        refuse_unknown_origin(sampler, part)
        weight = made_weights(target, new_target) if reweight else None
        new = type(part)(new_X, new_target, weight)
    else:
        weight = None if part.weight is None else part.weight[rows]
        # Rows that the sampler saw may have been changed on the way.
        new_X = take_rows(part.X, rows) if by_label else new_X
        new = type(part)(new_X, part.target[rows], weight)
        if reweight:
            factors = restoring_factors(weight_groups(part.target), rows, part.weight)
            new = new._replace(weight=factors if new.weight is None else new.weight * factors)
    refuse_lost_classes(sampler, part.target, new.target, classes)
    return new, rows


def goes_by_label(sampler):
    """Tell whether a sampler picks rows by their labels alone, whatever the rows are."""
    if getattr(sampler, "needs_texts", False) or getattr(sampler, "shrinkage", None) is not None:
        return False
    by_label = type(sampler) in (RandomOverSampler, RandomUnderSampler)
    return by_label or getattr(sampler, "goes_by_labels", False)


def rows_for(sampler, X):
    """Give a sampler the rows it looks at, if it can read them."""
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
    """Weigh new rows so that every class has the share it had before."""
    n_classes = before.max() + 1
    counts, new_counts = (np.bincount(codes, minlength=n_classes) for codes in (before, after))
    weight = (counts / np.where(new_counts > 0, new_counts, 1))[after]
    return weight * (len(after) / len(before))


def refuse_unknown_origin(sampler, part):
    """Say why rows that come from no single one cannot be used here, if they cannot."""
    if part.target.ndim == 2:
        why = "whose labels nobody knows if y is multilabel"
    elif part.weight is not None:
        why = "for which there are no sample weights; leave sample_weight out"
    else:
        return
    raise ValueError(
        f"{sampler!r} makes new rows, {why}; or use a sampler that picks rows, such as "
        "RandomOverSampler."
    )


def refuse_lost_classes(sampler, before, after, classes):
    """Say which classes a sampler has wiped out."""
    if before.ndim == 2:
        lost = classes[(before > 0).any(axis=0) & ~(after > 0).any(axis=0)]
    else:
        lost = classes[np.setdiff1d(before, after)]
    if len(lost):
        raise ValueError(
            f"{sampler!r} left no row of the classes {lost.tolist()}; use another sampler, or "
            "limit it with sampling_strategy."
        )
