"""Weights with a row for each input, most of which training may never see."""

import copy

import torch
from torch import nn


class SlimRows(nn.Module):
    """A layer whose ``weight`` is pickled without its rows that are zero."""

    def __getstate__(self):
        state = super().__getstate__()
        weight = self.weight.detach()
        rows = weight.any(dim=1).nonzero()[:, 0]
        if 2 * len(rows) > len(weight):
            return state
        kept = {
            "rows": rows,
            "vectors": weight[rows],
            "shape": tuple(weight.shape),
            "trained": self.weight.requires_grad,
        }
        # In its place among the others, whose order optimizers keep to.
        return state | {"_parameters": self._parameters | {"weight": None}, "kept": kept}

    def __setstate__(self, state):
        state = dict(state)
        kept = state.pop("kept", None)
        super().__setstate__(state)
        if kept is not None:
            weight = kept["vectors"].new_zeros(kept["shape"])
            weight[kept["rows"]] = kept["vectors"]
            self._parameters["weight"] = nn.Parameter(weight, requires_grad=kept["trained"])

    def __deepcopy__(self, memo):
        other = memo[id(self)] = type(self).__new__(type(self))
        other.__dict__ = copy.deepcopy(self.__dict__, memo)
        return other


def rows_that_occur(indices, n_rows):
    """Return which rows of a weight sparse inputs read.

    Parameters
    ----------
    indices : int tensor of shape (n_values,)
    n_rows : int

    Returns
    -------
    occurs : bool tensor of shape (n_rows,)
    """
    occurs = torch.zeros(n_rows, dtype=torch.bool, device=indices.device)
    occurs[indices.long()] = True
    return occurs
