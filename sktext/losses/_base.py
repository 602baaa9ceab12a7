"""What every loss shares: the tasks, the weights, the mean, the link."""

from typing import Any, Self

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if
from torch import Tensor, nn

from sktext._labels import TASKS
from sktext._validation import check_numbers, check_parameters
from sktext.losses import _links
from sktext.losses._reduction import reduce
from sktext.losses._shapes import prepare


def _has_probabilities(loss):
    return loss.proba != "none"


def _has_posterior(loss):
    return loss.proba in ("proper", "invertible")


class Loss(BaseEstimator, nn.Module):
    """Base of every loss: one public class for every task, on logits.

    A loss of your own subclasses this one and writes ``per_sample``, ``per_label`` or
    both:

    - ``per_sample(logits, target)``: softmax over classes; logits of shape
      (n_samples, n_classes), integer target of shape (n_samples,), returns
      (n_samples,). Gives the multiclass task, and the binary one on the logits (0, x).
    - ``per_label(logits, target)``: sigmoid per label; logits and target of shape
      (n_samples, n_labels), returns (n_samples, n_labels). Gives the multilabel task,
      the binary one on a single column and, without ``per_sample``, the multiclass one:
      each class is one label against the rest, and a sample costs the sum over all.

    Use it where a sample's cost depends on that sample alone. Do not use it where it
    depends on the whole batch: subclass :class:`BatchLoss`.

    ``__init__`` stores parameters and nothing else, so that a loss can be cloned and
    searched; what depends on the data is learned in ``learn``.

    Attributes
    ----------
    tasks : tuple of {"binary", "multiclass", "multilabel"}
        What the loss can be bound to; found from the methods it writes unless given.
    proba : {"proper", "invertible", "heuristic", "none"}
        What its probabilities are worth: the activation is the probability ("proper"),
        it becomes one through ``posterior`` ("invertible"), it only ranks ("heuristic"),
        or there is none.
    learns : tuple of str
        What ``build`` learns from the data, for documentation.
    suits_lbfgs : bool
        Whether full-batch L-BFGS from a zero start may be trusted with it: no jumps and
        no flat region to be trapped in.
    curvature : float or None
        Typical second derivative once a model is fitted, as a multiple of that of
        cross-entropy; it preconditions L-BFGS. None if unknown.
    starts_at_prior : bool
        Whether ``bias_init="auto"`` starts the output bias at the class proportions.
    task_ : str
        The task the loss was built for.

    Examples
    --------
    A loss in twelve lines, ready for a grid search over ``loss__power``:

    >>> import torch
    >>> from sktext.losses import Loss
    >>> class BrierLoss(Loss):
    ...     def __init__(self, power=2.0):
    ...         super().__init__()
    ...         self.power = power
    ...
    ...     def per_sample(self, logits, target):
    ...         error = logits.softmax(dim=1)
    ...         error = error - torch.nn.functional.one_hot(target, logits.shape[1])
    ...         return error.abs().pow(self.power).sum(dim=1)
    >>> BrierLoss.tasks
    ('binary', 'multiclass')
    >>> BrierLoss()(torch.tensor([[2.0, 0.0]]), torch.tensor([0])).round(decimals=3)
    tensor(0.0280)
    """

    tasks: tuple[str, ...] = ()
    proba: str = "heuristic"
    learns: tuple[str, ...] = ()
    suits_lbfgs: bool = True
    starts_at_prior: bool = False
    task_: str
    _level = "sample"
    # What keeps it from L-BFGS is that it is flat far from the minimum, and nothing else.
    _is_flat = False
    # A subclass has a method in place of one or both.
    per_sample: Any = None
    per_label: Any = None
    _parameter_constraints: dict[str, list[Any]] = {}

    def __init__(self) -> None:
        super().__init__()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "tasks" not in cls.__dict__:
            written = {"binary"} if cls.per_sample or cls.per_label else set()
            written |= {"multiclass"} if cls.per_sample or cls.per_label else set()
            written |= {"multilabel"} if cls.per_label else set()
            cls.tasks = tuple(task for task in TASKS if task in written) or cls.tasks

    @property
    def imbalance_correction(self) -> str | None:
        """What in this loss already favours rare classes, in words; None if nothing."""
        return None

    @property
    def curvature(self) -> float | None:
        """Typical second derivative, as a multiple of that of cross-entropy."""
        return 1.0 if _has_posterior(self) else None

    @property
    def weighs_labels(self) -> bool:
        """Whether a multilabel target may have a weight per sample and label."""
        return self.per_label is not None

    @property
    def needs_counts(self) -> bool:
        """Whether ``build`` must be given the class counts."""
        return bool(self.learns)

    def build(
        self, task: str, class_counts: ArrayLike | None = None, n_samples: float | None = None
    ) -> Self:
        """Bind the loss to a task and learn what it needs from the class counts.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            What the target is.
        class_counts : array-like of shape (n_classes,) or (n_labels,), default=None
            How often each class occurs (weighted); for binary the two classes, for
            multilabel the positives of each label. Needed by losses that learn from it.
        n_samples : float, default=None
            Number of samples (sum of their weights); the sum of the counts by default.

        Returns
        -------
        self : Loss

        Raises
        ------
        ValueError
            If a parameter is out of range, the task is not one of ``tasks`` or the
            counts are missing.
        """
        self.check(task)
        if self.needs_counts and class_counts is None:
            raise ValueError(
                f"{type(self).__name__} learns {', '.join(self.learns)} from the data; call "
                f"build({task!r}, class_counts=[...]) first, or use it in a classifier."
            )
        self.task_ = task
        if class_counts is not None:
            counts = torch.as_tensor(class_counts, dtype=torch.float64)
            if task == "multilabel" and n_samples is None:
                raise ValueError("A multilabel loss also needs n_samples=; the counts overlap.")
            self.learn(counts, float(counts.sum()) if n_samples is None else float(n_samples))
        return self

    def learn(self, class_counts: Tensor, n_samples: float) -> None:
        """Keep what the loss needs of the class counts; called by ``build``.

        Parameters
        ----------
        class_counts : tensor of shape (n_classes,) or (n_labels,), float64
            As in ``build``.
        n_samples : float
            As in ``build``.
        """

    def set_progress(self, progress: float) -> None:
        """Set how far training has come; for losses that change on the way.

        Parameters
        ----------
        progress : float
            Fraction of the epochs done, in [0, 1).
        """

    def penalty(self, module: nn.Module) -> Tensor | None:
        """Return what the loss adds for the weights of the network, if anything.

        Parameters
        ----------
        module : Module
            The network that is trained.

        Returns
        -------
        penalty : tensor of shape () or None
            Added to the loss of each batch in training.
        """
        return None

    def forward(
        self,
        logits: Tensor,
        target: Tensor,
        sample_weight: Tensor | None = None,
        reduction: str = "mean",
    ) -> Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        logits : tensor of shape (n_samples,), (n_samples, 1), (n_samples, n_classes) or \
                (n_samples, n_labels)
            Raw outputs, never probabilities. Half precision is computed in float32.
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
            Class numbers, 0 or 1 for binary; an indicator matrix for multilabel.
        sample_weight : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
            Weights that average one over the training set. The mean divides by the
            number of samples, never by the weights of the batch, which would cancel
            them in small batches.
        reduction : {"mean", "sum", "none"}, default="mean"
            "none" gives one value per sample, or per sample and label.

        Returns
        -------
        loss : tensor
            Of shape () unless ``reduction="none"``.
        """
        task, logits, target = prepare(self, logits, target)
        return reduce(self.values(task, logits, target), sample_weight, reduction)

    def values(self, task: str, logits: Tensor, target: Tensor) -> Tensor:
        """Compute the unreduced loss: one value per sample, or per sample and label.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            What the target is.
        logits : tensor of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_labels)
            One dimension for binary.
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
            As for ``forward``.

        Returns
        -------
        values : tensor of shape (n_samples,) or (n_samples, n_labels)
        """
        if task == "multiclass" and self._one_versus_rest:
            indicator = F.one_hot(target, logits.shape[1]).to(logits.dtype)
            # Summed, so that each class weighs as it would alone.
            return self.per_label(logits, indicator).sum(dim=1)
        if task == "multiclass" or self.per_label is None:
            if task == "binary":
                logits = torch.stack([torch.zeros_like(logits), logits], dim=1)
            return self.per_sample(logits, target if task == "multilabel" else target.long())
        if task == "binary":
            return self.per_label(logits[:, None], target[:, None])[:, 0]
        return self.per_label(logits, target)

    def final_logits(self, logits: Tensor) -> Tensor:
        """Turn the outputs of the network into the logits that labels are decided by.

        Parameters
        ----------
        logits : tensor of shape (n_samples, n_outputs)
            Outputs of the network.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
            The same, but for losses that tie outputs to each other.
        """
        return logits

    @available_if(_has_probabilities)
    def predict_proba(self, logits: Tensor) -> Tensor:
        """Turn logits into probabilities by the activation of the loss.

        That is the softmax of classes and the sigmoid of labels. Classes that are one
        against the rest have sigmoids too, divided by their sum.

        Parameters
        ----------
        logits : tensor of shape (n_samples,), (n_samples, 1), (n_samples, n_classes) or \
                (n_samples, n_labels)
            As for ``forward``.

        Returns
        -------
        proba : tensor of shape (n_samples, n_classes) or (n_samples, n_labels)
            Two columns for binary.
        """
        task = self._task_of_logits(logits)
        if task == "multiclass":
            log_proba = F.logsigmoid(logits) if self._one_versus_rest else logits
            return log_proba.softmax(dim=1)
        if task == "multilabel":
            return logits.sigmoid()
        logits = logits.reshape(-1)
        return torch.stack([(-logits).sigmoid(), logits.sigmoid()], dim=1)

    @available_if(_has_posterior)
    def posterior(self, logits: Tensor, class_weight: Tensor | None = None) -> Tensor:
        """Estimate the class probabilities of the data, with the loss's own bias removed.

        Holds for a model that has converged. Where ``proba`` is "heuristic" there is no
        such formula: calibrate on validation rows.

        Parameters
        ----------
        logits : tensor
            As for ``predict_proba``.
        class_weight : tensor of shape (n_classes,) or (2, n_labels), default=None
            Class weights used in training (for multilabel: of negatives and positives).

        Returns
        -------
        proba : tensor of shape (n_samples, n_classes) or (n_samples, n_labels)
        """
        task = self._task_of_logits(logits)
        with torch.inference_mode(False):  # links are found from gradients
            proba = self._posterior(task, logits.clone().double().reshape(len(logits), -1))
        if task == "binary":
            proba = torch.cat([1 - proba, proba], dim=1)
        return _links.undo_class_weight(proba, class_weight, task)

    def _posterior(self, task, logits):
        if task == "multiclass" and self._one_versus_rest:
            return _links.normalize(self._posterior("multilabel", logits))
        if self.proba == "proper":
            return logits.softmax(dim=1) if task == "multiclass" else logits.sigmoid()
        if task != "multiclass" and self.per_label is not None:
            return _links.label_posterior(self, logits)
        if task == "binary":
            both = torch.cat([torch.zeros_like(logits), logits], dim=1)
            return _links.class_posterior(self, both)[:, 1:]
        return _links.class_posterior(self, logits)

    def init_bias(self, prior: Tensor) -> Tensor:
        """Find the constant logits a model should start from.

        Parameters
        ----------
        prior : tensor of shape (n_outputs,), float64
            Class proportions; for binary that of the second class; for multilabel the
            fraction of positives of each label. In (0, 1).

        Returns
        -------
        bias : tensor of shape (n_outputs,), float64
            The best constant logits where the loss has a link, else the log-odds.
        """
        if len(prior) == 1 or self._bound_to("multilabel") or self._one_versus_rest:
            if not _has_posterior(self):
                return torch.log(prior) - torch.log1p(-prior)
            if self.per_label is not None:
                return _links.best_constant_label(self, prior)
            bias = _links.best_constant_class(self, torch.cat([1 - prior, prior]))
            return bias[1:] - bias[:1]
        if _has_posterior(self):
            return _links.best_constant_class(self, prior)
        return torch.log(prior) - torch.log(prior).mean()

    @property
    def _one_versus_rest(self):
        """Whether several classes are as many labels of which each row has one."""
        return self.per_sample is None and self.per_label is not None

    def _bound_to(self, task):
        return getattr(self, "task_", None) == task

    def check(self, task: str) -> None:
        """Check the parameters of the loss, and that it can do the task.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            What the target is.
        """
        check_parameters(self)
        check_numbers(self)
        if task not in self.tasks:
            raise ValueError(
                f"{type(self).__name__} takes {' or '.join(self.tasks)} targets; got task={task!r}."
            )

    def _task_of_logits(self, logits):
        if hasattr(self, "task_"):
            return self.task_
        if logits.ndim == 1 or logits.shape[1] == 1:
            return "binary"
        return "multiclass" if "multiclass" in self.tasks else "multilabel"
