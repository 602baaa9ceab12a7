"""Batches for training: slices of the rows, their targets and their weights."""

import copy
from itertools import islice

import torch

from sktext._buckets import batches_by_budget, bucketed_order
from sktext._devices import move
from sktext.modules import RaggedTokens

# Rows are shuffled some batches at a time, so that no second copy of all is made.
BATCHES_PER_BLOCK = 8
# Fraction of the free device memory that the training rows may fill.
RESIDENT_FRACTION = 0.5
# Rows of a matrix that are predicted at once, and padded tokens of texts.
PREDICT_ROWS = 2048
PREDICT_TOKENS = 2**15


class Inputs:
    """Input of the net: the rows of a batch and their weights.

    Parameters
    ----------
    x : rows
    weight : tensor or None
    fraction : float, default=1.0
        Fraction of the rows of one optimizer step; below 1 if several batches make one step.
    first, last : bool, default=True
        Whether the step begins and ends with this batch.
    """

    def __init__(self, x, weight=None, fraction=1.0, first=True, last=True):
        self.x = x
        self.weight = weight
        self.fraction = fraction
        self.first = first
        self.last = last

    def __len__(self):
        return len(self.x)

    def to(self, device):
        """Move to a device."""
        weight = None if self.weight is None else move(self.weight, device)
        return Inputs(self.x.to(device), weight, self.fraction, self.first, self.last)


class Batches:
    """Iterate over rows in batches, shuffled each time if there is a generator.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features), SparseRows or RaggedTokens
        Shuffled texts come in batches of similar length.
    target : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    weight : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    batch_size : int, default=None
        None is all rows in one batch.
    rng : RandomState, default=None
        Shuffles; None keeps the order.
    draw : callable, default=None
        From ``rng=`` to the rows of an epoch, and factors of their weights or None. None
        draws every row once.
    per_step : int, default=1
        Number of batches of each optimizer step.
    n_tokens : int, default=None
        Padded tokens of a batch, for texts that are sorted by length and not shuffled; takes
        the place of ``batch_size``.
    """

    def __init__(
        self,
        x,
        target=None,
        weight=None,
        batch_size=None,
        rng=None,
        draw=None,
        per_step=1,
        n_tokens=None,
    ):
        self.x = x
        self.target = target
        self.weight = weight
        self.batch_size = batch_size or len(x)
        self.rng = rng
        self.draw = draw
        self.per_step = per_step
        self.n_tokens = n_tokens

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    @property
    def n_steps(self):
        """Number of optimizer steps in an epoch."""
        return -(-len(self) // self.per_step)

    def to(self, device):
        """Move all rows to a device if they fit; else batches are moved one by one."""
        if device.type == "cuda" and not fits(self.x, device):
            return self
        moved = copy.copy(self)
        moved.x, moved.target, moved.weight = (
            None if values is None else values.to(device) for values in self._values()
        )
        return moved

    def _values(self):
        return self.x, self.target, self.weight

    def __iter__(self):
        if self.per_step == 1:
            yield from self._batches()
            return
        # Gradients are averaged over the rows of a step; the last step may have fewer batches.
        batches = list(islice(source := self._batches(), self.per_step))
        while batches:
            n_rows = sum(len(inputs) for inputs, _ in batches)
            for i, (inputs, target) in enumerate(batches):
                fraction, last = len(inputs) / n_rows, i == len(batches) - 1
                yield Inputs(inputs.x, inputs.weight, fraction, i == 0, last), target
            batches = list(islice(source, self.per_step))

    def _batches(self):
        n_rows = len(self.x)
        if self.rng is None:
            yield from self._slices(self._values(), n_rows, self.n_tokens)
            return
        order, factors = self.draw(rng=self.rng) if self.draw else (self._shuffled(), None)
        order = torch.from_numpy(order)
        if factors is not None:
            factors = move(torch.from_numpy(factors), self.target.device)
        step = self.batch_size * BATCHES_PER_BLOCK
        for start in range(0, len(order), step):
            rows = order[start : start + step]
            x, target, weight = (take(values, rows) for values in self._values())
            if factors is not None:
                weight = multiply(weight, factors[start : start + step])
            yield from self._slices((x, target, weight), len(rows))

    def _shuffled(self):
        if isinstance(self.x, RaggedTokens):
            return bucketed_order(self.x.lengths.numpy(), self.batch_size, self.rng)
        return self.rng.permutation(len(self.x))

    def _slices(self, values, n_rows, n_tokens=None):
        if n_tokens is not None and isinstance(self.x, RaggedTokens):
            places = batches_by_budget(self.x.lengths.numpy(), n_tokens)
        elif self.batch_size >= n_rows:
            x, target, weight = values
            yield Inputs(x, weight), target
            return
        else:
            starts = range(0, n_rows, self.batch_size)
            places = ((start, min(start + self.batch_size, n_rows)) for start in starts)
        for start, stop in places:
            x, target, weight = (slice_rows(value, start, stop) for value in values)
            yield Inputs(x, weight), target


def take(values, indices):
    """Take rows of a tensor, SparseRows or RaggedTokens, by indices on the CPU; None stays None."""
    if values is None:
        return None
    if isinstance(values, torch.Tensor):
        return values[move(indices, values.device)]
    return values.take(indices)


def slice_rows(values, start, stop):
    """Return a slice of rows without a copy; None stays None."""
    if values is None:
        return None
    return values[start:stop] if isinstance(values, torch.Tensor) else values.slice(start, stop)


def in_prediction_order(x, n_tokens=None):
    """Split rows into batches for prediction, texts of similar length together.

    Parameters
    ----------
    x : tensor, SparseRows or RaggedTokens
    n_tokens : int, default=None
        Padded tokens of a batch of texts; None is ``PREDICT_TOKENS``.

    Yields
    ------
    rows : slice or tensor of shape (n,), int64
        Indices of the rows.
    batch : same type as x
    """
    if not isinstance(x, RaggedTokens):
        for start in range(0, len(x), PREDICT_ROWS):
            rows = slice(start, start + PREDICT_ROWS)
            yield rows, slice_rows(x, start, min(rows.stop, len(x)))
        return
    order = torch.argsort(x.lengths, stable=True)
    lengths = x.lengths[order].numpy()
    for start, stop in batches_by_budget(lengths, n_tokens or PREDICT_TOKENS):
        rows = order[start:stop]
        yield rows, x.take(rows)


def multiply(weight, factors):
    """Multiply weights of rows, or of rows and labels, by a factor per row."""
    if weight is None:
        return factors.float()
    return weight * (factors if weight.ndim == 1 else factors[:, None]).to(weight.dtype)


def fits(x, device):
    """Return whether all rows fit on a CUDA device during training."""
    n_bytes = x.numel() * x.element_size() if isinstance(x, torch.Tensor) else x.n_bytes
    return n_bytes < RESIDENT_FRACTION * torch.cuda.mem_get_info(device)[0]
