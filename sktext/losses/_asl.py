"""Asymmetric loss."""

import math
from numbers import Real

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss

FLOOR = 1e-12


class AsymmetricLoss(Loss):
    """Focal loss with one gamma for positives and a larger one for negatives.

    Use it where each sample has few of many labels, so that easy negatives swamp the rest:
    they are turned down hard, and dropped below ``clip``. Several classes are as many labels,
    one against the rest.

    Do not use it without choosing thresholds: a raw 0.5 means a true probability near
    0.15. Do not use it when confident false positives must be unlearned: their gradient
    vanishes.

    Parameters
    ----------
    gamma_neg : float, default=4.0
        How fast the cost of a negative falls as it gets right, in [0, inf).
    gamma_pos : float, default=1.0
        The same for a positive, in [0, inf).
    clip : float, default=0.05
        Probability that is taken off negatives, in [0, 1); below it they cost nothing.
    detach_weights : bool, default=False
        Take no gradient through the focusing factors.

    See Also
    --------
    FocalLoss : One gamma, with a posterior that is easier to invert.
    DistributionBalancedLoss : Weighs labels by their frequency.

    Notes
    -----
    Formula: ``-y (1 - p)^gamma_pos log p - (1 - y) q^gamma_neg log(1 - q)``, with
    ``q = max(p - clip, 0)``

    References
    ----------
    .. [1] Ben-Baruch et al., "Asymmetric Loss For Multi-Label Classification", ICCV 2021.
       https://arxiv.org/abs/2009.14119

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import AsymmetricLoss
    >>> logits, target = torch.tensor([[2.0, -4.0]]), torch.tensor([[1, 0]])
    >>> AsymmetricLoss()(logits, target, reduction="none").round(decimals=4)
    tensor([[0.0151, 0.0000]])
    """

    proba = "invertible"
    _parameter_constraints = {
        "gamma_neg": [Interval(Real, 0, None, closed="left")],
        "gamma_pos": [Interval(Real, 0, None, closed="left")],
        "clip": [Interval(Real, 0, 1, closed="left")],
        "detach_weights": ["boolean"],
    }

    def __init__(
        self,
        gamma_neg: float = 4.0,
        gamma_pos: float = 1.0,
        clip: float = 0.05,
        detach_weights: bool = False,
    ) -> None:
        super().__init__()
        self.gamma_neg = gamma_neg
        self.gamma_pos = gamma_pos
        self.clip = clip
        self.detach_weights = detach_weights

    @property
    def suits_lbfgs(self) -> bool:
        return not self.detach_weights

    @property
    def imbalance_correction(self) -> str | None:
        return "its two gammas" if self.gamma_neg != self.gamma_pos or self.clip else None

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p, log_rest = F.logsigmoid(logits), F.logsigmoid(-logits)
        positive_factor = torch.exp(self.gamma_pos * log_rest)
        if self.clip:
            # log(1 - (p - clip)) = log((1 - p) + clip), at most 0.
            log_clip = torch.full_like(logits, math.log(self.clip))
            negative_cost = -torch.logaddexp(log_rest, log_clip).clamp_max(0)
            clipped = torch.relu(logits.sigmoid() - self.clip)
            power = clipped.clamp_min(FLOOR) ** self.gamma_neg
            negative_factor = torch.where(clipped > 0, power, torch.zeros_like(power))
        else:
            negative_cost = -log_rest
            negative_factor = torch.exp(self.gamma_neg * log_p)
        if self.detach_weights:
            positive_factor, negative_factor = positive_factor.detach(), negative_factor.detach()
        return target * positive_factor * -log_p + (1 - target) * negative_factor * negative_cost
