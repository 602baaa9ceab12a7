"""Tversky loss."""

from numbers import Real

from torch import Tensor

from sktext._validation import Interval
from sktext.losses._batch_loss import EPSILON, BatchLoss


def tversky_index(true_positives, predicted, actual, alpha, beta, smooth):
    """Compute the soft Tversky index of each class: alpha weighs false positives, beta misses."""
    false_positives, misses = predicted - true_positives, actual - true_positives
    smooth = smooth + EPSILON
    total = true_positives + alpha * false_positives + beta * misses + smooth
    return (true_positives + smooth) / total


class TverskyLoss(BatchLoss):
    """Dice loss with separate prices for false positives and for misses.

    Use it when a miss and a false alarm cost differently: ``alpha=0.3, beta=0.7`` asks for
    recall, the other way round for precision.

    Do not use it when probabilities are needed or batches are small, as with ``dice``.

    Parameters
    ----------
    alpha : float, default=0.5
        Price of a false positive, in [0, inf).
    beta : float, default=0.5
        Price of a false negative, in [0, inf); alpha and beta are not both 0. Some
        libraries and papers swap the two.
    smooth : float, default=1.0
        Added to numerator and denominator, in [0, inf).

    See Also
    --------
    FocalTverskyLoss : Turns classes that are already right up or down.

    Notes
    -----
    Formula: ``1 - (TP + s) / (TP + alpha FP + beta FN + s)``

    References
    ----------
    .. [1] Salehi et al., "Tversky Loss Function for Image Segmentation Using 3D Fully
       Convolutional Deep Networks", MLMI 2017. https://arxiv.org/abs/1706.05721

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import TverskyLoss
    >>> logits, target = torch.tensor([9.0, -9.0]), torch.tensor([1, 1])
    >>> TverskyLoss(alpha=0.3, beta=0.7, smooth=0.0)(logits, target).round(decimals=3)
    tensor(0.4120)
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="left")],
        "beta": [Interval(Real, 0, None, closed="left")],
        "smooth": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, alpha: float = 0.5, beta: float = 0.5, smooth: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.beta = beta
        self.smooth = smooth

    def check(self, task: str) -> None:
        super().check(task)
        if self.alpha + self.beta == 0:
            raise ValueError("alpha and beta are both 0, which makes every prediction perfect.")

    def per_class(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        return 1 - tversky_index(
            true_positives, predicted, actual, self.alpha, self.beta, self.smooth
        )
