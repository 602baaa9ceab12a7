"""What training reads: rows with their features, and what one loss is trained by."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sktext._training._batches import Batches
from sktext._training._curvature import column_squares
from sktext._training._net import Net
from sktext._training._optimizer_plan import OptimizerPlan
from sktext._training._parts import Part
from sktext.modules import SparseRows


@dataclass(frozen=True)
class TrainingRows:
    """What training reads, whatever the loss, the weights and the optimizer are.

    Parameters
    ----------
    part : Part
        Training rows with their features, resampled.
    x : tensor, SparseRows or RaggedTokens
        Their features as the network reads them.
    draw : callable or None
        Draws the rows of an epoch, as ``Batches`` wants it, given targets and weights.
    validation : Part or None
        Validation rows.
    validation_x : same type as x, or None
    net_seed, order_seed : int
        Of the start weights and of the order of the rows.
    """

    part: Part
    x: Any
    draw: Any
    validation: Part | None
    validation_x: Any
    net_seed: int
    order_seed: int

    @cached_property
    def x_with_columns(self):
        """The rows, with what full-batch gradients read where they are sparse."""
        return self.x.with_transposed() if isinstance(self.x, SparseRows) else self.x

    @cached_property
    def column_squares(self):
        """The mean square of each feature where no row counts more than another."""
        return column_squares(self.x, None)


@dataclass(frozen=True)
class TrainingRun:
    """What one loss, with its weights and its optimizer, is trained by.

    Parameters
    ----------
    net : Net
        With the built network and loss.
    plan : OptimizerPlan
    train : Batches
    valid : Batches or None
    validation : Part or None
    start : float or None
        The loss at the start, where later ones can be compared with it.
    partial : bool
        Whether it is one pass of ``partial_fit``.
    """

    net: Net
    plan: OptimizerPlan
    train: Batches
    valid: Batches | None
    validation: Part | None
    start: float | None
    partial: bool = False
