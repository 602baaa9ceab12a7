"""Batches for training: slices of the rows, their targets and their weights."""

import copy
from itertools import islice

import torch

from sktext._devices import move
from sktext._training._buckets import batches_by_budget, bucketed_order
from sktext.modules import RaggedTokens

# Rows are shuffled some batches at a time, so that no second copy of all is made.
BATCHES_PER_BLOCK = 8
# Share of the free device memory that the training rows may fill.
RESIDENT_SHARE = 0.5
# Rows of a matrix that are predicted at once, and padded tokens of texts.
PREDICT_ROWS = 2048
PREDICT_TOKENS = 2**15


class Inputs:
    """What a batch gives the net.

    Parameters
    ----------
    x : rows
    weight : tensor or None
    share : float, default=1.0
        Share of the rows of one optimizer step; below 1 where several batches make one.
    first, last : bool, default=True
        Whether the step begins and ends with this batch.
    """

    def __init__(self, x, weight=None, share=1.0, first=True, last=True):
        self.x = x
        self.weight = weight
        self.share = share
        self.first = first
        self.last = last

    def __len__(self):
        return len(self.x)

    def to(self, device):
        """Move to a device."""
        weight = None if self.weight is None else move(self.weight, device)
        return Inputs(self.x.to(device), weight, self.share, self.first, self.last)


class Batches:
    """Iterate over rows in batches, shuffled anew each time if there is a generator.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features), SparseRows or RaggedTokens
        Shuffled texts come in batches of like length.
    target : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    weight : tensor of shape (n_samples,) or (n_samples, n_labels), default=None
    batch_size : int, default=None
        None is all rows in one batch.
    rng : RandomState, default=None
        Shuffles; None keeps the order.
    draw : callable, default=None
        Takes ``rng=`` and gives the rows of an epoch, and what their weights are
        multiplied with or None; by default every row comes once.
    per_step : int, default=1
        Batches that make one step of the optimizer.
    """

    def __init__(
        self, x, target=None, weight=None, batch_size=None, rng=None, draw=None, per_step=1
    ):
        self.x = x
        self.target = target
        self.weight = weight
        self.batch_size = batch_size or len(x)
        self.rng = rng
        self.draw = draw
        self.per_step = per_step

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    @property
    def n_steps(self):
        """Steps of the optimizer in an epoch."""
        return -(-len(self) // self.per_step)

    def to(self, device):
        """Move to a device as a whole, if there is room; else batches move one by one."""
        if device.type == "cuda" and not fits(self.x, device):
            return self
        there = copy.copy(self)
        there.x, there.target, there.weight = (
            None if part is None else part.to(device) for part in self._parts()
        )
        return there

    def _parts(self):
        return self.x, self.target, self.weight

    def __iter__(self):
        if self.per_step == 1:
            yield from self._batches()
            return
        # The batches of a step share its gradient by their sizes; the last step may be short.
        batches = list(islice(source := self._batches(), self.per_step))
        while batches:
            n_rows = sum(len(inputs) for inputs, _ in batches)
            for i, (inputs, target) in enumerate(batches):
                share, last = len(inputs) / n_rows, i == len(batches) - 1
                yield Inputs(inputs.x, inputs.weight, share, i == 0, last), target
            batches = list(islice(source, self.per_step))

    def _batches(self):
        n_rows = len(self.x)
        if self.rng is None:
            yield from self._slices(self._parts(), n_rows)
            return
        order, factors = self.draw(rng=self.rng) if self.draw else (self._shuffled(), None)
        order = torch.from_numpy(order)
        if factors is not None:
            factors = move(torch.from_numpy(factors), self.target.device)
        step = self.batch_size * BATCHES_PER_BLOCK
        for start in range(0, len(order), step):
            rows = order[start : start + step]
            x, target, weight = (take(part, rows) for part in self._parts())
            if factors is not None:
                weight = multiply(weight, factors[start : start + step])
            yield from self._slices((x, target, weight), len(rows))

    def _shuffled(self):
        if isinstance(self.x, RaggedTokens):
            return bucketed_order(self.x.lengths.numpy(), self.batch_size, self.rng)
        return self.rng.permutation(len(self.x))

    def _slices(self, parts, n_rows):
        if self.batch_size >= n_rows:
            x, target, weight = parts
            yield Inputs(x, weight), target
            return
        for start in range(0, n_rows, self.batch_size):
            stop = min(start + self.batch_size, n_rows)
            x, target, weight = (cut(part, start, stop) for part in parts)
            yield Inputs(x, weight), target


def take(part, rows):
    """Take any rows, by numbers on the CPU, of a tensor or of sparse rows; None stays None."""
    if part is None:
        return None
    if isinstance(part, torch.Tensor):
        return part[move(rows, part.device)]
    return part.take(rows)


def cut(part, start, stop):
    """Take rows that follow each other, without a copy; None stays None."""
    if part is None:
        return None
    return part[start:stop] if isinstance(part, torch.Tensor) else part.slice(start, stop)


def in_prediction_order(x):
    """Cut rows into batches for prediction, texts of like length together.

    Yields
    ------
    rows : slice or tensor of shape (n,), int64
        Which rows they are.
    batch : same type as x
    """
    if not isinstance(x, RaggedTokens):
        for start in range(0, len(x), PREDICT_ROWS):
            rows = slice(start, start + PREDICT_ROWS)
            yield rows, cut(x, start, min(rows.stop, len(x)))
        return
    order = torch.argsort(x.lengths, stable=True)
    lengths = x.lengths[order].numpy()
    for start, stop in batches_by_budget(lengths, PREDICT_TOKENS):
        rows = order[start:stop]
        yield rows, x.take(rows)


def multiply(weight, factors):
    """Multiply weights of rows, or of rows and labels, with a factor per row."""
    if weight is None:
        return factors.float()
    return weight * (factors if weight.ndim == 1 else factors[:, None]).to(weight.dtype)


def fits(x, device):
    """Tell whether the rows may live on a CUDA device during training."""
    n_bytes = x.numel() * x.element_size() if isinstance(x, torch.Tensor) else x.n_bytes
    return n_bytes < RESIDENT_SHARE * torch.cuda.mem_get_info(device)[0]
