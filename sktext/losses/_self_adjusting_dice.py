"""Self-adjusting Dice loss."""

from numbers import Real
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval, StrOptions
from sktext.losses._base import Loss


class SelfAdjustingDiceLoss(Loss):
    """Dice loss of each sample, with easy samples turned down.

    Use it when F1 is the goal and batches are small: each sample has its own value, so
    that weights and batches behave as with cross-entropy.

    Do not use it with ``alpha`` near 1 unless ``detach_factor=True``: the factor
    ``(1 - p)^alpha`` then pulls positives back to ``p = 1 / (1 + alpha)`` and lets
    confident false positives be. Do not use it when probabilities are needed.

    Parameters
    ----------
    alpha : float, default=0.01
        Power of the factor that turns easy samples down, in [0, inf). The authors'
        scripts use 0.01.
    smooth : float, default=1.0
        Added to numerator and denominator, greater than 0.
    classes : {"all", "target"}, default="all"
        With several classes: the mean over all of them, or the sample's own class only.
    square_denominator : bool, default=True
        Sum squares in the denominator, as the authors do; plain sums keep to the most
        frequent class.
    detach_factor : bool, default=False
        Take no gradient through the factor, which mends its direction for large alpha.

    See Also
    --------
    DiceLoss : Over the whole batch.

    Notes
    -----
    Formula: ``1 - (2 f t + s) / (f + t + s)``, with ``f = (1 - p)^alpha p``

    References
    ----------
    .. [1] Li et al., "Dice Loss for Data-imbalanced NLP Tasks", ACL 2020.
       https://arxiv.org/abs/1911.02855

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import SelfAdjustingDiceLoss
    >>> logits, target = torch.tensor([9.0, -9.0]), torch.tensor([1, 1])
    >>> SelfAdjustingDiceLoss()(logits, target, reduction="none").round(decimals=3)
    tensor([0.0030, 0.5000])
    """

    suits_lbfgs = False
    _is_flat = True
    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="left")],
        "smooth": [Interval(Real, 0, None, closed="neither")],
        "classes": [StrOptions({"all", "target"})],
        "square_denominator": ["boolean"],
        "detach_factor": ["boolean"],
    }

    def __init__(
        self,
        alpha: float = 0.01,
        smooth: float = 1.0,
        classes: Literal["all", "target"] = "all",
        square_denominator: bool = True,
        detach_factor: bool = False,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.smooth = smooth
        self.classes = classes
        self.square_denominator = square_denominator
        self.detach_factor = detach_factor

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p = logits.log_softmax(dim=1)
        if self.classes == "target":
            log_p = log_p.gather(1, target[:, None])
            indicator = torch.ones_like(log_p)
        else:
            indicator = F.one_hot(target, logits.shape[1]).to(log_p)
        return self._dice(log_p, log1mexp(log_p), indicator).mean(dim=1)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        return self._dice(F.logsigmoid(logits), F.logsigmoid(-logits), target)

    def _dice(self, log_p, log_rest, indicator):
        factor = torch.exp(self.alpha * log_rest)
        if self.detach_factor:
            factor = factor.detach()
        f = factor * log_p.exp()
        mass = f.square() + indicator.square() if self.square_denominator else f + indicator
        return 1 - (2 * f * indicator + self.smooth) / (mass + self.smooth)


def log1mexp(log_p):
    """Compute log(1 - p) from log p, bounded so that its gradient stays finite."""
    return torch.log(-torch.expm1(log_p.clamp_max(-1e-12)))
