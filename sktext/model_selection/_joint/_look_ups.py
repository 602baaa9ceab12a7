"""What networks of tokens look up in their tables, found out once for several nets."""

import copy
from functools import cached_property, reduce

import torch
import torch.nn.functional as F
from torch import nn

from sktext._token_rows import PADDING
from sktext._training._batches import in_prediction_order

# So few that their gradients and states stay in the caches.
ROWS_AT_ONCE = 512


class Reader:
    """Finds out what a network looks up in its table for some texts.

    Parameters
    ----------
    network : TextCNN or FastText
        What it reads is the sum of its look-ups, or the mean of one.
    x : RaggedTokens
        All texts that there will be.

    Attributes
    ----------
    met : tensor of shape (n_met,), int64
        The rows that are looked up for any text, ascending, and that of padding. There are
        many others where pairs of words are hashed.
    """

    def __init__(self, network, x):
        table = network.embedding.weight
        self.places = torch.arange(len(table), device=table.device)
        # A copy of all but the table, which is large.
        copied = copy.deepcopy(network, {id(network.embedding): LookUps(self.places)})
        self.network = copied.train()
        is_met = torch.zeros(len(table), dtype=torch.bool, device=table.device)
        is_met[PADDING] = True
        for _, texts in in_prediction_order(x):
            for rows in self.look_ups(texts.to(table.device).padded()).rows:
                is_met[rows] = True
        self.met = is_met.nonzero()[:, 0]
        self.places[self.met] = torch.arange(len(self.met), device=table.device)

    def look_ups(self, ids):
        """Find out the look-ups for ids of shape (n_samples, length)."""
        look_ups = self.network.embedding = LookUps(self.places)
        self.network.read(ids)
        return look_ups


class LookUps(nn.Module):
    """Takes down what is looked up, in place of a table, to look it up in another.

    Parameters
    ----------
    places : tensor of shape (n_rows,), int64
        Where the rows are in the other table.

    Attributes
    ----------
    rows : list of int64 tensor
        Rows of each look-up, in the other table.
    starts : int tensor of shape (n_samples,) or None
        Where the bags start that are averaged.
    """

    def __init__(self, places):
        super().__init__()
        self.places = places
        self.rows = []
        self.starts = None

    def vectors(self, rows, sparse=False):
        """Give vectors of no length."""
        self.rows.append(self.places[rows])
        return torch.empty(*rows.shape, 0, device=rows.device)

    def means(self, rows, starts, sparse=False):
        """Give means of no length."""
        self.starts = starts
        return self.vectors(rows)[: len(starts)]

    def read(self, table):
        """Give what is read from a table, of shape (..., width of the table)."""
        if self.starts is not None:
            return F.embedding_bag(self.rows[0], table, self.starts, mode="mean")
        return reduce(torch.add, [F.embedding(rows, table) for rows in self.rows])

    def gradients(self, gradient):
        """Turn the gradient of what was read into that of rows, some rows at a time.

        It is summed in the order of torch's sparse gradients, so that it is rounded like
        that of a net alone: Adagrad makes steps even of what is left by rounding.

        Parameters
        ----------
        gradient : tensor of shape (..., width)

        Yields
        ------
        rows : tensor of shape (n_rows,), int64
            Different ones, without that of padding.
        by_row : tensor of shape (n_rows, width)
        """
        gradient = gradient.flatten(0, -2)
        if self.starts is not None:
            gradient = gradient / self._sizes.clamp(min=1)[:, None]
        rows, places, counts = self._by_row()
        ends = counts.cumsum(dim=0)
        starts = ends - counts
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            own = places[int(starts[first]) : int(ends[part][-1])]
            by_row = F.embedding_bag(own, gradient, starts[part] - starts[first], mode="sum")
            yield rows[part], by_row

    @cached_property
    def _sizes(self):
        ends = self.starts.new_tensor([len(self.rows[0])])
        return torch.cat([self.starts, ends]).diff()

    def _by_row(self):
        """Sort the look-ups: rows, their places in what was read, and how many each has."""
        places = torch.arange(self.rows[0].numel(), device=self.rows[0].device)
        if self.starts is not None:
            bags = torch.arange(len(self.starts), device=places.device)
            places = bags.repeat_interleave(self._sizes)
        places = places.repeat(len(self.rows))
        rows = torch.cat([rows.flatten() for rows in self.rows])
        known = rows != 0
        rows, order = rows[known].sort()
        different, counts = rows.unique_consecutive(return_counts=True)
        return different, places[known][order], counts
