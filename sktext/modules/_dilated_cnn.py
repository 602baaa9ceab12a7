"""Convolutions that look ever further, on token ids."""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._head import Head
from sktext.modules._pooling import Pooling
from sktext.modules._sequence_network import SequenceNetwork
from sktext.modules._stable_layers import StableConv1d, StableLayerNorm, StableLinear
from sktext.modules._start_weights import drawn, drawn_seed
from sktext.modules._token_embedding import token_embedding


class DilatedCNN(SequenceNetwork):
    """Residual convolutions whose reach doubles from layer to layer.

    Use it in place of a recurrent network on long texts: with four layers a state knows
    the 15 words to its left and to its right, and all positions are computed at once.

    Do not use it when phrases of a few words decide: ``TextCNN`` is simpler and faster.

    Parameters
    ----------
    n_tokens : int
        Number of ids; 0 is padding.
    n_outputs : int
        Number of logits.
    embedding_dim : int, default=128
        Length of a token's vector.
    n_filters : int, default=128
        Length of a state.
    kernel_size : int, default=3
        Number of positions a filter looks at.
    n_layers : int, default=4
        The filters of layer i look at positions that are 2**i apart, from i = 0.
    pooling : {"last", "max", "mean", "concat", "attention", "label_attention"}, default="max"
        How the states become one vector; ``"concat"`` puts last, max and mean side by
        side, ``"label_attention"`` makes a vector for each output.
    dropout : float, default=0.2
        Fraction of the features of token vectors, of each layer's outputs and of the pooled
        vector that are dropped in training, in [0, 1). In a text, a feature is dropped at
        all positions or at none.
    seed : int, default=0
        Of the start weights and of dropout.

    Attributes
    ----------
    embedding : Embedding of shape (n_tokens, embedding_dim)
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.

    References
    ----------
    .. [1] Strubell et al., "Fast and Accurate Entity Recognition with Iterated Dilated
       Convolutions", EMNLP 2017. https://arxiv.org/abs/1702.02098
    .. [2] Bai et al., "An Empirical Evaluation of Generic Convolutional and Recurrent
       Networks for Sequence Modeling", 2018. https://arxiv.org/abs/1803.01271

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import DilatedCNN
    >>> network = DilatedCNN(n_tokens=100, n_outputs=3)
    >>> network(torch.tensor([[7, 5, 9], [4, 0, 0]])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        n_tokens: int,
        n_outputs: int,
        embedding_dim: int = 128,
        n_filters: int = 128,
        kernel_size: int = 3,
        n_layers: int = 4,
        pooling: Literal["last", "max", "mean", "concat", "attention", "label_attention"] = "max",
        dropout: float = 0.2,
        seed: int = 0,
    ) -> None:
        super().__init__()
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            self.embedding = token_embedding(n_tokens, embedding_dim, generator=generator)
            self.embedding_dropout = SeededDropout(dropout, drawn_seed(generator), shared_dim=1)
            self.project = drawn(StableLinear, embedding_dim, n_filters, generator=generator)
            self.blocks = nn.ModuleList(
                DilatedBlock(n_filters, kernel_size, 2**i, dropout, generator)
                for i in range(n_layers)
            )
            self.norm = StableLayerNorm(n_filters)
            self.pooling = Pooling(pooling, n_filters, n_outputs, generator=generator)
            self.dropout = SeededDropout(dropout, drawn_seed(generator))
            self.head = Head(self.pooling.n_features, n_outputs)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Map token ids to states.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.
        mask : bool tensor of shape (n_samples, length)
            False at the padding.

        Returns
        -------
        states : tensor of shape (n_samples, length, n_filters)
        """
        x = self.project(self.embedding_dropout(self.embedding(ids)))
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


class DilatedBlock(nn.Module):
    """A dilated convolution that is added to its input.

    Parameters
    ----------
    size, kernel_size, dilation : int
    dropout : float
        Fraction of the features that are dropped in training, in [0, 1).
    generator : torch.Generator
        Of the start weights and of dropout's seed.
    """

    def __init__(self, size, kernel_size, dilation, dropout, generator):
        super().__init__()
        self.norm = StableLayerNorm(size)
        self.filters = drawn(
            StableConv1d, size, size, kernel_size, dilation=dilation, generator=generator
        )
        self.dropout = SeededDropout(dropout, drawn_seed(generator), shared_dim=1)

    def forward(self, x, mask):
        """Add what the filters answer; they see zeros in place of the padding.

        Parameters
        ----------
        x : tensor of shape (n_samples, length, size)
        mask : bool tensor of shape (n_samples, length)
        """
        seen = (self.norm(x) * mask[:, :, None]).transpose(1, 2)  # (n_samples, size, length)
        reach = self.filters.dilation[0] * (self.filters.kernel_size[0] - 1)
        answers = self.filters(F.pad(seen, (reach // 2, reach - reach // 2)))
        return x + self.dropout(torch.relu(answers).transpose(1, 2))
