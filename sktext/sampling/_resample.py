"""Resampling of numeric training rows, with their weights."""

import numpy as np
from sklearn.base import clone


def resample(sampler, part, *, classes, reweight, seed):
    """Draw the training rows anew with an imbalanced-learn sampler.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        Cloned; gets ``seed`` if it has a ``random_state`` that is None.
    part : namedtuple of X, target, weight
        A matrix, class numbers, and weights or None; a weight follows its row.
    classes : ndarray of shape (n_classes,)
        Labels of the class numbers, for messages.
    reweight : bool
        Whether rows weigh so that the class shares stay the original ones.
    seed : int

    Returns
    -------
    part : namedtuple of X, target, weight
        The new rows.

    Raises
    ------
    ValueError
        If weights are given and the sampler makes new rows, or if a class is gone.
    """
    X, target, weight = part
    if target.ndim == 2:
        raise ValueError(
            f"sampler={sampler!r} needs one label per sample; got multilabel targets. Set "
            "sampler=None, and class_weight or a loss for rare labels instead."
        )
    sampler = clone(sampler)
    if sampler.get_params().get("random_state", 0) is None:
        sampler.set_params(random_state=seed)
    new_X, new_target = sampler.fit_resample(X, target)
    before = np.bincount(target, minlength=len(classes))
    mass = np.bincount(target, weight, minlength=len(classes))
    after = np.bincount(new_target, minlength=len(classes))
    gone = classes[(before > 0) & (after == 0)]
    if len(gone):
        raise ValueError(
            f"{sampler!r} left no row of the classes {gone.tolist()}; use another sampler, or "
            "limit it with sampling_strategy."
        )
    if weight is not None:
        rows = getattr(sampler, "sample_indices_", None)
        if rows is None:
            raise ValueError(
                f"{sampler!r} makes new rows, for which there are no sample weights; leave "
                "sample_weight out, or use a sampler that picks rows (RandomOverSampler, ...)."
            )
        weight = weight[rows]
    if reweight:
        weight = np.ones(len(new_target)) if weight is None else weight
        after = np.bincount(new_target, weight, minlength=len(classes))
        weight = weight * (mass / np.where(after > 0, after, 1))[new_target]
    return type(part)(new_X, new_target, weight)
