"""Base of the losses that look at the whole batch at once."""

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._labels import TASKS
from sktext._sums import stable_sum
from sktext.losses._base import Loss
from sktext.losses._reduction import reduce
from sktext.losses._shapes import prepare

# Added where nothing predicted and nothing there would be 0 / 0; small enough not to be
# seen, large enough for its inverse to have a gradient.
EPSILON = 1e-16


class BatchLoss(Loss):
    """Loss of a batch's true positives, false positives and false negatives.

    Use it for a loss of your own that scores a batch as a whole, as F1 does: a subclass
    writes ``per_class``. Do not use it with small batches: the value depends on which
    samples share one, and a batch without a positive biases it. A sample weight
    multiplies the sample's contribution to every count. A binary one scores the second
    class, or the rarer one once ``build`` was given the class counts.

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import BatchLoss
    >>> class MissRateLoss(BatchLoss):
    ...     def per_class(self, true_positives, predicted, actual):
    ...         return 1 - true_positives / actual.clamp_min(1)
    >>> MissRateLoss()(torch.tensor([9.0, 0.0]), torch.tensor([1, 1])).round(decimals=2)
    tensor(0.2500)
    """

    _level = "batch"
    suits_lbfgs = False
    _is_flat = True
    tasks = TASKS
    first_is_rarer_ = False
    weighs_labels = True

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        self.first_is_rarer_ = self.task_ == "binary" and bool(class_counts[0] < class_counts[1])

    def per_class(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Compute the loss of each class from its weighted sums over the batch.

        Parameters
        ----------
        true_positives : tensor of shape (n_classes,)
            Sum of the probabilities of the samples that are of the class.
        predicted : tensor of shape (n_classes,)
            Sum of all probabilities of the class.
        actual : tensor of shape (n_classes,)
            Number of samples of the class.

        Returns
        -------
        loss : tensor of shape (n_classes,)
        """
        raise NotImplementedError

    def activate(self, task: str, logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Turn logits and target into probabilities and indicators.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            What the target is.
        logits, target : tensor
            As for ``values``.

        Returns
        -------
        proba, indicator : tensors of shape (n_samples, n_classes)
            One column, the class that is scored, for binary.
        """
        if task == "multiclass":
            return logits.softmax(dim=1), F.one_hot(target.long(), logits.shape[1]).to(logits)
        if self.first_is_rarer_:
            logits, target = -logits, 1 - target
        return logits.reshape(len(logits), -1).sigmoid(), target.reshape(len(target), -1)

    def combine(self, true_positives: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Take the sums to the values that are averaged; one per class by default.

        Parameters
        ----------
        true_positives, predicted, actual : tensor of shape (n_classes,)
            As for ``per_class``.

        Returns
        -------
        values : tensor of shape (n_values,)
        """
        return self.per_class(true_positives, predicted, actual)

    def mass(self, proba: Tensor) -> Tensor:
        """Return what a probability adds to the sum of predictions; itself by default.

        Parameters
        ----------
        proba : tensor of shape (n_samples, n_classes)
            Probabilities.

        Returns
        -------
        mass : tensor of shape (n_samples, n_classes)
        """
        return proba

    def forward(
        self,
        logits: Tensor,
        target: Tensor,
        sample_weight: Tensor | None = None,
        reduction: str = "mean",
    ) -> Tensor:
        """Compute the loss of a batch, as the other losses do.

        ``reduction="none"`` gives one value per class.
        """
        task, logits, target = prepare(self, logits, target)
        proba, indicator = self.activate(task, logits, target)
        weight = torch.ones_like(proba) if sample_weight is None else sample_weight
        weight = weight.reshape(len(weight), -1)
        values = self.combine(
            stable_sum(weight * proba * indicator),
            stable_sum(weight * self.mass(proba)),
            stable_sum(weight * indicator),
        )
        return reduce(values, None, reduction)
