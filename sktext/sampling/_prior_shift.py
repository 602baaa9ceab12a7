"""Probabilities for other class proportions than those of training."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

MAX_ITER = 1000
TOLERANCE = 1e-10


def prior_shift(proba: ArrayLike, source: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Correct probabilities for class proportions that differ from those of training.

    Use it after training on resampled rows without ``reweight``, or where a model is used
    with other class proportions than it was trained with. Do not use it on probabilities
    that are not calibrated: the correction assumes that they are calibrated for the
    proportions ``source``. Biased probabilities of a loss are corrected by its
    ``posterior`` first.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities that are calibrated where classes have the proportions ``source``;
        each row sums to one.
    source, target : array-like of shape (n_classes,)
        Class proportions, or counts, of training and of use; each is scaled to sum to
        one.

    Returns
    -------
    proba : ndarray of shape (n_samples, n_classes)

    Raises
    ------
    ValueError
        If shapes do not match, or if proportions are negative, or zero where training has
        a class.

    References
    ----------
    .. [1] Saerens et al., "Adjusting the Outputs of a Classifier to New a Priori
       Probabilities", Neural Computation 2002. https://doi.org/10.1162/089976602753284446
    .. [2] Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001.

    Examples
    --------
    >>> from sktext.sampling import prior_shift
    >>> prior_shift([[0.5, 0.5]], source=[0.5, 0.5], target=[0.9, 0.1])
    array([[0.9, 0.1]])
    """
    proba = check_proba(proba)
    source = check_proportions(source, "source", proba.shape[1])
    target = check_proportions(target, "target", proba.shape[1])
    if (source == 0).any():
        raise ValueError(
            f"source must hold no zeros: a class without rows cannot be corrected; got {source}."
        )
    shifted = proba * (target / source)
    total = shifted.sum(axis=1, keepdims=True)
    if (total == 0).any():
        row = int(np.flatnonzero(total[:, 0] == 0)[0])
        raise ValueError(
            f"proba[{row}] is {proba[row]}, all of it on classes whose target proportion is zero."
        )
    return shifted / total


def estimate_prior(proba: ArrayLike, source: ArrayLike) -> NDArray[np.float64]:
    """Estimate the class proportions of unlabelled rows from predicted probabilities.

    Use it where a model is used with class proportions that nobody has counted: give the
    probabilities of the new rows, then pass the result to :func:`prior_shift`. Do not use
    it where the texts of a class have changed too, not only its proportion, nor for a few
    dozen rows.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Calibrated probabilities of the new rows, for the proportions ``source``.
    source : array-like of shape (n_classes,)
        Class proportions, or counts, of training.

    Returns
    -------
    target : ndarray of shape (n_classes,)
        Proportions that sum to one.

    Notes
    -----
    The proportions of greatest likelihood, by expectation-maximisation [1]_: correct the
    probabilities for the proportions, take their mean for the new ones, until these move
    by less than 1e-10.

    References
    ----------
    .. [1] Saerens et al., "Adjusting the Outputs of a Classifier to New a Priori
       Probabilities", Neural Computation 2002. https://doi.org/10.1162/089976602753284446

    Examples
    --------
    >>> from sktext.sampling import estimate_prior
    >>> estimate_prior([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]], [0.5, 0.5]).round(2)
    array([0.68, 0.32])
    """
    proba = check_proba(proba)
    source = check_proportions(source, "source", proba.shape[1])
    target = source
    for _ in range(MAX_ITER):
        before, target = target, prior_shift(proba, source, target).mean(axis=0)
        if np.abs(target - before).max() < TOLERANCE:
            break
    return target


def check_proba(proba: Any) -> NDArray[np.float64]:
    """Check that rows are probabilities."""
    proba = check_array(proba, dtype=np.float64, input_name="proba")
    wrong = (proba < 0).any(axis=1) | (np.abs(proba.sum(axis=1) - 1) > 1e-4)
    for row in np.flatnonzero(wrong)[:1]:
        raise ValueError(
            f"proba[{row}] must be probabilities that sum to one; got {proba[row]}. For one "
            "probability p of a binary problem or a label, give the two columns 1 - p and p."
        )
    return proba


def check_proportions(proportions: Any, name: str, n_classes: int) -> NDArray[np.float64]:
    """Check class proportions or counts and scale them to sum to one."""
    if hasattr(proportions, "index") and hasattr(proportions, "loc"):
        raise ValueError(
            f"{name} is a Series, whose order may not be that of the columns of proba; give its "
            f"values in that order, as in {name}[clf.classes_].to_numpy()."
        )
    proportions = np.asarray(proportions, dtype=np.float64)
    if proportions.shape != (n_classes,):
        raise ValueError(
            f"{name} must have one proportion for each of {n_classes} classes; got the shape "
            f"{proportions.shape}."
        )
    if not np.isfinite(proportions).all() or (proportions < 0).any() or not proportions.any():
        raise ValueError(f"{name} must hold numbers of at least 0; got {proportions}.")
    return proportions / proportions.sum()
