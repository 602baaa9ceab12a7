"""Distribution-balanced loss and its relatives."""

from numbers import Real
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from sktext._class_weights import effective_number
from sktext._validation import Interval, StrOptions
from sktext.losses._base import Loss
from sktext.losses._focal import focal_per_label


class Variant(NamedTuple):
    """Which of the ingredients a published variant has, and its overall scale."""

    weights: str | None
    negative_tolerant: bool
    focal: bool
    scale: float


VARIANTS = {
    "FL": Variant(None, False, True, 1.0),
    "R-FL": Variant("rebalanced", False, True, 1.0),
    "NTR-FL": Variant(None, True, True, 1.0),
    "DB-0FL": Variant("rebalanced", True, False, 0.5),
    "DB": Variant("rebalanced", True, True, 1.0),
    "CB-FL": Variant("effective", False, True, 10.0),
    "CB-NTR": Variant("effective", True, True, 10.0),
}


class DistributionBalancedLoss(Loss):
    """Focal loss rebalanced for labels that occur together, gentle to negatives.

    Use it for multilabel targets with a long tail: a label's weight takes into account
    which labels occur in the same sample, and the many negatives of a rare label stop
    pushing once it is clearly absent. ``variant="CB-NTR"`` is the one to try next.

    Do not use it with few or balanced labels, where it is focal loss with extra steps.
    ``mu`` was tuned for 90 labels; tune it to yours. Do not use it when probabilities are
    needed.

    Parameters
    ----------
    variant : {"DB", "DB-0FL", "R-FL", "NTR-FL", "CB-NTR", "CB-FL", "FL"}, default="DB"
        Which of the published combinations: R(ebalanced) or CB (effective number)
        weights, NTR (negative-tolerant), FL (focal).
    a, b, mu : float, default=0.1, 10.0, 0.9
        Of the map ``a + sigmoid(b (r - mu))`` that smooths the rebalanced weights.
    kappa : float, default=0.05
        Of the negative-tolerant shift ``kappa log(n / n_l - 1)``, in [0, inf).
    lam : float, default=2.0
        By how much negatives are sharpened, greater than 0.
    gamma : float, default=2.0
        Of the focal factor, in [0, inf).
    beta : float, default=0.9
        Of the effective number, in [0, 1).

    Attributes
    ----------
    frequency_ : tensor of shape (n_labels,)
        Fraction of samples that have the label.
    shift_ : tensor of shape (n_labels,)
        The negative-tolerant shift.
    effective_weight_ : tensor of shape (n_labels,)
        The effective-number weight.

    See Also
    --------
    AsymmetricLoss : Needs no label counts.

    Notes
    -----
    Formula: ``r_l FL(x_l - v_l)``, with ``r_l = a + sigmoid(b ((1 / n_l) / sum_j y_j / n_j
    - mu))``, ``v_l = kappa log(n / n_l - 1)``, negatives ``FL(lam (x - v)) / lam``

    Written from the equations of the papers. Predictions take no shift.

    References
    ----------
    .. [1] Wu et al., "Distribution-Balanced Loss for Multi-Label Classification in
       Long-Tailed Datasets", ECCV 2020. https://arxiv.org/abs/2007.09654
    .. [2] Huang et al., "Balancing Methods for Multi-label Text Classification with
       Long-Tailed Class Distribution", EMNLP 2021. https://arxiv.org/abs/2109.04712

    Examples
    --------
    >>> from sktext.losses import DistributionBalancedLoss
    >>> loss = DistributionBalancedLoss().build("multilabel", [60, 5], n_samples=100)
    >>> loss.shift_.round(decimals=3)
    tensor([-0.0200,  0.1470], dtype=torch.float64)
    """

    tasks = ("multilabel",)
    learns = ("frequency_", "shift_", "effective_weight_")
    frequency_: Tensor
    shift_: Tensor
    effective_weight_: Tensor
    _parameter_constraints = {
        "variant": [StrOptions(set(VARIANTS))],
        "a": [Interval(Real, 0, None, closed="left")],
        "b": [Interval(Real, 0, None, closed="neither")],
        "mu": [Interval(Real, 0, None, closed="left")],
        "kappa": [Interval(Real, 0, None, closed="left")],
        "lam": [Interval(Real, 0, None, closed="neither")],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "beta": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        variant: Literal["DB", "DB-0FL", "R-FL", "NTR-FL", "CB-NTR", "CB-FL", "FL"] = "DB",
        a: float = 0.1,
        b: float = 10.0,
        mu: float = 0.9,
        kappa: float = 0.05,
        lam: float = 2.0,
        gamma: float = 2.0,
        beta: float = 0.9,
    ) -> None:
        super().__init__()
        self.variant = variant
        self.a = a
        self.b = b
        self.mu = mu
        self.kappa = kappa
        self.lam = lam
        self.gamma = gamma
        self.beta = beta

    @property
    def imbalance_correction(self) -> str | None:
        variant = VARIANTS[self.variant]
        return f"variant={self.variant!r}" if variant.weights or variant.negative_tolerant else None

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        counts = class_counts.clamp(0.5, max(n_samples - 0.5, 0.5))  # a label of none or all
        self.register_buffer("frequency_", counts / n_samples)
        self.register_buffer("shift_", self.kappa * torch.log(n_samples / counts - 1))
        effective = 1 / effective_number(counts.numpy(), self.beta)
        self.register_buffer("effective_weight_", torch.as_tensor(effective))

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        variant = VARIANTS[self.variant]
        scale = torch.full_like(logits, variant.scale)
        if variant.weights == "rebalanced":
            scale = scale * self._rebalanced(target)
        elif variant.weights == "effective":
            scale = scale * self.effective_weight_.to(logits.dtype)
        if variant.negative_tolerant:
            sharpness = torch.where(target > 0.5, 1.0, self.lam).to(logits.dtype)
            logits = (logits - self.shift_.to(logits.dtype)) * sharpness
            scale = scale / sharpness
        if variant.focal:
            return scale * focal_per_label(logits, target, self.gamma, alpha=0.5)
        return scale * focal_per_label(logits, target, 0.0, alpha=None)

    def _rebalanced(self, target):
        """Compute the weight of each cell: how much of the sample's draw is due to the label."""
        rarity = (1 / self.frequency_).to(target.dtype)
        # A sample without labels divides by zero: its ratio is infinite, its weight a + 1.
        ratio = rarity / (target * rarity).sum(dim=1, keepdim=True)
        return self.a + torch.sigmoid(self.b * (ratio - self.mu))
