"""What networks of tokens look up in their tables, found out once for several nets."""

import copy
from functools import cached_property, reduce

import torch
import torch.nn.functional as F
from torch import nn

from sktext._token_rows import PADDING


class Reader:
    """Finds out what a network looks up in its table for some texts.

    Parameters
    ----------
    network : TextCNN or FastText
        What it reads is the sum of its look-ups, or the mean of one.
    """

    def __init__(self, network):
        # A copy of all but the table, which is large.
        copied = copy.deepcopy(network, {id(network.embedding): LookUps()})
        self.network = copied.train()

    def look_ups(self, ids):
        """Find out the look-ups for ids of shape (n_samples, length)."""
        look_ups = self.network.embedding = LookUps()
        self.network.read(ids)
        return look_ups


class LookUps(nn.Module):
    """Takes down what is looked up, in place of a table, to look it up in others.

    Attributes
    ----------
    rows : list of int tensor
        Rows of each look-up.
    starts : int tensor of shape (n_samples,) or None
        Where the bags start that are averaged.
    """

    def __init__(self):
        super().__init__()
        self.rows = []
        self.starts = None

    def vectors(self, rows, sparse=False):
        """Give vectors of no length."""
        self.rows.append(rows)
        return torch.empty(*rows.shape, 0, device=rows.device)

    def means(self, rows, starts, sparse=False):
        """Give means of no length."""
        self.starts = starts
        return self.vectors(rows)[: len(starts)]

    def read(self, table):
        """Give what a network with a table of its own reads."""
        if self.starts is not None:
            return F.embedding_bag(self.rows[0], table, self.starts, mode="mean")
        return reduce(torch.add, [F.embedding(rows, table) for rows in self.rows])

    @cached_property
    def different(self):
        """The different rows that were looked up, ascending, without that of padding."""
        return self._by_row[0]

    def gradient(self, gradient):
        """Turn the gradient of what was read into that of the different rows.

        It is summed in the order of torch's sparse gradients, so that it is rounded like
        that of a net alone: Adagrad makes steps even of what is left by rounding.

        Parameters
        ----------
        gradient : tensor of shape (..., embedding_dim)

        Returns
        -------
        by_row : tensor of shape (n_different, embedding_dim)
        """
        gradient = gradient.flatten(0, -2)
        if self.starts is not None:
            gradient = gradient / self._sizes.clamp(min=1)[:, None]
        _, places, starts = self._by_row
        return F.embedding_bag(places, gradient, starts, mode="sum")

    @cached_property
    def _sizes(self):
        ends = self.starts.new_tensor([len(self.rows[0])])
        return torch.cat([self.starts, ends]).diff()

    @cached_property
    def _by_row(self):
        """Sort the look-ups: rows, places in what was read, and where each row starts."""
        places = torch.arange(self.rows[0].numel(), device=self.rows[0].device)
        if self.starts is not None:
            bags = torch.arange(len(self.starts), device=places.device)
            places = bags.repeat_interleave(self._sizes)
        places = places.repeat(len(self.rows))
        rows = torch.cat([rows.flatten() for rows in self.rows])
        known = rows != PADDING
        rows, order = rows[known].sort()
        different, counts = rows.unique_consecutive(return_counts=True)
        return different, places[known][order], counts.cumsum(dim=0) - counts
