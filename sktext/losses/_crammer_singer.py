"""Multi-class hinge loss of Crammer and Singer."""

from numbers import Real

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss


class CrammerSingerLoss(Loss):
    """Hinge loss of the right class against the best other one.

    Use it for many classes when only the decision counts: it looks at the one confusion
    that would cost the answer.

    Do not use it when probabilities are needed: it has none.

    Parameters
    ----------
    margin : float, default=1.0
        Lead in logits over the best other class that costs nothing, greater than 0.

    See Also
    --------
    MultiMarginLoss : Against every other class.

    Notes
    -----
    Formula: ``max(0, margin + max_{j != y} x_j - x_y)``

    References
    ----------
    .. [1] Crammer and Singer, "On the Algorithmic Implementation of Multiclass
       Kernel-based Vector Machines", JMLR 2, 2001.
       https://jmlr.org/papers/v2/crammer01a.html

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import CrammerSingerLoss
    >>> CrammerSingerLoss()(torch.tensor([[1.0, 0.5, -2.0]]), torch.tensor([0]))
    tensor(0.5000)
    """

    proba = "none"
    _parameter_constraints = {"margin": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = margin

    @property
    def suits_lbfgs(self) -> bool:
        # Between many outputs there are more kinks than a line search can cross.
        return self._bound_to("binary")

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        is_target = F.one_hot(target, logits.shape[1]).bool()
        best_other = logits.masked_fill(is_target, -torch.inf).amax(dim=1)
        return torch.relu(self.margin + best_other - logits.gather(1, target[:, None])[:, 0])
