"""Weights of the training rows, and what they make of the class shares."""

import numpy as np

from sktext._user_warnings import warn
from sktext.exceptions import DoubleCorrectionWarning
from sktext.losses import class_weights

MAX_BIAS = 10.0


def weigh_rows(labels, part, class_weight, *, train=None):
    """Combine sample and class weights of all rows.

    Parameters
    ----------
    labels : Labels
    part : Part
        With encoded labels and sample weights or None.
    class_weight : None, {"balanced", "inverse", "effective"} or dict
    train : Part, default=None
        The rows that class weights are computed from; None is ``part`` itself.

    Returns
    -------
    weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
        Of mean one, zero where a label was not observed; None if nothing is weighted.
    """
    unobserved = part.target < 0 if labels.task == "multilabel" else np.False_
    if part.weight is None and class_weight is None and not unobserved.any():
        return None
    weight = part.weights_or_ones()
    if class_weight is not None:
        _, target, sample_weight = part if train is None else train
        per_class = weights_of_classes(labels, target, sample_weight, class_weight)
        if labels.task == "multilabel":
            weight = weight[:, None] * np.where(part.target > 0, per_class[1], per_class[0])
        else:
            weight = weight * per_class[part.target]
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
    # A split may lack a class that has a weight; a slip of the pen leaves another without one.
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


def warn_of_missing_classes(labels, part, class_weight):
    """Warn of rare classes that were forgotten where most have a weight.

    They count one, as scikit-learn has it. That suits classes of average size, so that
    balanced data need no word, and is what is meant where few classes are named.
    """
    if not isinstance(class_weight, dict) or 2 * len(class_weight) <= len(labels.classes):
        return
    counts = labels.counts(part.target, part.weight)
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


def drawn(part, weight, rows, factors):
    """Give the labels and weights of the rows that an epoch draws.

    Parameters
    ----------
    part : Part
        All rows, with their sample weights.
    weight : ndarray or None
        As ``weigh_rows`` returns it.
    rows : ndarray of shape (n_drawn,), int
    factors : ndarray of shape (n_drawn,) or None
        What weights are multiplied with.

    Returns
    -------
    part : Part
        Without X.
    weight : ndarray or None
    """

    def follow(weight):
        if weight is None or factors is None:
            return factors if weight is None else weight[rows]
        return weight[rows] * (factors if weight.ndim == 1 else factors[:, None])

    return part._replace(X=None, target=part.target[rows], weight=follow(part.weight)), follow(
        weight
    )


def class_prior(labels, target, weight):
    """Compute the class shares that the loss sees; a class without rows has half a row.

    Parameters
    ----------
    labels : Labels
    target : ndarray
    weight : ndarray or None
        As ``weigh_rows`` returns it.

    Returns
    -------
    prior : ndarray of shape (n_outputs,)
        For binary the share of the second class; for multilabel of each label's
        positives.
    """
    floor = 0.5 / len(target)
    if labels.task == "multilabel":
        weight = np.ones(len(target)) if weight is None else weight
        mass = np.broadcast_to(weight if weight.ndim == 2 else weight[:, None], target.shape)
        total = mass.sum(axis=0)
        share = (mass * (target > 0)).sum(axis=0) / np.where(total > 0, total, 1)
        return share.clip(floor, 1 - floor)
    counts = labels.counts(target, weight)
    share = (counts / counts.sum()).clip(floor, 1 - floor)
    share /= share.sum()
    return share[1:] if labels.task == "binary" else share


def start_bias(loss, bias_init, prior):
    """Compute the output bias that training starts from; None is zero.

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
    """Warn once if two settings favour the rare classes."""
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
            f"bias_init='prior' starts {type(loss).__name__} where it does not learn well from "
            "(its gradient is off or flat there); bias_init='auto' starts it at zero.",
        )
