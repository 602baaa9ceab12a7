"""The embedding rows that networks of tokens look up, determined once for several nets."""

import copy
from functools import cached_property, reduce

import torch
import torch.nn.functional as F
from torch import nn

from sktext._token_rows import PADDING
from sktext._training._batches import in_prediction_order

# Rows whose gradients and states stay in the caches of the CPU.
ROWS_AT_ONCE = 512


class SeenRows:
    """The embedding rows that a network looks up for some texts.

    Parameters
    ----------
    network : TextCNN or FastText
        It reads the sum of its look-ups, or the mean of one.
    x : RaggedTokens
        All texts of the training.

    Attributes
    ----------
    seen : tensor of shape (n_seen,), int64
        The rows that are looked up for any text, ascending, and that of padding. Tables of
        hashed pairs of words have many others.
    """

    def __init__(self, network, x):
        table = network.embedding.weight
        self.places = torch.arange(len(table), device=table.device)
        # A copy of all except the table, which is large.
        copied = copy.deepcopy(network, {id(network.embedding): EmbeddingRows(self.places)})
        self.network = copied.train()
        is_seen = torch.zeros(len(table), dtype=torch.bool, device=table.device)
        is_seen[PADDING] = True
        for _, texts in in_prediction_order(x):
            for rows in self.rows_of(texts.to(table.device).padded()).rows:
                is_seen[rows] = True
        self.seen = is_seen.nonzero()[:, 0]
        self.places[self.seen] = torch.arange(len(self.seen), device=table.device)

    def rows_of(self, ids):
        """Return the embedding rows of ids of shape (n_samples, length)."""
        rows = self.network.embedding = EmbeddingRows(self.places)
        self.network.read(ids)
        return rows


class EmbeddingRows(nn.Module):
    """Records the rows that are looked up, in place of a table, to look them up in another.

    Parameters
    ----------
    places : tensor of shape (n_rows,), int64
        Indices of the rows in the other table.

    Attributes
    ----------
    rows : list of int64 tensor
        Indices of each look-up in the other table.
    starts : int tensor of shape (n_samples,) or None
        Starts of the bags that are averaged.
    """

    def __init__(self, places):
        super().__init__()
        self.places = places
        self.rows = []
        self.starts = None

    def vectors(self, rows, sparse=False):
        """Record rows; return vectors of length zero."""
        self.rows.append(self.places[rows])
        return torch.empty(*rows.shape, 0, device=rows.device)

    def means(self, rows, starts, sparse=False):
        """Record rows of bags; return means of length zero."""
        self.starts = starts
        return self.vectors(rows)[: len(starts)]

    def look_up(self, table):
        """Return the sums or means of the rows of a table, of shape (..., width of the table)."""
        if self.starts is not None:
            return F.embedding_bag(self.rows[0], table, self.starts, mode="mean")
        return reduce(torch.add, [F.embedding(rows, table) for rows in self.rows])

    def gradients(self, gradient):
        """Compute the gradients of rows from that of ``look_up``, some rows at a time.

        They are summed in the order of torch's sparse gradients, so that they are rounded like
        those of a net alone: Adagrad makes steps even of rounding errors.

        Parameters
        ----------
        gradient : tensor of shape (..., width)

        Yields
        ------
        rows : tensor of shape (n_rows,), int64
            Distinct, without that of padding.
        by_row : tensor of shape (n_rows, width)
        """
        gradient = gradient.flatten(0, -2)
        if self.starts is not None:
            gradient = gradient / self._sizes.clamp(min=1)[:, None]
        rows, places, counts = self._by_row()
        ends = counts.cumsum(dim=0)
        starts = ends - counts
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = slice(first, first + ROWS_AT_ONCE)
            own = places[int(starts[first]) : int(ends[some][-1])]
            by_row = F.embedding_bag(own, gradient, starts[some] - starts[first], mode="sum")
            yield rows[some], by_row

    @cached_property
    def _sizes(self):
        ends = self.starts.new_tensor([len(self.rows[0])])
        return torch.cat([self.starts, ends]).diff()

    def _by_row(self):
        """Return the distinct rows, the places where each was looked up, and how many there are."""
        places = torch.arange(self.rows[0].numel(), device=self.rows[0].device)
        if self.starts is not None:
            bags = torch.arange(len(self.starts), device=places.device)
            places = bags.repeat_interleave(self._sizes)
        places = places.repeat(len(self.rows))
        rows = torch.cat([rows.flatten() for rows in self.rows])
        known = rows != 0
        rows, order = rows[known].sort()
        distinct, counts = rows.unique_consecutive(return_counts=True)
        return distinct, places[known][order], counts
