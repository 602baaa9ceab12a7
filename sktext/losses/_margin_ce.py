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
    stopping watches: the value jumps and can be zero; give ``scoring``.

    Parameters
    ----------
    margin : float, default=0.6
        Probability of the right answer from which on a sample costs nothing, in [0.5, 1].
        1 is cross-entropy.
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
    Formula: ``-gate log p_y``, with ``gate = 1 if p_y < margin else 0``

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
    tensor([0.0000, 0.6444])
    """

    proba = "heuristic"
    suits_lbfgs = False
    _parameter_constraints = {
        "margin": [Interval(Real, 0.5, 1, closed="both")],
        "softness": [Interval(Real, 0, None, closed="neither"), None],
        "gate": [StrOptions({"prob", "runner_up"})],
        "normalize_active": ["boolean"],
    }

    def __init__(
        self,
        margin: float = 0.6,
        softness: float | None = None,
        gate: Literal["prob", "runner_up"] = "prob",
        normalize_active: bool = False,
    ) -> None:
        super().__init__()
        self.margin = margin
        self.softness = softness
        self.gate = gate
        self.normalize_active = normalize_active

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p, log_rest = log_target_and_rest(logits, target)
        lead = log_p - log_rest
        if self.gate == "runner_up":
            is_target = F.one_hot(target, logits.shape[1]).bool()
            best_other = logits.masked_fill(is_target, -torch.inf).amax(dim=1)
            lead = logits.gather(1, target[:, None])[:, 0] - best_other
        return self._gated(-log_p, lead)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        gated = self._gated(loss, torch.where(target > 0.5, logits, -logits))
        # A soft target between 1 - margin and margin is right on neither side.
        sure = (target > self.margin) | (target < 1 - self.margin)
        return torch.where(sure, gated, loss)

    def _gated(self, loss, lead):
        """Close the gate where ``lead``, the logit of being right, has passed the margin."""
        if self.margin == 1:
            return loss
        distance = math.log(self.margin / (1 - self.margin)) - lead.detach()
        if self.softness is None:
            gate = (1 + torch.sign(distance)) / 2
        else:
            gate = torch.sigmoid(self.softness * distance)
        if self.normalize_active:
            gate = gate * (gate.numel() / gate.sum().clamp_min(1))
        return gate * loss
