"""Multi-class hinge loss of Weston and Watkins."""

from numbers import Integral, Real
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss
from sktext.losses._hinge import CURVATURE


class MultiMarginLoss(Loss):
    """Hinge loss of the right class against every other one, summed.

    Use it for several classes when only the decision counts and all confusions matter.

    Do not use it when probabilities are needed: it has none. The mean over the classes makes
    the gradient of each as weak as there are many, so that ``weight_decay`` is stronger by
    their number than with ``hinge``, which has a sum.

    Parameters
    ----------
    margin : float, default=1.0
        Lead in logits over each other class that costs nothing, greater than 0.
    p : {1, 2}, default=2
        Power of the cost. 2 has a gradient without jumps, so that "lbfgs" finds its minimum;
        1 needs an optimizer that steps by the batch.

    See Also
    --------
    CrammerSingerLoss : Only against the best other class.
    HingeLoss : Each class against the rest, with a threshold of its own.

    Notes
    -----
    Formula: ``1/C sum_j max(0, margin - x_y + x_j)^p``

    References
    ----------
    .. [1] Weston and Watkins, "Support Vector Machines for Multi-Class Pattern
       Recognition", ESANN 1999.
       https://www.elen.ucl.ac.be/Proceedings/esann/esannpdf/es1999-461.pdf

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import MultiMarginLoss
    >>> MultiMarginLoss()(torch.tensor([[1.0, 0.5, -2.0]]), torch.tensor([0])).round(decimals=4)
    tensor(0.0833)
    """

    proba = "none"
    _n_classes = 2
    _parameter_constraints = {
        "margin": [Interval(Real, 0, None, closed="neither")],
        "p": [Interval(Integral, 1, 2, closed="both")],
    }

    def __init__(self, margin: float = 1.0, p: Literal[1, 2] = 2) -> None:
        super().__init__()
        self.margin = margin
        self.p = p

    @property
    def suits_lbfgs(self) -> bool:
        # Between many outputs there are more kinks than a line search can cross.
        return self.p == 2 or self._bound_to("binary")

    @property
    def curvature(self) -> float | None:
        return CURVATURE / self._n_classes if self.p == 2 else None

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        self._n_classes = len(class_counts)

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        lead = logits.gather(1, target[:, None]) - logits  # (n_samples, n_classes)
        cost = torch.relu(self.margin - lead) ** self.p
        is_target = F.one_hot(target, logits.shape[1]).bool()
        return cost.masked_fill(is_target, 0.0).mean(dim=1)
