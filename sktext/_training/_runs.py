"""What training reads: rows with their features, and all that one loss is trained with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sktext._training._batches import Batches
from sktext._training._net import Net
from sktext._training._optimizer_plan import OptimizerPlan
from sktext._training._preconditioner import column_squares
from sktext._training._rows import Rows
from sktext.modules import RaggedTokens, SparseRows


@dataclass(frozen=True)
class TrainingRows:
    """What training reads, independent of the loss, the weights and the optimizer.

    Parameters
    ----------
    train : Rows
        Training rows with their features, resampled.
    x : tensor, SparseRows or RaggedTokens
        Their features as the network reads them.
    draw : callable or None
        Draws the rows of an epoch from targets and weights, as ``Batches`` needs it.
    validation : Rows or None
        Validation rows with their features.
    validation_x : same type as x, or None
    net_seed, order_seed : int
        Seeds of the start weights and of the order of the rows.
    """

    train: Rows
    x: Any
    draw: Any
    validation: Rows | None
    validation_x: Any
    net_seed: int
    order_seed: int

    @property
    def n_values(self):
        """Number of values that the rows store."""
        if isinstance(self.x, RaggedTokens):
            return self.x.ids.numel()
        return (self.x.values if isinstance(self.x, SparseRows) else self.x).numel()

    @cached_property
    def x_with_columns(self):
        """The features, with their transpose for full-batch gradients where they are sparse."""
        return self.x.with_transposed() if isinstance(self.x, SparseRows) else self.x

    @cached_property
    def column_squares(self):
        """The mean square of each feature over rows of equal weight."""
        return column_squares(self.x, None)


@dataclass(frozen=True)
class TrainingRun:
    """What one loss is trained with: its weights, its network and its optimizer.

    Parameters
    ----------
    net : Net
        With the built network and loss.
    plan : OptimizerPlan
    train_batches : Batches
    validation_batches : Batches or None
    validation : Rows or None
    start : float or None
        The loss at the start, if later losses can be compared with it.
    partial : bool
        Whether this is one pass of ``partial_fit``.
    """

    net: Net
    plan: OptimizerPlan
    train_batches: Batches
    validation_batches: Batches | None
    validation: Rows | None
    start: float | None
    partial: bool = False
