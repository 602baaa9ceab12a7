"""A convolutional network on token ids."""

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sktext._masked_pooling import masked_max, masked_mean
from sktext._token_rows import PADDING
from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._hashed_ngrams import HashedNgrams, hash_next
from sktext.modules._head import Head
from sktext.modules._stable_layers import StableConv1d
from sktext.modules._start_weights import drawn, drawn_seed
from sktext.modules._token_embedding import pad_to, token_embedding, vectors_of

POOLINGS = {"max": (masked_max,), "mean": (masked_mean,), "concat": (masked_max, masked_mean)}


class TextCNN(HashedNgrams):
    """Filters over neighbouring words, and what they answer over a whole text.

    Use it when short phrases decide wherever they stand; it is several times faster than
    a recurrent network and often as good.

    Do not use it when words that are far apart must be read together, or when there are
    only a few hundred texts: take a linear model then.

    Parameters
    ----------
    n_tokens : int
        Number of ids; 0 is padding.
    n_outputs : int
        Number of logits.
    embedding_dim : int, default=128
        Length of a token's vector.
    kernel_sizes : tuple of int, default=(3, 4, 5)
        Numbers of words that filters look at. A shorter text is one window.
    n_filters : int, default=100
        Number of filters of each size.
    pooling : {"max", "mean", "concat"}, default="max"
        What the answers of a filter to all windows are summed up to: the strongest one,
        the mean, or both.
    n_buckets : int, default=0
        Number of vectors that pairs of neighbouring words share by hashing; that of a pair is
        added to that of its first word. 0 has none.
    hidden_size : int, default=None
        Size of a dense layer before the last one; None has none.
    dropout : float, default=0.5
        Fraction of the inputs of the last layer that are dropped in training, in [0, 1).
    embedding_dropout : float, default=0.0
        Fraction of the values of token vectors that are dropped in training, in [0, 1).
    embedding_scale : float, default=1.0
        What token vectors are multiplied by where they are read, greater than 0. They start
        small; a factor of 5 lets a network leave its start in few steps.
    seed : int, default=0
        Of the start weights and of dropout.
    on_demand : bool, default=False
        Whether pairs have vectors only after ``add_ngrams`` was given texts that they are in,
        before the optimizer is made; the others count as zeros. Else all have.

    Attributes
    ----------
    embedding : Embedding of shape (n_tokens + n_buckets, embedding_dim)
        The vectors of the pairs stand behind those of the words, and start at zero.
        Shorter with ``on_demand``.
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.
    sparse_gradient : bool
        With pairs only: whether the gradient of ``embedding`` holds only the rows a batch
        has. Set by training, where the optimizer can use it.

    References
    ----------
    .. [1] Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014.
       https://arxiv.org/abs/1408.5882

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import TextCNN
    >>> network = TextCNN(n_tokens=100, n_outputs=3)
    >>> network(torch.tensor([[7, 5, 9, 8], [4, 0, 0, 0]])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        n_tokens: int,
        n_outputs: int,
        embedding_dim: int = 128,
        kernel_sizes: Sequence[int] = (3, 4, 5),
        n_filters: int = 100,
        pooling: Literal["max", "mean", "concat"] = "max",
        n_buckets: int = 0,
        hidden_size: int | None = None,
        dropout: float = 0.5,
        embedding_dropout: float = 0.0,
        embedding_scale: float = 1.0,
        seed: int = 0,
        on_demand: bool = False,
    ) -> None:
        super().__init__()
        if pooling not in POOLINGS:
            raise ValueError(f"pooling must be one of {', '.join(POOLINGS)}; got {pooling!r}.")
        self.poolings = POOLINGS[pooling]
        self.embedding_scale = embedding_scale
        self._set_table(n_tokens, n_buckets, on_demand)
        if n_buckets:
            self.sparse_gradient = False
        n_features = n_filters * len(kernel_sizes) * len(self.poolings)
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            n_rows = self._n_first_rows
            self.embedding = token_embedding(
                n_rows, embedding_dim, n_rows - n_tokens, generator=generator
            )
            self.embedding_dropout = SeededDropout(embedding_dropout, drawn_seed(generator))
            self.filters = nn.ModuleList(
                drawn(StableConv1d, embedding_dim, n_filters, size, generator=generator)
                for size in kernel_sizes
            )
            self.hidden = None
            if hidden_size:
                self.hidden = drawn(nn.Linear, n_features, hidden_size, generator=generator)
            self.dropout = SeededDropout(dropout, drawn_seed(generator))
            self.head = Head(hidden_size or n_features, n_outputs)

    def forward(self, ids: Tensor) -> Tensor:
        """Map token ids to logits.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        return self.logits_of(self.read(ids), ids)

    def read(self, ids: Tensor) -> Tensor:
        """Look up the vectors of each text.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        x : tensor of shape (n_samples, length, embedding_dim)
        """
        ids = pad_to(ids, max(filters.kernel_size[0] for filters in self.filters))
        x = vectors_of(self, ids)
        if not self.n_buckets:
            return x
        return x + vectors_of(self, self._placed(self._hashed_rows(ids)))

    def logits_of(self, x: Tensor, ids: Tensor) -> Tensor:
        """Map what was read of some ids to logits.

        Parameters
        ----------
        x : tensor of shape (n_samples, length, embedding_dim)
            What ``read`` returned.
        ids : int tensor of shape (n_samples, length)
            The ids that were read.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        lengths = (ids != PADDING).sum(dim=1)
        x = self.embedding_dropout(x * self.embedding_scale).transpose(1, 2)
        pooled = [self._pool(filters, x, lengths) for filters in self.filters]
        features = torch.cat(pooled, dim=1)  # (n_samples, n_features)
        if self.hidden is not None:
            features = torch.relu(self.hidden(features))
        return self.head(self.dropout(features))

    def _hashed_rows(self, ids):
        """Return the row of each word with the next one; padding for the last word."""
        after = F.pad(ids[:, 1:].long(), (0, 1), value=PADDING)
        rows = self.n_tokens + hash_next(ids.long(), after).remainder(self.n_buckets)
        return rows.masked_fill(after == PADDING, PADDING)

    def _pool(self, filters, x, lengths):
        """Sum the answers of filters up, over the windows without padding.

        Parameters
        ----------
        filters : Conv1d
        x : tensor of shape (n_samples, embedding_dim, length)
        lengths : int tensor of shape (n_samples,)

        Returns
        -------
        pooled : tensor of shape (n_samples, n_filters) or (n_samples, 2 * n_filters)
            Zero for empty texts.
        """
        answers = torch.relu(filters(x)).transpose(1, 2)  # (n_samples, n_windows, n_filters)
        # A text that is shorter than the filter has one window, filled up with zeros.
        n_windows = (lengths - filters.kernel_size[0] + 1).clamp(min=1) * (lengths > 0)
        mask = torch.arange(answers.shape[1], device=x.device) < n_windows[:, None]
        return torch.cat([pool(answers, mask) for pool in self.poolings], dim=1)
