"""The layer of a network that reads the columns beside texts."""

import torch
from torch import nn

from sktext._torch_defaults import torch_defaults
from sktext.modules import RaggedTokens, SeededDropout


class ColumnLayer(nn.Module):
    """What columns beside texts add to the logits, as if they stood beside the pooled states.

    A linear output layer of two vectors side by side is the sum of two layers. It starts at zero,
    and reads how far columns are from their means over the training rows, so that the bias of the
    output layer is still that of the class proportions.

    Parameters
    ----------
    mean : tensor of shape (n_columns,)
    n_outputs : int
    dropout : float
        Fraction of the columns that is dropped in training, in [0, 1).
    seed : int
    """

    def __init__(self, mean, n_outputs, dropout, seed):
        super().__init__()
        self.register_buffer("mean", mean)
        with torch_defaults():
            self.dropout = SeededDropout(dropout, seed)
            self.weight = nn.Parameter(torch.zeros(n_outputs, len(mean)))

    def forward(self, columns):
        """Map columns of shape (n_samples, n_columns) to logits."""
        return self.dropout(columns - self.mean) @ self.weight.T


def add_columns(module, x, n_outputs, seed):
    """Add a layer to a network of tokens for the columns beside texts, if there are some.

    Parameters
    ----------
    module : Module
        It drops columns as it drops the inputs of its output layer.
    x : tensor, SparseRows or RaggedTokens
        Training rows.
    n_outputs, seed : int
    """
    if not isinstance(x, RaggedTokens) or x.columns is None:
        return
    dropout = getattr(getattr(module, "dropout", None), "p", 0.0)
    module.column_layer = ColumnLayer(x.columns.mean(dim=0), n_outputs, dropout, seed)
