"""Generalized cross-entropy."""

from numbers import Real

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss


class GeneralizedCELoss(Loss):
    """Between cross-entropy and the error rate: robust to wrong labels.

    Use it when part of the training labels are wrong: samples of very low probability
    have almost no gradient. Search ``q`` between 0.3 and 0.9.

    Do not use it on clean data with rare classes: hard but correctly labelled samples are
    ignored as well.

    Parameters
    ----------
    q : float, default=0.7
        In (0, 1]: near 0 is cross-entropy, 1 is one minus the probability.

    See Also
    --------
    SymmetricCELoss : Adds a robust term instead.

    Notes
    -----
    Formula: ``(1 - p_y^q) / q``

    References
    ----------
    .. [1] Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural
       Networks with Noisy Labels", NeurIPS 2018. https://arxiv.org/abs/1805.07836

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import GeneralizedCELoss
    >>> GeneralizedCELoss(q=1.0)(torch.tensor([[0.0, 0.0]]), torch.tensor([0]))
    tensor(0.5000)
    """

    proba = "invertible"
    # At the class proportions a rare class has next to no gradient, and would never be learned.
    starts_at_prior = False
    _parameter_constraints = {"q": [Interval(Real, 0, 1, closed="right")]}

    def __init__(self, q: float = 0.7) -> None:
        super().__init__()
        self.q = q

    @property
    def suits_lbfgs(self) -> bool:
        return self.q < 1  # the error rate is flat where a row is confidently wrong

    @property
    def curvature(self) -> float | None:
        return max(1 - self.q, 0.1)

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p = logits.log_softmax(dim=1).gather(1, target[:, None])[:, 0]
        return -torch.expm1(self.q * log_p) / self.q
