"""Symmetric cross-entropy."""

import math
from numbers import Real

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss

LOG_ZERO = math.log(1e-4)


class SymmetricCELoss(Loss):
    """Cross-entropy plus its reverse, which is robust to wrong labels.

    Use it when part of the training labels are wrong and ``generalized_ce`` learns too
    slowly: the cross-entropy part keeps hard classes moving.

    Do not use it on clean data, where plain cross-entropy has better probabilities.

    Parameters
    ----------
    alpha : float, default=0.1
        Weight of cross-entropy, in [0, inf).
    beta : float, default=1.0
        Weight of the reverse cross-entropy, in [0, inf).
    A : float, default=log(1e-4)
        What stands for the log of zero, less than 0. The paper uses -4.

    See Also
    --------
    GeneralizedCELoss : One term, one parameter.

    Notes
    -----
    Formula: ``-alpha log p_y - beta A (1 - p_y)``

    References
    ----------
    .. [1] Wang et al., "Symmetric Cross Entropy for Robust Learning with Noisy Labels",
       ICCV 2019. https://arxiv.org/abs/1908.06112

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import SymmetricCELoss
    >>> SymmetricCELoss(A=-4.0)(torch.tensor([[0.0, 0.0]]), torch.tensor([0]))
    tensor(2.0693)
    """

    proba = "invertible"
    starts_at_prior = True
    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="left")],
        "beta": [Interval(Real, 0, None, closed="left")],
        "A": [Interval(Real, None, 0, closed="neither")],
    }

    def __init__(self, alpha: float = 0.1, beta: float = 1.0, A: float = LOG_ZERO) -> None:
        super().__init__()
        self.alpha = alpha
        self.beta = beta
        self.A = A

    @property
    def suits_lbfgs(self) -> bool:
        return self.alpha > 0  # the reverse alone is flat where a row is confidently wrong

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p = logits.log_softmax(dim=1).gather(1, target[:, None])[:, 0]
        return -self.alpha * log_p + self.beta * self.A * torch.expm1(log_p)
