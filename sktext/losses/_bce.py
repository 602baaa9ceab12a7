"""Binary cross-entropy with a weight on the positives."""

from numbers import Real
from typing import Literal

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from sktext._validation import Interval, StrOptions
from sktext.losses._base import Loss
from sktext.losses._cross_entropy import smoothed_bce

MAX_POS_WEIGHT = 100.0


class BCELoss(Loss):
    """Binary cross-entropy per label, with a weight on the positives.

    Use it when labels are rare and recall on them matters: ``pos_weight="balanced"``
    makes a miss cost as much as the label is rare. Without ``pos_weight`` it is
    ``cross_entropy`` for binary and multilabel targets. Several classes are one against the
    rest, as in scikit-learn's ``OneVsRestClassifier``: no class is learned at the price of
    another, and their probabilities are divided by their sum.

    Do not use it when the probabilities at 0.5 should be those of the data:
    ``pos_weight`` moves them; ``posterior`` moves them back. Do not use it together with
    ``class_weight="balanced"``, which does the same again.

    Parameters
    ----------
    pos_weight : float, array-like of shape (n_labels,) or "balanced", default=None
        What a positive counts relative to a negative, greater than 0. "balanced" is
        negatives / positives of each label, at most 100.
    label_smoothing : float, default=0.0
        Fraction by which targets are pulled towards 0.5, in [0, 1).

    Attributes
    ----------
    pos_weight_ : tensor of shape (n_labels,)
        The weight of each label; only with ``pos_weight="balanced"``.

    See Also
    --------
    AsymmetricLoss : Turns down easy negatives instead of turning up positives.

    Notes
    -----
    Formula: ``-w y log p - (1 - y) log(1 - p)``

    References
    ----------
    .. [1] King and Zeng, "Logistic Regression in Rare Events Data", Political Analysis
       9(2), 2001. https://gking.harvard.edu/files/0s.pdf

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import BCELoss
    >>> loss = BCELoss(pos_weight="balanced").build("multilabel", [10, 50], n_samples=100)
    >>> loss.pos_weight_
    tensor([9., 1.])
    """

    proba = "invertible"
    learns = ("pos_weight_",)
    pos_weight_: Tensor
    starts_at_prior = True
    _parameter_constraints = {
        "pos_weight": [
            Interval(Real, 0, None, closed="neither"),
            "array-like",
            StrOptions({"balanced"}),
            None,
        ],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        pos_weight: ArrayLike | Literal["balanced"] | None = None,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.pos_weight = pos_weight
        self.label_smoothing = label_smoothing

    @property
    def needs_counts(self) -> bool:
        return self._is_balanced()

    @property
    def imbalance_correction(self) -> str | None:
        return None if self.pos_weight is None else "its pos_weight"

    def _is_balanced(self):
        return isinstance(self.pos_weight, str) and self.pos_weight == "balanced"

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        if not self._is_balanced():
            return
        positives = class_counts[1:] if self._bound_to("binary") else class_counts
        weight = (n_samples - positives) / positives.clamp_min(1)
        weight = weight.clamp(1 / MAX_POS_WEIGHT, MAX_POS_WEIGHT)
        self.register_buffer("pos_weight_", weight.float())

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        weight = self.pos_weight_ if self._is_balanced() else self.pos_weight
        if weight is not None:
            weight = torch.as_tensor(weight, dtype=logits.dtype, device=logits.device)
        return smoothed_bce(logits, target, self.label_smoothing, pos_weight=weight)
