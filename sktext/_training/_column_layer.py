"""The layer of a network that reads the columns beside texts."""

import torch
from torch import nn

from sktext._torch_defaults import torch_defaults
from sktext.modules import RaggedTokens


class ColumnLayer(nn.Module):
    """What columns beside texts add to the logits, as if they stood beside the pooled states.

    A linear output layer of two vectors side by side is the sum of two layers. It starts at zero,
    and reads how far columns are from their means over the training rows, so that the bias of the
    output layer is still that of the class proportions. Columns are not dropped: they are few, and
    do not stand in for one another as the numbers of a pooled text do.

    Parameters
    ----------
    mean : tensor of shape (n_columns,)
    n_outputs : int
    """

    def __init__(self, mean, n_outputs):
        super().__init__()
        self.register_buffer("mean", mean)
        with torch_defaults():
            self.weight = nn.Parameter(torch.zeros(n_outputs, len(mean)))

    def forward(self, columns):
        """Map columns of shape (n_samples, n_columns) to logits."""
        return (columns - self.mean) @ self.weight.T


def add_columns(module, x, n_outputs):
    """Add a layer to a network of tokens for the columns beside texts, if there are some.

    Parameters
    ----------
    module : Module
    x : tensor, SparseRows or RaggedTokens
        Training rows.
    n_outputs : int
    """
    if isinstance(x, RaggedTokens) and x.columns is not None:
        module.column_layer = ColumnLayer(x.columns.mean(dim=0), n_outputs)
