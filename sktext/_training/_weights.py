"""Weights of the training rows, and the class proportions that result."""

import numpy as np

from sktext._training._rows import Rows
from sktext._user_warnings import warn
from sktext.exceptions import DoubleCorrectionWarning
from sktext.losses import class_weights

MAX_BIAS = 10.0


def weigh_rows(labels, rows, class_weight, *, train=None):
    """Combine sample and class weights of all rows.

    Parameters
    ----------
    labels : Labels
    rows : Rows
        With encoded labels and sample weights or None.
    class_weight : None, {"balanced", "inverse", "effective"} or dict
    train : Rows, default=None
        The rows from which class weights are computed; None is ``rows``.

    Returns
    -------
    weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
        Of mean one, zero where a label was not observed; None if all would be one.
    """
    unobserved = rows.target < 0 if labels.task == "multilabel" else np.False_
    if rows.weight is None and class_weight is None and not unobserved.any():
        return None
    weight = rows.weights_or_ones()
    if class_weight is not None:
        _, target, sample_weight = rows if train is None else train
        per_class = weights_of_classes(labels, target, sample_weight, class_weight)
        if labels.task == "multilabel":
            weight = weight[:, None] * np.where(rows.target > 0, per_class[1], per_class[0])
        else:
            weight = weight * per_class[rows.target]
    if unobserved.any():
        weight = np.where(unobserved, 0.0, weight if weight.ndim == 2 else weight[:, None])
    if not weight.any():
        raise ValueError(
            "class_weight, sample_weight and labels that were not observed (-1) leave every row "
            "with weight zero."
        )
    return weight / weight.mean()


def weights_of_classes(labels, target, sample_weight, class_weight):
    """Compute the weight of each class, or of each label's negatives and positives.

    Returns
    -------
    weights : ndarray of shape (n_classes,) or (2, n_labels)
    """
    counts = labels.counts(target, sample_weight)
    if isinstance(class_weight, str):
        if labels.task != "multilabel":
            return class_weights(counts, class_weight)
        both = np.stack([labels.n_observed(target, sample_weight) - counts, counts])
        return np.stack([class_weights(pair, class_weight) for pair in both.T], axis=1)
    given = {label: class_weight[label] for label in labels.classes if label in class_weight}
    unknown = [label for label in class_weight if label not in given]
    # A split may lack a class that has a weight; a misspelt name leaves a class without one.
    if unknown and len(given) < len(labels.classes):
        raise ValueError(
            f"class_weight names {unknown}, which are not among the classes "
            f"{labels.classes.tolist()}."
        )
    try:
        weights = np.array([float(given.get(label, 1.0)) for label in labels.classes])
    except (TypeError, ValueError, OverflowError):
        weights = np.array([np.nan])
    if (weights < 0).any() or not np.isfinite(weights).all():
        raise ValueError(
            f"class_weight must hold numbers of at least 0; got {class_weight!s:.200}."
        )
    if labels.task == "multilabel":
        return np.stack([np.ones_like(weights), weights])
    return weights


def warn_of_missing_classes(labels, rows, class_weight):
    """Warn of rare classes without a weight if most classes have one.

    Their weight is one, as in scikit-learn. There is no warning of classes of average size, for
    which that is adequate, or if few classes have a weight, as it is probably intended then.
    """
    if not isinstance(class_weight, dict) or 2 * len(class_weight) <= len(labels.classes):
        return
    counts = labels.counts(rows.target, rows.weight)
    weights = np.array([class_weight.get(label, 1.0) for label in labels.classes], dtype=float)
    given = np.array([label in class_weight for label in labels.classes])
    favoured = counts[given & (weights > 1)]
    if not len(favoured):
        return
    forgotten = ~given & (counts > 0) & (counts < counts.mean()) & (counts <= favoured.max())
    if forgotten.any():
        warn(
            f"class_weight has no weight of {labels.classes[forgotten].tolist()}, which are rare "
            "and count 1, less than others that are no rarer. Give them a weight too; 1 says "
            "that it is meant."
        )


def drawn(rows, weight, indices, factors):
    """Return the labels and weights of the rows that an epoch draws.

    Parameters
    ----------
    rows : Rows
        All rows, with their sample weights.
    weight : ndarray or None
        As ``weigh_rows`` returns it.
    indices : ndarray of shape (n_drawn,), int
    factors : ndarray of shape (n_drawn,) or None
        Factors of their weights.

    Returns
    -------
    rows : Rows
        Without X.
    weight : ndarray or None
    """

    def drawn_weight(weight):
        if weight is None or factors is None:
            return factors if weight is None else weight[indices]
        return weight[indices] * (factors if weight.ndim == 1 else factors[:, None])

    return Rows(None, rows.target[indices], drawn_weight(rows.weight)), drawn_weight(weight)


def class_prior(labels, target, weight):
    """Compute the class proportions of weighted rows; a class without rows counts as half a row.

    Parameters
    ----------
    labels : Labels
    target : ndarray
    weight : ndarray or None
        As ``weigh_rows`` returns it.

    Returns
    -------
    prior : ndarray of shape (n_outputs,)
        For binary the proportion of the second class; for multilabel of each label's
        positives.
    """
    floor = 0.5 / len(target)
    if labels.task == "multilabel":
        weight = np.ones(len(target)) if weight is None else weight
        mass = np.broadcast_to(weight if weight.ndim == 2 else weight[:, None], target.shape)
        total = mass.sum(axis=0)
        prior = (mass * (target > 0)).sum(axis=0) / np.where(total > 0, total, 1)
        return prior.clip(floor, 1 - floor)
    counts = labels.counts(target, weight)
    prior = (counts / counts.sum()).clip(floor, 1 - floor)
    prior /= prior.sum()
    return prior[1:] if labels.task == "binary" else prior


def start_bias(loss, bias_init, prior):
    """Compute the output bias at the start of training; None is zero.

    Parameters
    ----------
    loss : Loss
        The built loss.
    bias_init : {"auto", "prior", "zero"}
    prior : tensor of shape (n_outputs,)

    Returns
    -------
    bias : tensor of shape (n_outputs,) or None
    """
    if bias_init == "zero" or (bias_init == "auto" and not loss.starts_at_prior):
        return None
    return loss.init_bias(prior).clamp(-MAX_BIAS, MAX_BIAS)


def warn_of_double_correction(settings, loss):
    """Warn if two settings favour the rare classes."""
    corrections = []
    if settings.class_weight is not None:
        corrections.append(f"class_weight={settings.class_weight!r}")
    if loss.imbalance_correction:
        corrections.append(f"the loss {type(loss).__name__} ({loss.imbalance_correction})")
    if settings.sampler is not None and not settings.reweight:
        corrections.append(f"sampler={settings.sampler!r} without reweight=True")
    if len(corrections) > 1:
        warn(
            f"{' and '.join(corrections)} both favour rare classes, which corrects the imbalance "
            "twice; keep one of them.",
            DoubleCorrectionWarning,
        )
    if settings.bias_init == "prior" and not loss.starts_at_prior:
        warn(
            f"bias_init='prior' starts {type(loss).__name__} where it does not learn well "
            "(its gradient is biased or flat there); bias_init='auto' starts it at zero.",
        )
