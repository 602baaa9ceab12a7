"""What a hierarchy can add to any loss per label."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from sktext._component import NamedParts, resolve
from sktext._labels._hierarchy import Hierarchy
from sktext._loss_hints import hint_of_loss
from sktext._validation import Interval
from sktext.losses._base import Loss
from sktext.losses._mcm import check_n_labels


class HierarchicalLoss(NamedParts, Loss):
    """A loss per label with penalties for contradicting a hierarchy, and weights of levels.

    Use it to let a hierarchy steer any loss gently: to keep a child from being more
    probable than its parent, to pull the weights of rare labels to those of their
    parents, or to let the upper levels count more.

    Do not use it where contradictions must not occur at all: a penalty makes them rare;
    :class:`MCMLoss` and :class:`HierarchicalClassifier` leave none. Do not use it around
    a loss of whole batches, such as ``dice``.

    Parameters
    ----------
    loss : str or Loss, default="bce"
        What is added to: a loss for multilabel targets with a value per sample.
    hierarchy : Hierarchy, default=None
        Which label is above which, in the order of the columns. None is no label above
        another, so that nothing is added. :class:`HierarchicalClassifier` sets it where
        it is None.
    violation : float, default=0.1
        Factor, at least 0, of the squared distances by which children are more probable
        than their parents.
    recursive : float, default=0.0
        Factor, at least 0, of half the squared distances between the output weights of
        children and parents; 1e-6 is common. In the classifiers of this package only,
        on networks whose last layer is named ``head``.
    level_weights : array-like of shape (n_levels,), default=None
        Factor of the loss of the labels of each level, from the top down; for a loss with
        a value per label.

    Attributes
    ----------
    loss_ : Loss
        The built loss.

    See Also
    --------
    MCMLoss : Cannot contradict the hierarchy.

    Notes
    -----
    Formula: ``L + violation sum_{a above c} max(0, p_c - p_a)^2 + recursive / 2
    sum_{a above c} |W_c - W_a|^2``

    References
    ----------
    .. [1] Wehrmann, Cerri and Barros, "Hierarchical Multi-Label Classification Networks",
       ICML 2018 (violation). https://proceedings.mlr.press/v80/wehrmann18a.html
    .. [2] Gopal and Yang, "Recursive Regularization for Large-scale Classification with
       Hierarchical and Graphical Dependencies", KDD 2013 (recursive).
       https://doi.org/10.1145/2487575.2487644

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import HierarchicalLoss
    >>> from sktext.preprocessing import Hierarchy
    >>> loss = HierarchicalLoss("focal", Hierarchy({"entity": None, "animal": "entity"}))
    >>> logits, target = torch.tensor([[-1.0, 1.0]]), torch.tensor([[1.0, 1.0]])
    >>> loss(logits, target) - loss.set_params(violation=0.0)(logits, target)
    tensor(0.0214)
    """

    tasks = ("multilabel",)
    loss_: Loss
    _parameter_hints = {"loss": hint_of_loss}
    _parameter_constraints = {
        "loss": [str, Loss],
        "hierarchy": [Hierarchy, None],
        "violation": [Interval(Real, 0, None, closed="left")],
        "recursive": [Interval(Real, 0, None, closed="left")],
        "level_weights": ["array-like", None],
    }

    def __init__(
        self,
        loss: str | Loss = "bce",
        hierarchy: Hierarchy | None = None,
        violation: float = 0.1,
        recursive: float = 0.0,
        level_weights: Sequence[float] | NDArray[Any] | None = None,
    ) -> None:
        super().__init__()
        self.loss = loss
        self.hierarchy = hierarchy
        self.violation = violation
        self.recursive = recursive
        self.level_weights = level_weights

    @property
    def _parts(self):
        from sktext.losses import LOSSES  # the table this class is itself a row of

        return {"loss": LOSSES}

    def _inner(self):
        """Return the built loss, or a fresh one before ``build``."""
        if hasattr(self, "loss_"):
            return self.loss_
        inner = resolve(self.loss, self._parts["loss"], "loss")
        if getattr(inner, "hierarchy", self) is None:
            inner.hierarchy = self.hierarchy
        return inner

    @property
    def proba(self) -> str:
        return "none" if self._inner().proba == "none" else "heuristic"

    @property
    def weighs_labels(self) -> bool:
        return self._inner().weighs_labels

    @property
    def needs_counts(self) -> bool:
        return self._inner().needs_counts

    @property
    def suits_lbfgs(self) -> bool:
        return self._inner().suits_lbfgs

    @property
    def curvature(self) -> float | None:
        return self._inner().curvature

    @property
    def starts_at_prior(self) -> bool:
        return self._inner().starts_at_prior

    @property
    def imbalance_correction(self) -> str | None:
        return self._inner().imbalance_correction

    def check(self, task: str) -> None:
        super().check(task)
        inner = self._inner()
        inner.check(task)
        if inner._level != "sample":
            raise ValueError(
                f"HierarchicalLoss adds to a value per sample, which loss={self.loss!r} has not; "
                "take 'bce', 'focal', 'asl' or another that has."
            )
        n_levels = 1 if self.hierarchy is None else self.hierarchy.n_levels
        if self.level_weights is not None and len(self.level_weights) != n_levels:
            raise ValueError(
                f"level_weights needs one number for each of the {n_levels} levels; got "
                f"{len(self.level_weights)}."
            )

    def build(
        self, task: str, class_counts: ArrayLike | None = None, n_samples: float | None = None
    ) -> Self:
        """Bind the loss and its hierarchy; as in ``Loss.build``."""
        if hasattr(self, "loss_"):
            del self.loss_
        if class_counts is not None:
            check_n_labels(self.hierarchy, len(torch.as_tensor(class_counts)))
        super().build(task, class_counts, n_samples)
        self.loss_ = self._inner().build(task, class_counts, n_samples)
        return self

    def set_progress(self, progress: float) -> None:
        self._inner().set_progress(progress)

    def values(self, task: str, logits: Tensor, target: Tensor) -> Tensor:
        check_n_labels(self.hierarchy, logits.shape[1])
        values = self._inner().values(task, logits, target)
        if self.hierarchy is None:
            return values
        if self.level_weights is not None:
            values = self._weigh_levels(values)
        if not self.violation:
            return values
        added = self.violation * squared_violations(self.hierarchy, logits.sigmoid())
        return values + (added if values.ndim == 1 else added[:, None])

    def _weigh_levels(self, values):
        if values.ndim == 1:
            raise ValueError(
                f"level_weights needs a value per label, which loss={self.loss!r} has not; take "
                "'bce', 'focal', 'asl' or another that has."
            )
        weights = torch.as_tensor(self.level_weights, dtype=values.dtype)
        return values * weights[self.hierarchy.levels].to(values.device)

    def final_logits(self, logits: Tensor) -> Tensor:
        """Turn outputs into the logits that labels are decided by; as the inner loss does.

        Parameters
        ----------
        logits : tensor of shape (n_samples, n_labels)
            Outputs of the network.

        Returns
        -------
        logits : tensor of shape (n_samples, n_labels)
        """
        return self._inner().final_logits(logits)

    def predict_proba(self, logits: Tensor) -> Tensor:
        """Turn logits into probabilities by the activation of the loss that is added to.

        Parameters
        ----------
        logits : tensor of shape (n_samples, n_labels)
            As for ``forward``.

        Returns
        -------
        proba : tensor of shape (n_samples, n_labels)
        """
        return self._inner().predict_proba(logits)

    def penalty(self, module: nn.Module) -> Tensor | None:
        """Measure how far the output weights of children are from those of their parents.

        Parameters
        ----------
        module : Module
            With a last layer named ``head``.

        Returns
        -------
        penalty : tensor of shape () or None
        """
        if self.hierarchy is None or not self.recursive:
            return None
        head = getattr(module, "head", None)
        weight = getattr(head, "weight", None)
        if weight is None or weight.ndim != 2:
            raise ValueError(
                f"recursive={self.recursive} pulls the weights of a last layer named head, which "
                f"{type(module).__name__} has not; name it so, or set recursive=0."
            )
        rows = weight.T if getattr(head, "transposed", False) else weight  # (n_labels, n_inputs)
        parents, children = torch.from_numpy(self.hierarchy.edges).to(weight.device).T
        return self.recursive * (rows[children] - rows[parents]).square().sum() / 2


def squared_violations(hierarchy, proba):
    """Sum the squares by which children are more probable than their parents.

    Returns
    -------
    violations : tensor of shape (n_samples,)
    """
    parents, children = torch.from_numpy(hierarchy.edges).to(proba.device).T
    return (proba[:, children] - proba[:, parents]).relu().square().sum(dim=1)
