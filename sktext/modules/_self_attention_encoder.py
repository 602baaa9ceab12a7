"""A small transformer on token ids."""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._head import Head
from sktext.modules._pooling import Pooling
from sktext.modules._sequence_network import SequenceNetwork
from sktext.modules._stable_layers import StableLayerNorm, StableLinear
from sktext.modules._start_weights import drawn, drawn_seed
from sktext.modules._token_embedding import token_embedding

# The longest wave has this many positions, over two pi.
LONGEST_WAVE = 10_000.0


class SelfAttentionEncoder(SequenceNetwork):
    """Transformer encoder that is trained from scratch.

    Use it when there are tens of thousands of texts and words that are far apart must be
    read together.

    Do not use it for a few thousand texts: without pretraining a convolution or a linear
    model is better. Its time grows with the square of the length of a text.

    Parameters
    ----------
    n_tokens : int
        Number of ids; 0 is padding.
    n_outputs : int
        Number of logits.
    embedding_dim : int, default=128
        Length of a token's vector and of a state; a multiple of ``n_heads``.
    n_heads : int, default=4
        Number of attention heads of a block.
    n_layers : int, default=2
        Number of blocks.
    hidden_size : int, default=256
        Size of the dense layer in each block.
    pooling : {"last", "max", "mean", "concat", "attention", "label_attention"}, default="mean"
        How the states become one vector; ``"concat"`` puts last, max and mean side by
        side, ``"label_attention"`` makes a vector for each output.
    dropout : float, default=0.1
        Fraction of the values of token vectors, of what each block adds and of the pooled
        vector that are dropped in training, in [0, 1).
    seed : int, default=0
        Of the start weights and of dropout.

    Attributes
    ----------
    embedding : Embedding of shape (n_tokens, embedding_dim)
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.

    References
    ----------
    .. [1] Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
       https://arxiv.org/abs/1706.03762
    .. [2] Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML
       2020 (the norm comes first). https://arxiv.org/abs/2002.04745

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import SelfAttentionEncoder
    >>> network = SelfAttentionEncoder(n_tokens=100, n_outputs=3)
    >>> network(torch.tensor([[7, 5, 9], [4, 0, 0]])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        n_tokens: int,
        n_outputs: int,
        embedding_dim: int = 128,
        n_heads: int = 4,
        n_layers: int = 2,
        hidden_size: int = 256,
        pooling: Literal["last", "max", "mean", "concat", "attention", "label_attention"] = "mean",
        dropout: float = 0.1,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if embedding_dim % n_heads:
            raise ValueError(
                f"embedding_dim must be a multiple of n_heads; got embedding_dim={embedding_dim} "
                f"and n_heads={n_heads}."
            )
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            self.embedding = token_embedding(n_tokens, embedding_dim, generator=generator)
            self.embedding_dropout = SeededDropout(dropout, drawn_seed(generator))
            self.blocks = nn.ModuleList(
                SelfAttentionBlock(embedding_dim, n_heads, hidden_size, dropout, generator)
                for _ in range(n_layers)
            )
            self.norm = StableLayerNorm(embedding_dim)
            self.pooling = Pooling(pooling, embedding_dim, n_outputs, generator=generator)
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
        states : tensor of shape (n_samples, length, embedding_dim)
        """
        # Scaled up, the vectors are not drowned by the positions.
        x = self.embedding(ids) * self.embedding.embedding_dim**0.5
        x = self.embedding_dropout(x + positions(x))
        # An empty text looks at its first padding, or the softmax would be over nothing.
        visible = mask | (torch.arange(ids.shape[1], device=ids.device) == 0)
        for block in self.blocks:
            x = block(x, visible[:, None, None])
        return self.norm(x)


class SelfAttentionBlock(nn.Module):
    """Self-attention and a dense layer, each added to its normed input.

    Parameters
    ----------
    size, n_heads, hidden_size : int
    dropout : float
        Fraction of the values added that are dropped in training, in [0, 1).
    generator : torch.Generator
        Of the start weights and of dropout's seeds.
    """

    def __init__(self, size, n_heads, hidden_size, dropout, generator):
        super().__init__()
        self.n_heads = n_heads
        self.attention_norm = StableLayerNorm(size)
        self.to_queries_keys_values = drawn(StableLinear, size, 3 * size, generator=generator)
        self.from_heads = drawn(StableLinear, size, size, generator=generator)
        self.dense_norm = StableLayerNorm(size)
        self.dense = nn.Sequential(
            drawn(StableLinear, size, hidden_size, generator=generator),
            nn.GELU(),
            drawn(StableLinear, hidden_size, size, generator=generator),
        )
        self.dropouts = nn.ModuleList(
            SeededDropout(dropout, drawn_seed(generator)) for _ in range(2)
        )

    def forward(self, x, visible):
        """Map states to states.

        Parameters
        ----------
        x : tensor of shape (n_samples, length, size)
        visible : bool tensor of shape (n_samples, 1, 1, length)
        """
        x = x + self.dropouts[0](self._attend(self.attention_norm(x), visible))
        return x + self.dropouts[1](self.dense(self.dense_norm(x)))

    def _attend(self, x, visible):
        parts = self.to_queries_keys_values(x).unflatten(2, (3, self.n_heads, -1))
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)  # (n_samples, n_heads, length, _)
        mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=visible)
        return self.from_heads(mixed.transpose(1, 2).flatten(2))


def positions(x):
    """Make waves that tell positions apart, for any length.

    Parameters
    ----------
    x : tensor of shape (n_samples, length, size)

    Returns
    -------
    waves : tensor of shape (length, size)
    """
    length, size = x.shape[1:]
    place = torch.arange(length, dtype=x.dtype, device=x.device)[:, None]
    wave = torch.arange(0, size, 2, dtype=x.dtype, device=x.device)
    angles = place * LONGEST_WAVE ** (-wave / size)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :size]
