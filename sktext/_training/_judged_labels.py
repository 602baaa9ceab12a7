"""A few labels that stand for all of them where the weight decay of several labels is chosen."""

import numpy as np
import torch
from sklearn.base import clone

from sktext.losses import Loss

# So many labels are judged at most, each with at least so many positive rows if there are such.
MAX_LABELS, MIN_POSITIVES = 8, 8


def labels_to_judge(target):
    """Choose labels of all frequencies.

    Parameters
    ----------
    target : ndarray of shape (n_samples, n_labels)
        1 is positive.

    Returns
    -------
    columns : ndarray of int
        In ascending order.
    """
    n_positive = (target > 0).sum(axis=0)
    by_frequency = np.argsort(-n_positive, kind="stable")
    n_usable = max((n_positive >= MIN_POSITIVES).sum(), MAX_LABELS)
    ranks = np.linspace(0, min(n_usable, len(by_frequency)) - 1, MAX_LABELS).round().astype(int)
    return np.unique(by_frequency[ranks])


def is_sum_of_labels(loss):
    """Return whether a loss is that of each label alone, so that some can be left out."""
    own = type(loss)
    as_others = own.values is Loss.values and own.final_logits is Loss.final_logits
    return loss.per_label is not None and as_others


def loss_of_labels(loss, columns, n_labels):
    """Copy a loss that is not built; parameters with a number for each label keep those of some.

    Parameters
    ----------
    loss : Loss
    columns : ndarray of int
    n_labels : int

    Returns
    -------
    loss : Loss
    """
    loss = clone(loss)
    of_labels = {
        name: np.asarray(value)[columns]
        for name, value in loss.get_params().items()
        if isinstance(value, (list, tuple, np.ndarray, torch.Tensor)) and len(value) == n_labels
    }
    return loss.set_params(**of_labels)
