"""Soft F1 loss."""

from numbers import Real

from torch import Tensor

from sktext._validation import Interval
from sktext.losses._batch_loss import EPSILON, BatchLoss


class SoftF1Loss(BatchLoss):
    """One minus the mean F1 of the batch, with probabilities for decisions.

    Use it for multilabel targets judged by macro F1, with large batches or the full
    batch; ``beta`` sharpens the probabilities towards decisions (sigmoidF1).

    Do not use it when probabilities are needed or batches are small; see ``dice`` for a
    version that is gentler on absent classes.

    Parameters
    ----------
    beta : float, default=1.0
        Steepness of the sigmoid, greater than 0; 1 is the plain soft F1.
    eta : float, default=0.0
        Shift of the logits before the sigmoid.

    See Also
    --------
    DiceLoss : The same with smoothing.

    Notes
    -----
    Formula: ``1 - 2 sum s t / (sum s + sum t)``, with ``s = sigmoid(beta (x + eta))``

    References
    ----------
    .. [1] Bénédict et al., "sigmoidF1: A Smooth F1 Score Surrogate Loss for Multilabel
       Classification", TMLR 2022. https://arxiv.org/abs/2108.10566

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import SoftF1Loss
    >>> SoftF1Loss()(torch.tensor([9.0, -9.0]), torch.tensor([1, 0])).round(decimals=3)
    tensor(0.)
    """

    _parameter_constraints = {
        "beta": [Interval(Real, 0, None, closed="neither")],
        "eta": [Interval(Real, None, None, closed="neither")],
    }

    def __init__(self, beta: float = 1.0, eta: float = 0.0) -> None:
        super().__init__()
        self.beta = beta
        self.eta = eta

    def activate(self, task: str, logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        return super().activate(task, self.beta * (logits + self.eta), target)

    def per_class(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        return 1 - (2 * true_positives + EPSILON) / (predicted + actual + EPSILON)
