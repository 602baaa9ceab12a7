"""Class weights from class counts."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scheme: TypeAlias = Literal["balanced", "inverse", "effective"]
SCHEMES: tuple[Scheme, ...] = ("balanced", "inverse", "effective")


def class_weights(
    counts: ArrayLike,
    scheme: Scheme = "balanced",
    *,
    beta: float = 0.999,
) -> NDArray[np.float64]:
    """Compute one weight per class from how often the classes occur.

    The weights average one over the samples they were computed from, so that they do
    not change the size of the loss or of the gradient, only who counts how much.

    Use ``"balanced"`` first. ``"effective"`` is milder where the rarest classes have only
    a few samples and full balance would let them dominate. Do not use class weights when
    the predicted probabilities should be those of the data.

    Parameters
    ----------
    counts : array-like of shape (n_classes,)
        Number of samples, or sum of sample weights, of each class. A class of zero
        gets weight zero.
    scheme : {"balanced", "inverse", "effective"}, default="balanced"
        - "balanced": n / (n_classes * count), as in scikit-learn.
        - "inverse": 1 / count; the same after scaling, kept for its name.
        - "effective": (1 - beta) / (1 - beta ** count), the effective number of
          samples [1]_.
    beta : float, default=0.999
        For "effective", in [0, 1]: 0 gives equal weights, 1 gives "inverse".

    Returns
    -------
    weights : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If the scheme is unknown, beta is out of range, or all counts are zero.

    References
    ----------
    .. [1] Cui et al., "Class-Balanced Loss Based on Effective Number of Samples",
       CVPR 2019. https://arxiv.org/abs/1901.05555

    Examples
    --------
    >>> from sktext.losses import class_weights
    >>> class_weights([4827, 747]).round(3)
    array([0.577, 3.731])
    """
    counts = np.asarray(counts, dtype=np.float64)
    present = counts > 0
    if not present.any():
        raise ValueError("All class counts are zero; class weights need at least one sample.")
    if not 0 <= beta <= 1:
        raise ValueError(f"beta must be in [0, 1]; got {beta!r}.")
    weights = np.zeros_like(counts)
    if scheme in ("balanced", "inverse") or (scheme == "effective" and beta == 1):
        weights[present] = 1 / counts[present]
    elif scheme == "effective":
        weights[present] = 1 / effective_number(counts[present], beta)
    else:
        raise ValueError(f"scheme={scheme!r} is not known; choose one of {list(SCHEMES)}.")
    return weights * counts.sum() / (weights * counts).sum()


def effective_number(counts, beta):
    """Compute (1 - beta ** count) / (1 - beta), zero for a count of zero; beta in [0, 1)."""
    counts = np.asarray(counts, dtype=np.float64)
    # expm1 keeps the digits that 1 - beta ** n loses for beta near one.
    log_beta = np.log(beta) if beta > 0 else -np.inf
    number = np.zeros_like(counts)
    present = counts > 0
    number[present] = np.expm1(counts[present] * log_beta) / np.expm1(log_beta)
    return number
