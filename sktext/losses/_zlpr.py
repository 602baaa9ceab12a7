"""Zero-bounded log-sum-exp and pairwise rank-based loss."""

import torch
from torch import Tensor

from sktext.losses._base import Loss


class ZLPRLoss(Loss):
    """Pushes every present label's logit above zero and above every absent label's.

    Use it for multilabel targets with many labels: it compares the labels of a sample
    with each other, has no parameter, and zero is the natural threshold.

    Do not use it when labels must be weighted one by one: a sample has one value. Do not
    use it when exact probabilities are needed; the sigmoid is close.

    See Also
    --------
    BCELoss : One value per label, with weights.

    Notes
    -----
    Formula: ``log(1 + sum_{absent} e^x_j) + log(1 + sum_{present} e^-x_i)``

    References
    ----------
    .. [1] Su et al., "ZLPR: A Novel Loss for Multi-label Classification", 2022.
       https://arxiv.org/abs/2208.02955

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import ZLPRLoss
    >>> ZLPRLoss()(torch.tensor([[3.0, -3.0]]), torch.tensor([[1, 0]])).round(decimals=4)
    tensor(0.0972)
    """

    tasks = ("multilabel",)

    def per_sample(self, logits: Tensor, target: Tensor) -> Tensor:
        zero = torch.zeros_like(logits[:, :1])  # the threshold takes part in both sums
        present = target > 0.5
        absent_logits = logits.masked_fill(present, -torch.inf)
        present_logits = (-logits).masked_fill(~present, -torch.inf)
        return torch.cat([zero, absent_logits], dim=1).logsumexp(dim=1) + torch.cat(
            [zero, present_logits], dim=1
        ).logsumexp(dim=1)
