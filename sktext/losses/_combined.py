"""A weighted sum of losses."""

from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike
from torch import Tensor, nn

from sktext._component import resolve
from sktext._labels import TASKS
from sktext._sklearn import BaseComposition
from sktext.losses._base import Loss


class CombinedLoss(BaseComposition, Loss):
    """Weighted sum of several losses.

    Use it to steady a batch loss with a smooth one, as in cross-entropy plus Dice: the
    first gives a gradient everywhere, the second the goal.

    Do not use it to correct imbalance twice: losses that each favour rare classes add up.

    Parameters
    ----------
    losses : list of (str, Loss or str), default=None
        Name and loss (or short name of one) of each term. The parameters of an object
        are searched as ``name__parameter``. None is cross-entropy and Dice.
    weights : list of float, default=None
        Factor of each term; None is 1 for all.

    Attributes
    ----------
    terms_ : ModuleList
        The built losses.

    See Also
    --------
    Poly1Loss : Two terms in one.

    Notes
    -----
    Formula: ``sum_k w_k L_k``

    References
    ----------
    .. [1] Taghanaki et al., "Combo loss: Handling input and output imbalance in
       multi-organ segmentation", 2019. https://arxiv.org/abs/1805.02798

    Examples
    --------
    >>> from sktext.losses import CombinedLoss, DiceLoss
    >>> loss = CombinedLoss([("ce", "cross_entropy"), ("dice", DiceLoss())], weights=[1, 0.5])
    >>> loss.set_params(dice__smooth=2.0).get_params()["dice__smooth"]
    2.0
    """

    terms_: nn.ModuleList
    _parameter_constraints = {"losses": [list, tuple, None], "weights": ["array-like", None]}

    def __init__(
        self,
        losses: Sequence[tuple[str, Loss | str]] | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        nn.Module.__init__(self)
        self.losses = losses
        self.weights = weights

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters of the sum and, if deep, of its terms."""
        if self.losses is None:
            return Loss.get_params(self, deep=deep)
        return self._get_params("losses", deep=deep)  # type: ignore[operator]

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the sum or of its terms, as ``name__parameter``."""
        return self._set_params("losses", **params)  # type: ignore[operator]

    @property
    def tasks(self) -> tuple[str, ...]:
        terms = self._terms()
        return tuple(task for task in TASKS if all(task in term.tasks for term in terms))

    @property
    def _level(self):
        levels = {term._level for term in self._terms()}
        return levels.pop() if len(levels) == 1 else "mixed"

    @property
    def suits_lbfgs(self) -> bool:
        # A steep term leads out of where others are flat.
        terms = self._terms()
        steep = any(term.suits_lbfgs for term in terms)
        return steep and all(term.suits_lbfgs or term._is_flat for term in terms)

    @property
    def weighs_labels(self) -> bool:
        return all(term.weighs_labels for term in self._terms())

    @property
    def needs_counts(self) -> bool:
        return any(term.needs_counts for term in self._terms())

    @property
    def imbalance_correction(self) -> str | None:
        found = [term.imbalance_correction for term in self._terms()]
        return next((correction for correction in found if correction), None)

    def _terms(self):
        """Return the built terms, or fresh ones before ``build``."""
        if hasattr(self, "terms_"):
            return self.terms_
        from sktext.losses import LOSSES  # the table this class is itself a row of

        losses = self.losses or (("cross_entropy", "cross_entropy"), ("dice", "dice"))
        return [resolve(loss, LOSSES, f"losses[{name!r}]") for name, loss in losses]

    def build(
        self, task: str, class_counts: ArrayLike | None = None, n_samples: float | None = None
    ) -> Self:
        """Build every term; as in ``Loss.build``."""
        if hasattr(self, "terms_"):
            del self.terms_
        terms = self._terms()
        self.check(task)
        if self.weights is not None and len(self.weights) != len(terms):
            raise ValueError(
                f"weights needs one number for each of the {len(terms)} losses; "
                f"got {len(self.weights)}."
            )
        self.terms_ = nn.ModuleList(term.build(task, class_counts, n_samples) for term in terms)
        self.task_ = task
        return self

    def set_progress(self, progress: float) -> None:
        for term in self._terms():
            term.set_progress(progress)

    def penalty(self, module: nn.Module) -> Tensor | None:
        weights = [1.0] * len(self._terms()) if self.weights is None else self.weights
        pairs = zip(weights, (term.penalty(module) for term in self._terms()), strict=True)
        added = [weight * penalty for weight, penalty in pairs if penalty is not None]
        return sum(added) if added else None

    def forward(
        self,
        logits: Tensor,
        target: Tensor,
        sample_weight: Tensor | None = None,
        reduction: str = "mean",
    ) -> Tensor:
        """Compute the weighted sum of a batch; as in ``Loss.forward``.

        ``reduction="none"`` gives one value per sample, where every term has one.
        """
        terms = self._terms()
        if reduction == "none" and self._level != "sample":
            raise ValueError("A sum with a term over the whole batch has no unreduced form.")
        weights = [1.0] * len(terms) if self.weights is None else self.weights
        values = [term(logits, target, sample_weight, reduction) for term in terms]
        values = [value.mean(dim=1) if value.ndim == 2 else value for value in values]
        return sum(weight * value for weight, value in zip(weights, values, strict=True))
