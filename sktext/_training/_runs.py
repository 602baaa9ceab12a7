"""What training reads: rows with their features, and all that one loss is trained with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from sktext._training._batches import Batches, take
from sktext._training._features import Features
from sktext._training._held_out_rows import as_if_learned_apart, divide_by_content
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
    features : Features
        What the features were computed by.
    """

    train: Rows
    x: Any
    draw: Any
    validation: Rows | None
    validation_x: Any
    net_seed: int
    order_seed: int
    features: Features

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
    def division(self):
        """What of the rows is held out to judge a setting by."""
        return divide_by_content(self.x, self.train.target, self.train.weight)

    @cached_property
    def divided_x(self):
        """The features of what is kept, and of what is held out."""
        least = self.features.least_counts(len(self.x))
        places = [rows for rows, _ in self.division.parts(None)]
        parts = [take(self.x, torch.from_numpy(rows)) for rows in places]
        return as_if_learned_apart(parts, least, self.features.n_beside)

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
    n_epochs : int
        Epochs, unless something ends it early.
    lr_factor : callable or None
        From the number of a step to a factor of the learning rate, for steps that the
        trainer leaves to others. None is a constant rate, or another schedule.
    partial : bool
        Whether this is one pass of ``partial_fit``.
    """

    net: Net
    plan: OptimizerPlan
    train_batches: Batches
    validation_batches: Batches | None
    validation: Rows | None
    start: float | None
    n_epochs: int = 1
    lr_factor: Callable[[int], float] | None = None
    partial: bool = False
