"""Focal loss."""

from numbers import Real

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss


class FocalLoss(Loss):
    """Cross-entropy that turns down the samples that are already right.

    Use it when most samples are easy and the few hard ones should steer the model; it
    also reduces overconfidence. Search ``gamma`` in 0, 1, 2, 5. The usual recipe for rare
    positives is ``gamma=2, alpha=0.25``.

    Do not use it when the raw probabilities are used as they are: focal loss makes them
    underconfident, so take ``posterior``. Mind that ``alpha=0.25`` turns the *positives*
    down: a raw 0.5 then means a true probability of 0.75, and fewer positives are
    predicted at 0.5.

    Parameters
    ----------
    gamma : float, default=2.0
        How fast the cost of a sample falls as it gets right, in [0, inf). 0 is
        cross-entropy.
    alpha : float, default=None
        Weight of the positives, in [0, 1]; negatives weigh ``1 - alpha``. For binary and
        multilabel; with several classes use ``class_weight``.

    See Also
    --------
    AsymmetricLoss : Another gamma for positives and for negatives.
    MarginCELoss : Drops right samples altogether.

    Notes
    -----
    Formula: ``-alpha_t (1 - p_t)^gamma log p_t``

    References
    ----------
    .. [1] Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
       https://arxiv.org/abs/1708.02002
    .. [2] Charoenphakdee et al., "On Focal Loss for Class-Posterior Probability
       Estimation", CVPR 2021 (the posterior). https://arxiv.org/abs/2011.09172

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import FocalLoss
    >>> FocalLoss(gamma=2.0)(torch.tensor([[0.0, 2.0]]), torch.tensor([1])).round(decimals=4)
    tensor(0.0018)
    """

    proba = "invertible"
    starts_at_prior = True
    _parameter_constraints = {
        "gamma": [Interval(Real, 0, None, closed="left")],
        "alpha": [Interval(Real, 0, 1, closed="both"), None],
    }

    def __init__(self, gamma: float = 2.0, alpha: float | None = None) -> None:
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha

    @property
    def imbalance_correction(self) -> str | None:
        return None if self.alpha is None else f"alpha={self.alpha}"

    def check(self, task: str) -> None:
        super().check(task)
        refuse_alpha_for_classes(self, task)

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        log_p, log_rest = log_target_and_rest(logits, target)
        return torch.exp(self.gamma * log_rest) * -log_p

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        return focal_per_label(logits, target, self.gamma, self.alpha)


def focal_per_label(logits, target, gamma, alpha):
    """Compute the sigmoid focal loss; powers as exp(gamma log p) so that no gradient is NaN."""
    log_p, log_rest = F.logsigmoid(logits), F.logsigmoid(-logits)
    positive = torch.exp(gamma * log_rest) * -log_p
    negative = torch.exp(gamma * log_p) * -log_rest
    if alpha is not None:
        positive, negative = alpha * positive, (1 - alpha) * negative
    return target * positive + (1 - target) * negative


def log_target_and_rest(logits, target):
    """Compute the log of the target's probability and of all the others' together.

    Parameters
    ----------
    logits : tensor of shape (n_samples, n_classes)
    target : tensor of shape (n_samples,), int64

    Returns
    -------
    log_p, log_rest : tensors of shape (n_samples,)
        ``log p_y`` and ``log(1 - p_y)``, both without cancellation.
    """
    log_proba = logits.log_softmax(dim=1)
    log_p = log_proba.gather(1, target[:, None])[:, 0]
    is_target = F.one_hot(target, logits.shape[1]).bool()
    log_rest = log_proba.masked_fill(is_target, -torch.inf).logsumexp(dim=1)
    return log_p, log_rest


def refuse_alpha_for_classes(loss, task):
    """Raise if there is a scalar alpha with several classes, for which it has no meaning."""
    if task == "multiclass" and loss.alpha is not None:
        raise ValueError(
            f"alpha={loss.alpha} weighs positives against negatives and has no meaning for "
            "several classes; leave alpha=None and set class_weight instead."
        )
