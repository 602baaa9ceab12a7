"""Logit adjustment, also known as balanced softmax."""

from numbers import Real

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss
from sktext.losses._cross_entropy import CrossEntropyLoss

FLOOR = 1e-12


class LogitAdjustmentLoss(Loss):
    """Cross-entropy with logits shifted by the log of the class proportions in training.

    Use it when every class counts the same, however rare (balanced accuracy, macro
    recall): the shift is taken in training only, so that the plain prediction is the
    one for equally frequent classes. It needs no tuning and no repeated rows.

    Do not use it together with ``class_weight``, a sampler or ``bias_init="prior"``,
    which correct the same thing again. Do not use it when plain probabilities should be
    those of the data; take ``posterior``.

    Parameters
    ----------
    tau : float, default=1.0
        Strength of the shift, in [0, inf). 0 is cross-entropy, 1 balanced softmax.

    Attributes
    ----------
    shift_ : tensor of shape (n_outputs,)
        ``tau`` times the log proportion of each class (the log-odds of each label).

    See Also
    --------
    LDAMLoss : Gives rare classes a larger margin.

    Notes
    -----
    Formula: ``-log softmax(x + tau log proportion)_y``

    References
    ----------
    .. [1] Menon et al., "Long-Tail Learning via Logit Adjustment", ICLR 2021.
       https://arxiv.org/abs/2007.07314
    .. [2] Ren et al., "Balanced Meta-Softmax for Long-Tailed Visual Recognition",
       NeurIPS 2020. https://arxiv.org/abs/2007.10740

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import LogitAdjustmentLoss
    >>> loss = LogitAdjustmentLoss().build("multiclass", class_counts=[90, 9, 1])
    >>> loss(torch.zeros(3, 3), torch.tensor([0, 1, 2]), reduction="none")
    tensor([0.1054, 2.4079, 4.6052])
    """

    proba = "invertible"
    starts_at_prior = True
    learns = ("shift_",)
    shift_: Tensor
    _parameter_constraints = {"tau": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, tau: float = 1.0) -> None:
        super().__init__()
        self.tau = tau

    @property
    def imbalance_correction(self) -> str | None:
        return f"its shift, tau={self.tau}" if self.tau > 0 else None

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        proportion = (class_counts / n_samples).clamp(FLOOR, 1 - FLOOR)
        shift = torch.log(proportion)
        if self.task_ == "multilabel":
            shift = shift - torch.log1p(-proportion)
            # A label that all rows have, or none, has nothing to be balanced with.
            shift[(class_counts <= 0) | (class_counts >= n_samples)] = 0
        elif self.task_ == "binary":
            shift = shift[1:] - shift[:1]
        self.register_buffer("shift_", self.tau * shift)

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        if self.task_ == "binary":
            logits = logits[:, 1:] - logits[:, :1] + self._shift(logits)
            return CrossEntropyLoss().per_label(logits, target[:, None].to(logits))[:, 0]
        return CrossEntropyLoss().per_sample(logits + self._shift(logits), target)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        return CrossEntropyLoss().per_label(logits + self._shift(logits), target)

    def _shift(self, logits):
        return self.shift_.to(logits.dtype)

    def _posterior(self, task, logits):
        shifted = logits + self._shift(logits)
        return shifted.softmax(dim=1) if task == "multiclass" else shifted.sigmoid()

    def init_bias(self, prior: Tensor) -> Tensor:
        bias = torch.log(prior)
        if len(prior) == 1 or self._bound_to("multilabel"):
            bias = bias - torch.log1p(-prior)
        else:
            bias = bias - bias.mean()
        return (1 - self.tau) * bias
