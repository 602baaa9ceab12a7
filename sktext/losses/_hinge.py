"""Hinge loss."""

from numbers import Integral, Real
from typing import Literal

import torch
from torch import Tensor

from sktext._validation import Interval
from sktext.losses._base import Loss


class HingeLoss(Loss):
    """Linear cost of every label that is not right by a margin, as in a linear SVM.

    Use it for binary and multilabel targets when only the decision counts: it often gives
    the best F1 of the linear models, and ignores samples that are safely right.

    Do not use it when probabilities are needed: it has none (``predict_proba`` does not
    exist); wrap the classifier in ``sktext.meta.CalibratedClassifier``.

    Parameters
    ----------
    margin : float, default=1.0
        Logit from which on a sample costs nothing, greater than 0.
    p : {1, 2}, default=1
        Power of the cost; 2 is the squared hinge of scikit-learn's ``LinearSVC``.

    See Also
    --------
    MultiMarginLoss, CrammerSingerLoss : For several classes.

    Notes
    -----
    Formula: ``max(0, margin - z)^p``, with ``z = x`` for a positive, ``-x`` for a negative

    References
    ----------
    .. [1] Cortes and Vapnik, "Support-Vector Networks", Machine Learning 20, 1995.
       https://doi.org/10.1007/BF00994018

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import HingeLoss
    >>> HingeLoss()(torch.tensor([2.0, 0.5]), torch.tensor([1, 1]), reduction="none")
    tensor([0.0000, 0.5000])
    """

    proba = "none"
    _parameter_constraints = {
        "margin": [Interval(Real, 0, None, closed="neither")],
        "p": [Interval(Integral, 1, 2, closed="both")],
    }

    def __init__(self, margin: float = 1.0, p: Literal[1, 2] = 1) -> None:
        super().__init__()
        self.margin = margin
        self.p = p

    @property
    def suits_lbfgs(self) -> bool:
        # Between many outputs there are more kinks than a line search can cross.
        return self.p == 2 or self._bound_to("binary")

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        signed = (2 * target - 1) * logits
        return torch.relu(self.margin - signed) ** self.p
