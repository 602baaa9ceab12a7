"""Cross-entropy that leaves right answers alone."""

import math
from numbers import Real
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval, StrOptions
from sktext.losses._base import Loss
from sktext.losses._focal import log_target_and_rest


class MarginCELoss(Loss):
    """Cross-entropy that ignores the samples already right by a margin.

    Use it when accuracy or F1 is the goal and cross-entropy overfits the easy samples:
    only wrong and doubtful samples train the model.

    Do not use it when probabilities are needed: they are pushed to ``margin`` and no
    further, so only the side they fall on means something. Do not use it as what early
    stopping watches: the value can be zero; give ``scoring``.

    Parameters
    ----------
    margin : float, default=0.9
        Probability of the right answer from which on a sample costs nothing, in [0.5, 1].
        1 is cross-entropy. The article has 0.6, for two classes: with many or rare classes
        too few samples are left to learn from, which costs points of macro F1.
    softness : float, default=None
        Steepness of a soft gate, greater than 0: the gate is
        ``sigmoid(softness * distance to the margin)``. None is the hard gate.
    gate : {"prob", "runner_up"}, default="prob"
        What must pass the margin with several classes: the probability of the right
        class, or that probability between it and the next best class.
    normalize_active : bool, default=False
        Scale up so that the mean is over the samples that still train, which keeps the
        step size as samples drop out.

    See Also
    --------
    FocalLoss : Turns right samples down instead of off.
    HingeLoss : Stops at a margin too, without probabilities.

    Notes
    -----
    Formula: ``gate (log margin - log p_y)``, with ``gate = 1 if p_y < margin else 0``

    The article has ``-gate log p_y``, with the same gradient and a jump at the margin, which
    no line search can cross; so have the soft gate and ``gate="runner_up"`` here.

    References
    ----------
    .. [1] Su Jianlin, "Text sentiment classification (4): a better loss function",
       2017. https://kexue.fm/archives/4293

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import MarginCELoss
    >>> logits = torch.tensor([[0.0, 2.0], [0.0, 0.1]])  # p_y = 0.88 and 0.52
    >>> MarginCELoss(margin=0.6)(logits, torch.tensor([1, 1]), reduction="none")
    tensor([0.0000, 0.1336])
    """

    proba = "heuristic"
    _parameter_constraints = {
        "margin": [Interval(Real, 0.5, 1, closed="both")],
        "softness": [Interval(Real, 0, None, closed="neither"), None],
        "gate": [StrOptions({"prob", "runner_up"})],
        "normalize_active": ["boolean"],
    }

    def __init__(
        self,
        margin: float = 0.9,
        softness: float | None = None,
        gate: Literal["prob", "runner_up"] = "prob",
        normalize_active: bool = False,
    ) -> None:
        super().__init__()
        self.margin = margin
        self.softness = softness
        self.gate = gate
        self.normalize_active = normalize_active

    @property
    def suits_lbfgs(self) -> bool:
        return self.margin == 1 or (self._has_no_jump() and not self.normalize_active)

    @property
    def curvature(self) -> float | None:
        return 1.0 if self.suits_lbfgs else None

    def _has_no_jump(self):
        # Only the hard gate of a probability closes at one cost, which can be taken off.
        return self.softness is None and self.gate == "prob"

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p, log_rest = log_target_and_rest(logits, target)
        lead = log_p - log_rest
        if self.gate == "runner_up":
            is_target = F.one_hot(target, logits.shape[1]).bool()
            best_other = logits.masked_fill(is_target, -torch.inf).amax(dim=1)
            lead = logits.gather(1, target[:, None])[:, 0] - best_other
        return self._gated(-log_p, lead, -math.log(self.margin))

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        lead = torch.where(target > 0.5, logits, -logits)
        gated = self._gated(loss, lead, self._cost_at_margin(target))
        # A soft target between 1 - margin and margin is right on neither side.
        sure = (target > self.margin) | (target < 1 - self.margin)
        return torch.where(sure, gated, loss)

    def _cost_at_margin(self, target):
        """Compute the cross-entropy of targets that are right by just the margin."""
        right = torch.maximum(target, 1 - target)
        return -torch.xlogy(right, torch.full_like(right, self.margin)) - torch.xlogy(
            1 - right, torch.full_like(right, 1 - self.margin)
        )

    def _gated(self, loss, lead, at_margin):
        """Close the gate where ``lead``, the logit of being right, has passed the margin.

        The hard gate of a probability takes the cost at the margin off, so that the value has
        no jump; the gradient is the same.
        """
        if self.margin == 1:
            return loss
        if self._has_no_jump():
            loss = (loss - at_margin).clamp_min(0)
        distance = math.log(self.margin / (1 - self.margin)) - lead.detach()
        if self.softness is None:
            gate = (1 + torch.sign(distance)) / 2
        else:
            gate = torch.sigmoid(self.softness * distance)
        if self.normalize_active:
            gate = gate * (gate.numel() / gate.sum().clamp_min(1))
        return gate * loss
