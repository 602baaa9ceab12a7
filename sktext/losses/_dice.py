"""Dice loss."""

from numbers import Real
from typing import Literal

import torch
from torch import Tensor

from sktext._validation import Interval, StrOptions
from sktext.losses._batch_loss import EPSILON, BatchLoss


class DiceLoss(BatchLoss):
    """One minus the soft F1 score of the batch.

    Use it when F1 of rare classes is what is judged: true negatives do not count at
    all. Large batches, or ``CombinedLoss`` with cross-entropy, keep it stable.

    Do not use it when probabilities are needed, with small batches, or with many classes
    from scratch: its gradient vanishes where the model is confidently wrong.

    Parameters
    ----------
    smooth : float, default=1.0
        Added to numerator and denominator, in [0, inf); keeps classes that are absent
        from a batch quiet.
    average : {"macro", "micro"}, default="macro"
        Mean over classes, or one score over all cells.
    square_denominator : bool, default=False
        Sum squares in the denominator, as in the V-Net paper.
    log : bool, default=False
        Take minus the log of the score instead of one minus it.
    absent : {"include", "skip"}, default="include"
        Whether classes without a sample in the batch count; counting them pushes their
        probabilities down.

    See Also
    --------
    SoftF1Loss : Without smoothing.
    TverskyLoss : Weighs false positives and false negatives differently.
    SelfAdjustingDiceLoss : Per sample, so that batches do not matter.

    Notes
    -----
    Formula: ``1 - (2 sum p t + s) / (sum p + sum t + s)``

    References
    ----------
    .. [1] Milletari et al., "V-Net: Fully Convolutional Neural Networks for Volumetric
       Medical Image Segmentation", 3DV 2016. https://arxiv.org/abs/1606.04797

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import DiceLoss
    >>> DiceLoss(smooth=0.0)(torch.tensor([9.0, -9.0]), torch.tensor([1, 0])).round(decimals=3)
    tensor(0.)
    """

    _parameter_constraints = {
        "smooth": [Interval(Real, 0, None, closed="left")],
        "average": [StrOptions({"macro", "micro"})],
        "square_denominator": ["boolean"],
        "log": ["boolean"],
        "absent": [StrOptions({"include", "skip"})],
    }

    def __init__(
        self,
        smooth: float = 1.0,
        average: Literal["macro", "micro"] = "macro",
        square_denominator: bool = False,
        log: bool = False,
        absent: Literal["include", "skip"] = "include",
    ) -> None:
        super().__init__()
        self.smooth = smooth
        self.average = average
        self.square_denominator = square_denominator
        self.log = log
        self.absent = absent

    def per_class(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        # smooth=0 with nothing predicted and nothing there: a perfect score of 0 / 0.
        score = (2 * true_positives + self.smooth + EPSILON) / (
            predicted + actual + self.smooth + EPSILON
        )
        return -torch.log(score) if self.log else 1 - score

    def combine(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        if self.average == "micro":
            sums = (true_positives, predicted, actual)
            return self.per_class(*(total.sum()[None] for total in sums))
        values = self.per_class(true_positives, predicted, actual)
        if self.absent == "skip" and (actual > 0).any():
            return values[actual > 0]
        return values

    def mass(self, proba: Tensor) -> Tensor:
        return proba.square() if self.square_denominator else proba
