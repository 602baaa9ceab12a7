"""A linear model or multi-layer perceptron on dense or sparse rows."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._slim_rows import rows_that_occur
from sktext.modules._sparse_linear import SparseLinear
from sktext.modules._sparse_rows import SparseRows

# The spread of the first layer's outputs at the start, for rows of unit length.
START_SCALE = 0.1


class MLP(nn.Module):
    """Layers with ReLU between them; none hidden is a linear model.

    Use it on vectors of texts, such as rows of TF-IDF, in a training loop of your own.

    Do not use it on token ids: the networks of sequences read those.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Length of a row, and number of logits.
    hidden_layer_sizes : tuple of int, default=()
        Number of units of each hidden layer.
    dropout : float, default=0.0
        Fraction of the inputs of each layer that is dropped in training, except of the
        first unless it is the only one; in [0, 1).
    row_norm : float, default=1.0
        Typical Euclidean length of an input row; the first layer starts smaller for
        longer rows.
    seed : int, default=0
        Of the start weights and of dropout.

    Attributes
    ----------
    head : SparseLinear
        The last layer. It starts at zero, so that the bias alone decides at first.
    is_linear : bool
        Whether there is no hidden layer.

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import MLP
    >>> MLP(4, 3, hidden_layer_sizes=(8,))(torch.ones(2, 4)).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        hidden_layer_sizes: Sequence[int] = (),
        dropout: float = 0.0,
        row_norm: float = 1.0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        sizes = (n_inputs, *hidden_layer_sizes)
        with torch_defaults():
            self.layers = nn.ModuleList(SparseLinear(*pair) for pair in pairwise(sizes))
            self.head = SparseLinear(sizes[-1], n_outputs)
        self.dropout = SeededDropout(dropout, seed)
        generator = torch.Generator().manual_seed(seed)
        for i, layer in enumerate(self.layers):
            spread = START_SCALE / row_norm if i == 0 else (6 / sum(layer.weight.shape)) ** 0.5
            nn.init.uniform_(layer.weight, -spread, spread, generator=generator)

    @property
    def is_linear(self) -> bool:
        """Whether there is no hidden layer."""
        return not self.layers

    @torch.no_grad()
    def start_at_zero_but(self, x: SparseRows) -> None:
        """Let the input columns that rows do not have start at zero.

        Training may never see them, as most columns of hashed words: they should neither
        add noise to later rows nor lie in files.

        Parameters
        ----------
        x : SparseRows
            The training rows.
        """
        weight = [*self.layers, self.head][0].weight
        weight *= rows_that_occur(x.indices, len(weight))[:, None]

    def forward(self, x: Tensor | SparseRows) -> Tensor:
        """Map rows to logits.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_inputs) or SparseRows
            Rows of numbers.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        for i, layer in enumerate(self.layers):
            x = torch.relu(layer(x if i == 0 else self.dropout(x)))  # (n_samples, size)
        return self.head(self.dropout(x))
