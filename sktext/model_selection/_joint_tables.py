"""The token vectors of several nets, side by side."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from sktext._batches import in_prediction_order
from sktext._token_rows import PADDING


class JointTables(nn.Module):
    """The tables of several nets, in place of the ``embedding`` of one that reads for all.

    Only the rows that training meets are kept: the others have no gradient, and there are
    many of them where pairs of words are hashed.

    Parameters
    ----------
    tables : list of tensor of shape (n_rows, dim)
        The weights of each net, which are copied.
    met : tensor of shape (n_met,), int64
        Rows that are kept, ascending; the first is that of padding.

    Attributes
    ----------
    weight : tensor of shape (n_met, n_nets * dim)
    """

    def __init__(self, tables, met):
        super().__init__()
        self.met = met
        self.n_nets = len(tables)
        with torch.no_grad():
            self.weight = torch.stack([table[met] for table in tables], dim=1).flatten(1)
        self.places = met.new_zeros(len(tables[0]))
        self.places[met] = torch.arange(len(met), device=met.device)
        self._looked_up = []

    def vectors(self, rows, sparse=False):
        """Look up the vectors of all nets, of shape (*rows.shape, n_nets * dim)."""
        places = self.places[rows]
        outputs = torch.arange(rows.numel(), device=rows.device)
        self._looked_up.append((places.flatten(), outputs, None))
        return F.embedding(places, self.weight)

    def means(self, rows, starts, sparse=False):
        """Average bags of rows for all nets, of shape (n_bags, n_nets * dim)."""
        places = self.places[rows]
        sizes = torch.cat([starts, starts.new_tensor([len(rows)])]).diff()
        outputs = torch.arange(len(starts), device=rows.device).repeat_interleave(sizes)
        self._looked_up.append((places, outputs, sizes))
        return F.embedding_bag(places, self.weight, starts, mode="mean")

    def row_gradient(self, gradient):
        """Turn the gradient of the sum of what was looked up since the last call into that of rows.

        What is summed comes in the order of torch's sparse gradients, so that it is rounded
        like that of a net alone: where gradients nearly cancel out, Adagrad would make steps
        of the difference.

        Parameters
        ----------
        gradient : tensor of shape (..., n_nets * dim)

        Returns
        -------
        places : tensor of shape (n_found,), int64
            Rows of ``weight``.
        by_row : tensor of shape (n_found, n_nets * dim)
        """
        places, outputs, sizes = zip(*self._looked_up, strict=True)
        self._looked_up = []
        gradient = gradient.flatten(0, -2)
        if sizes[0] is not None:
            gradient = gradient / sizes[0].clamp(min=1)[:, None]
        places, outputs = torch.cat(places), torch.cat(outputs)
        no_padding = places != 0
        places, order = places[no_padding].sort()
        outputs = outputs[no_padding][order]
        places, counts = places.unique_consecutive(return_counts=True)
        starts = counts.cumsum(dim=0) - counts
        return places, F.embedding_bag(outputs, gradient, starts, mode="sum")

    @torch.no_grad()
    def copy_to(self, table, i):
        """Copy the vectors of the net number i to a table of its own."""
        table[self.met] = self.weight.unflatten(1, (self.n_nets, -1))[:, i]


class MetRows(nn.Module):
    """Takes down which rows of a table a network reads, in place of the table.

    Parameters
    ----------
    n_rows : int
    device : torch.device
    """

    def __init__(self, n_rows, device):
        super().__init__()
        self.met = torch.zeros(n_rows, dtype=torch.bool, device=device)
        self.met[PADDING] = True

    def vectors(self, rows, sparse=False):
        """Give vectors of no length."""
        self.met[rows] = True
        return torch.empty(*rows.shape, 0, device=rows.device)

    def means(self, rows, starts, sparse=False):
        """Give means of no length."""
        return self.vectors(rows)[: len(starts)]


def rows_met(network, x):
    """Find the rows of its table that a network reads for some texts, and that of padding.

    Parameters
    ----------
    network : TextCNN or FastText
    x : RaggedTokens

    Returns
    -------
    rows : tensor of shape (n_met,), int64, ascending
    """
    weight = network.embedding.weight
    recorder = MetRows(len(weight), weight.device)
    reader = with_table(network, recorder)
    for _, texts in in_prediction_order(x):
        reader.read(texts.to(weight.device).padded())
    return recorder.met.nonzero()[:, 0]


def with_table(network, table):
    """Copy a network, but for its table of token vectors, and give it another one."""
    return copy.deepcopy(network, {id(network.embedding): table})
