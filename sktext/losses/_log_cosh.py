"""Log-cosh loss."""

import math

import torch.nn.functional as F
from torch import Tensor

from sktext.losses._base import Loss


class LogCoshLoss(Loss):
    """Log-cosh of the error of the probability: squared error that no outlier can dominate.

    Use it when many labels are wrong: no sample costs more than 0.44. It is offered
    because articles recommend it for imbalanced text; others measured better.

    Do not use it when the start is bad or classes are many: its gradient vanishes where
    the model is confidently wrong.

    See Also
    --------
    GeneralizedCELoss, SymmetricCELoss : For wrong labels, with a stronger gradient.

    Notes
    -----
    Formula: ``mean_c log cosh(p_c - t_c)``

    References
    ----------
    .. [1] Saleh and Saleh, "Statistical Properties of the log-cosh Loss Function Used in
       Machine Learning", 2022. https://arxiv.org/abs/2208.04564

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import LogCoshLoss
    >>> LogCoshLoss()(torch.tensor([-99.0]), torch.tensor([1])).round(decimals=4)
    tensor(0.4338)
    """

    suits_lbfgs = False
    _is_flat = True

    @property
    def proba(self) -> str:
        return "heuristic" if self._bound_to("multiclass") else "invertible"

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        indicator = F.one_hot(target, logits.shape[1]).to(logits.dtype)
        return log_cosh(logits.softmax(dim=1) - indicator).mean(dim=1)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        return log_cosh(logits.sigmoid() - target)


def log_cosh(error):
    """Compute log(cosh(error)) for errors of any size."""
    size = error.abs()
    return size + F.softplus(-2 * size) - math.log(2)
