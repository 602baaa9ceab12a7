"""PolyLoss, first term."""

from numbers import Real

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss
from sktext.losses._focal import focal_per_label, log_target_and_rest, refuse_alpha_for_classes


class Poly1Loss(Loss):
    """Cross-entropy or focal loss with its leading term made larger or smaller.

    Use it when a point of accuracy is worth a search over one number, ``epsilon``: the
    gradient of confident samples is changed, the rest is cross-entropy
    (``gamma=0``) or focal loss (``gamma=2``).

    Do not use it when rare classes are the problem: it does not know the classes.

    Parameters
    ----------
    epsilon : float, default=1.0
        What is added to the coefficient of the first term, in [-1, inf). 0 is
        cross-entropy (focal loss).
    gamma : float, default=0.0
        As in focal loss, in [0, inf).
    alpha : float, default=None
        As in focal loss, in [0, 1]; does not weigh the added term.

    See Also
    --------
    FocalLoss : The same without the added term.

    Notes
    -----
    Formula: ``-alpha_t (1 - p_t)^gamma log p_t + epsilon (1 - p_t)^(gamma + 1)``

    References
    ----------
    .. [1] Leng et al., "PolyLoss: A Polynomial Expansion Perspective of Classification
       Loss Functions", ICLR 2022. https://arxiv.org/abs/2204.12511

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import Poly1Loss
    >>> Poly1Loss(epsilon=1.0)(torch.tensor([[0.0, 2.0]]), torch.tensor([1])).round(decimals=4)
    tensor(0.2461)
    """

    proba = "invertible"
    starts_at_prior = True
    _parameter_constraints = {
        "epsilon": [Interval(Real, -1, None, closed="left")],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "alpha": [Interval(Real, 0, 1, closed="both"), None],
    }

    def __init__(
        self, epsilon: float = 1.0, gamma: float = 0.0, alpha: float | None = None
    ) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.gamma = gamma
        self.alpha = alpha

    @property
    def imbalance_correction(self) -> str | None:
        return None if self.alpha is None else f"alpha={self.alpha}"

    def check(self, task: str) -> None:
        super().check(task)
        refuse_alpha_for_classes(self, task)
        least = -1 if self.alpha is None else -min(self.alpha, 1 - self.alpha)
        if self.epsilon < least:
            raise ValueError(
                f"epsilon={self.epsilon} turns the loss around near the right answer if "
                f"alpha={self.alpha}; it must be at least {least}."
            )

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p, log_rest = log_target_and_rest(logits, target)
        focal = torch.exp(self.gamma * log_rest) * -log_p
        return focal + self.epsilon * torch.exp((self.gamma + 1) * log_rest)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        signed = torch.where(target > 0.5, logits, -logits)
        rest = torch.exp((self.gamma + 1) * torch.nn.functional.logsigmoid(-signed))
        return focal_per_label(logits, target, self.gamma, self.alpha) + self.epsilon * rest
