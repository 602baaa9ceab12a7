"""Multi-class hinge loss of Crammer and Singer."""

from numbers import Real

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss
from sktext.losses._hinge import CURVATURE


class CrammerSingerLoss(Loss):
    """Hinge loss of the right class against the best other one.

    Use it for many classes when only the decision counts: it looks at the one confusion
    that would cost the answer. With ``weight_decay=1 / (C * n_samples)`` it is scikit-learn's
    ``LinearSVC(multi_class="crammer_singer")``, but for the smoothing and the free bias.

    Do not use it when probabilities are needed: it has none.

    Parameters
    ----------
    margin : float, default=1.0
        Lead in logits over the best other class that costs nothing, greater than 0.
    smoothing : float, default=0.1
        Distance in logits over which the maximum is rounded, in [0, inf): the value is
        above the exact one by at most ``smoothing * log(n_classes)``. 0 is exact, for an
        optimizer that steps by the batch: at the start all other classes are level, where
        no step along a gradient leads down, and "lbfgs" cannot begin.

    See Also
    --------
    MultiMarginLoss : Against every other class.
    HingeLoss : Each class against the rest.

    Notes
    -----
    Formula: ``s log(1 + sum_{j != y} e^((margin + x_j - x_y) / s))``, which is ``max(0, margin +
    max_{j != y} x_j - x_y)`` at ``s = 0``

    References
    ----------
    .. [1] Crammer and Singer, "On the Algorithmic Implementation of Multiclass
       Kernel-based Vector Machines", JMLR 2, 2001.
       https://jmlr.org/papers/v2/crammer01a.html

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import CrammerSingerLoss
    >>> logits, target = torch.tensor([[1.0, 0.5, -2.0]]), torch.tensor([0])
    >>> CrammerSingerLoss()(logits, target).round(decimals=4)
    tensor(0.5007)
    >>> CrammerSingerLoss(smoothing=0.0)(logits, target)
    tensor(0.5000)
    """

    proba = "none"
    _parameter_constraints = {
        "margin": [Interval(Real, 0, None, closed="neither")],
        "smoothing": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, margin: float = 1.0, smoothing: float = 0.1) -> None:
        super().__init__()
        self.margin = margin
        self.smoothing = smoothing

    @property
    def suits_lbfgs(self) -> bool:
        # Between many outputs there are more kinks than a line search can cross.
        return self.smoothing > 0 or self._bound_to("binary")

    @property
    def curvature(self) -> float | None:
        return min(CURVATURE, 2 / self.smoothing) if self.smoothing > 0 else None

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        excess = self.margin + logits - logits.gather(1, target[:, None])
        if self.smoothing == 0:
            is_target = F.one_hot(target, logits.shape[1]).bool()
            return torch.relu(excess.masked_fill(is_target, -torch.inf).amax(dim=1))
        # The right class stands for the zero below which a cost cannot fall.
        excess = excess.scatter(1, target[:, None], 0.0)
        return self.smoothing * (excess / self.smoothing).logsumexp(dim=1)
