"""Cross-entropy."""

from numbers import Real

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss


class CrossEntropyLoss(Loss):
    """Minus the log of the probability of the right answer.

    Use it when the probabilities should be those of the data: it is the only loss here,
    with ``bce``, whose plain outputs estimate them. Start with it.

    Do not use it when rare classes must be found at the price of precision and nothing
    else is done for them: add ``class_weight="balanced"``, or take ``logit_adjustment``.

    Parameters
    ----------
    weight : array-like of shape (n_classes,), default=None
        Weight of each class, in the order of ``classes_``, for plain torch; classifiers
        have ``class_weight``. For multilabel, weight of each label.
    label_smoothing : float, default=0.0
        Fraction of the target spread evenly over all classes, in [0, 1).

    See Also
    --------
    BCELoss : For binary and multilabel, with a weight on the positives.
    FocalLoss : Turns down the samples that are already right.

    Notes
    -----
    Formula: ``-log p_y``; per label ``-y log p - (1 - y) log(1 - p)``

    References
    ----------
    .. [1] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision",
       CVPR 2016 (label smoothing). https://arxiv.org/abs/1512.00567

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import CrossEntropyLoss
    >>> CrossEntropyLoss()(torch.tensor([[2.0, 0.0]]), torch.tensor([0])).round(decimals=4)
    tensor(0.1269)
    """

    proba = "proper"
    starts_at_prior = True
    _parameter_constraints = {
        "weight": ["array-like", None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(self, weight: ArrayLike | None = None, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.weight = weight
        self.label_smoothing = label_smoothing

    @property
    def imbalance_correction(self) -> str | None:
        return None if self.weight is None else "its weight"

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            logits,
            target,
            weight=self._weight(logits),
            label_smoothing=self.label_smoothing,
            reduction="none",
        )

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        if self.weight is None or self._bound_to("multilabel") or logits.shape[1] > 1:
            values = smoothed_bce(logits, target, self.label_smoothing)
            return values if self.weight is None else values * self._weight(logits)
        # Binary: each class weighs its own part of the smoothed target.
        weight = self._weight(logits, n_classes=2)
        smoothed = target * (1 - self.label_smoothing) + self.label_smoothing / 2
        positive, negative = -F.logsigmoid(logits), -F.logsigmoid(-logits)
        return weight[1] * smoothed * positive + weight[0] * (1 - smoothed) * negative

    def init_bias(self, prior: Tensor) -> Tensor:
        if len(prior) == 1 or self._bound_to("multilabel"):
            if self.weight is not None:
                return super().init_bias(prior)
            return torch.logit(prior + self.label_smoothing * (1 / 2 - prior))
        smoothed = prior + self.label_smoothing * (1 / len(prior) - prior)
        if self.weight is not None:
            smoothed = smoothed * self._weight(prior)
        return torch.log(smoothed) - torch.log(smoothed).mean()

    def _weight(self, logits, n_classes=None):
        if self.weight is None:
            return None
        expected = n_classes or logits.shape[-1]
        if len(self.weight) != expected or min(self.weight) < 0:
            raise ValueError(
                f"weight must hold a number of at least 0 for each of {expected} classes; got "
                f"{self.weight}."
            )
        return torch.as_tensor(self.weight, dtype=logits.dtype, device=logits.device)

    def _posterior(self, task, logits):
        if task != "multiclass":
            if task == "binary" and self.weight is not None:
                odds = self._weight(logits, n_classes=2)
                logits = logits - torch.log(odds[1] / odds[0])
            return unsmooth(logits.sigmoid(), self.label_smoothing, 2)
        proba = logits.softmax(dim=1)
        if self.weight is not None:
            proba = proba / self._weight(logits)
            proba = proba / proba.sum(dim=1, keepdim=True)
        proba = unsmooth(proba, self.label_smoothing, logits.shape[1])
        return proba / proba.sum(dim=1, keepdim=True)


def smoothed_bce(logits, target, label_smoothing, pos_weight=None):
    """Compute the binary cross-entropy per label on targets pulled towards one half."""
    target = target * (1 - label_smoothing) + label_smoothing / 2
    return F.binary_cross_entropy_with_logits(
        logits, target, pos_weight=pos_weight, reduction="none"
    )


def unsmooth(proba, label_smoothing, n_classes):
    """Take label smoothing back out of probabilities."""
    return ((proba - label_smoothing / n_classes) / (1 - label_smoothing)).clamp(0.0, 1.0)
