"""Focal Tversky loss."""

from numbers import Real

from torch import Tensor

from sktext._validation import Interval
from sktext.losses._tversky import TverskyLoss, tversky_index

# Below this the power's derivative grows without bound where a class is perfect.
FLOOR = 1e-7


class FocalTverskyLoss(TverskyLoss):
    """Tversky loss raised to a power, to turn to the classes that are worst.

    Use it as ``tversky`` where some classes are learned at once and others hardly:
    ``gamma`` above 1 turns the former down, below 1 keeps pulling at them.

    Do not use it when probabilities are needed or batches are small, as with ``dice``.

    Parameters
    ----------
    alpha : float, default=0.3
        Price of a false positive, in [0, inf).
    beta : float, default=0.7
        Price of a false negative, in [0, inf); alpha and beta are not both 0.
    gamma : float, default=0.75
        Power of the loss of each class, greater than 0; the paper's 1 / gamma.
    smooth : float, default=1.0
        Added to numerator and denominator, in [0, inf).

    See Also
    --------
    TverskyLoss : The same with ``gamma=1``.

    Notes
    -----
    Formula: ``(1 - (TP + s) / (TP + alpha FP + beta FN + s))^gamma``

    References
    ----------
    .. [1] Abraham and Khan, "A Novel Focal Tversky Loss Function with Improved Attention
       U-Net for Lesion Segmentation", ISBI 2019. https://arxiv.org/abs/1810.07842

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import FocalTverskyLoss
    >>> logits, target = torch.tensor([9.0, -9.0]), torch.tensor([1, 1])
    >>> FocalTverskyLoss(gamma=2.0, smooth=0.0)(logits, target).round(decimals=3)
    tensor(0.1700)
    """

    _parameter_constraints = {
        **TverskyLoss._parameter_constraints,
        "gamma": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self, alpha: float = 0.3, beta: float = 0.7, gamma: float = 0.75, smooth: float = 1.0
    ) -> None:
        super().__init__(alpha=alpha, beta=beta, smooth=smooth)
        self.gamma = gamma

    def per_class(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        index = tversky_index(true_positives, predicted, actual, self.alpha, self.beta, self.smooth)
        return (1 - index).clamp_min(FLOOR) ** self.gamma
