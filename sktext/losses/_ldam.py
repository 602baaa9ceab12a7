"""Label-distribution-aware margin loss, with deferred re-weighting."""

from numbers import Real

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._class_weights import class_weights
from sktext._validation import Interval
from sktext.losses._base import Loss


class LDAMLoss(Loss):
    """Cross-entropy that asks a larger margin of rarer classes.

    Use it for a long tail of classes with many epochs and a mini-batch optimizer; with
    ``reweight_from=0.8`` the classes are weighted only in the last fifth of training, when
    the features are learned (deferred re-weighting, which the paper found decisive).

    Do not use it together with ``class_weight`` or a sampler, nor with early stopping
    when ``reweight_from`` is set: training could stop before the weights begin. Do not
    use it when probabilities are needed.

    Parameters
    ----------
    max_m : float, default=0.5
        Margin of the rarest class in logits, in [0, inf).
    s : float, default=1.0
        Scale of the logits, greater than 0. The paper's 30 is for heads that output
        cosines; on plain logits leave it at 1.
    reweight_from : float, default=None
        Fraction of the epochs after which samples are weighted by the effective number of
        their class, in [0, 1]. None is never.
    beta : float, default=0.9999
        Of the effective number, in [0, 1).

    Attributes
    ----------
    margins_ : tensor of shape (n_classes,)
        Margin of each class.
    class_weight_ : tensor of shape (n_classes,)
        Weights that apply from ``reweight_from`` on.

    See Also
    --------
    LogitAdjustmentLoss : Shifts instead of margins; fewer parameters.

    Notes
    -----
    Formula: ``-log softmax(s (x - m_y e_y))_y``, with ``m_c = max_m (n_min / n_c)^(1/4)``

    References
    ----------
    .. [1] Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin
       Loss", NeurIPS 2019. https://arxiv.org/abs/1906.07413

    Examples
    --------
    >>> from sktext.losses import LDAMLoss
    >>> LDAMLoss().build("multiclass", class_counts=[160, 10]).margins_
    tensor([0.2500, 0.5000], dtype=torch.float64)
    """

    learns = ("margins_", "class_weight_")
    margins_: Tensor
    class_weight_: Tensor
    _parameter_constraints = {
        "max_m": [Interval(Real, 0, None, closed="left")],
        "s": [Interval(Real, 0, None, closed="neither")],
        "reweight_from": [Interval(Real, 0, 1, closed="both"), None],
        "beta": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        max_m: float = 0.5,
        s: float = 1.0,
        reweight_from: float | None = None,
        beta: float = 0.9999,
    ) -> None:
        super().__init__()
        self.max_m = max_m
        self.s = s
        self.reweight_from = reweight_from
        self.beta = beta

    @property
    def suits_lbfgs(self) -> bool:
        return self.reweight_from is None

    @property
    def imbalance_correction(self) -> str | None:
        return "its margins" if self.max_m > 0 else None

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        counts = class_counts.clamp_min(1)
        weights = class_weights(class_counts, "effective", beta=self.beta)
        self.register_buffer("margins_", self.max_m * (counts.min() / counts) ** 0.25)
        self.register_buffer("class_weight_", torch.as_tensor(weights))
        self.reweighting_ = self.reweight_from == 0

    def set_progress(self, progress: float) -> None:
        self.reweighting_ = self.reweight_from is not None and progress >= self.reweight_from

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        margins = self.margins_.to(logits.dtype)
        shift = F.one_hot(target, logits.shape[1]).to(logits.dtype) * margins
        values = F.cross_entropy(self.s * (logits - shift), target, reduction="none")
        return values * self.class_weight_.to(logits.dtype)[target] if self.reweighting_ else values

    def predict_proba(self, logits: Tensor) -> Tensor:
        return super().predict_proba(self.s * logits)
