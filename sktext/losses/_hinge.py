"""Hinge loss."""

from numbers import Integral, Real
from typing import Literal

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss

# Of a squared hinge, whose second derivative is 2 on the rows within the margin: LinearSVC(C=1) is
# regularised as LogisticRegression(C=20).
CURVATURE = 20.0


class HingeLoss(Loss):
    """Cost of every label that is not right by a margin, as in a linear SVM.

    Use it when only the decision counts: it often gives the best F1 of the linear models,
    and ignores samples that are safely right. Several classes are one against the rest, as
    in scikit-learn's ``LinearSVC``, whose objective at ``C`` this is with
    ``weight_decay=1 / (C * n_samples)``, but that the bias is free.

    Do not use it when probabilities are needed: it has none (``predict_proba`` does not
    exist); wrap the classifier in ``sktext.meta.CalibratedClassifier``.

    Parameters
    ----------
    margin : float, default=1.0
        Logit from which on a sample costs nothing, greater than 0.
    p : {1, 2}, default=2
        Power of the cost. 2 is the squared hinge, the default of ``LinearSVC``, which has a
        gradient without jumps, so that "lbfgs" finds its minimum; 1 is the hinge of 1995,
        which needs an optimizer that steps by the batch.

    See Also
    --------
    CrammerSingerLoss : The right class against the best other one, with one value for all.
    MultiMarginLoss : The right class against each other one.

    Notes
    -----
    Formula: ``max(0, margin - z)^p``, with ``z = x`` for a positive, ``-x`` for a negative;
    with several classes the sum over all

    References
    ----------
    .. [1] Cortes and Vapnik, "Support-Vector Networks", Machine Learning 20, 1995.
       https://doi.org/10.1007/BF00994018

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import HingeLoss
    >>> HingeLoss()(torch.tensor([2.0, 0.5]), torch.tensor([1, 1]), reduction="none")
    tensor([0.0000, 0.2500])

    Three classes, the second of which is right:

    >>> HingeLoss()(torch.tensor([[-1.0, 0.5, -2.0]]), torch.tensor([1]), reduction="none")
    tensor([0.2500])
    """

    proba = "none"
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
        return CURVATURE if self.p == 2 else None

    @property
    def starts_at_prior(self) -> bool:
        return self.p == 2

    def init_bias(self, prior: Tensor) -> Tensor:
        if self.p == 1:
            return super().init_bias(prior)
        # The logit at which prior * (margin - x)^2 + (1 - prior) * (margin + x)^2 is least.
        return self.margin * (2 * prior - 1)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        signed = (2 * target - 1) * logits
        return torch.relu(self.margin - signed) ** self.p
