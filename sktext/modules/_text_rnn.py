"""A recurrent network on token ids."""

from typing import Literal

import torch
from torch import Tensor, nn

from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout, TokenDropout
from sktext.modules._head import Head
from sktext.modules._pooling import Pooling
from sktext.modules._recurrent_layer import RecurrentLayer
from sktext.modules._sequence_network import SequenceNetwork
from sktext.modules._start_weights import drawn_seed
from sktext.modules._token_embedding import token_embedding, vectors_of


class TextRNN(SequenceNetwork):
    """LSTM or GRU over the words of a text.

    Use it when the order of the words decides and there are some thousands of texts.
    ``pooling="mean"`` is a strong start; ``"label_attention"`` suits many labels that show
    in different places of a text.

    Do not use it when single words decide: a linear model on TF-IDF is as good and a
    thousand times faster. Do not use it for texts of thousands of words: words are read
    one after the other.

    Parameters
    ----------
    n_tokens : int
        Number of ids; 0 is padding.
    n_outputs : int
        Number of logits.
    embedding_dim : int, default=128
        Length of a token's vector.
    hidden_size : int, default=128
        Length of a state, for each direction.
    cell : {"lstm", "gru"}, default="lstm"
        Kind of the recurrent cells.
    n_layers : int, default=1
        Number of recurrent layers.
    bidirectional : bool, default=False
        Whether to read each text backwards, too.
    pooling : {"last", "max", "mean", "concat", "attention", "label_attention"}, default="mean"
        How the states become one vector; ``"concat"`` puts last, max and mean side by
        side, ``"label_attention"`` makes a vector for each output.
    dropout : float, default=0.5
        Fraction of the features of token vectors, of states between layers and of the pooled
        vector that are dropped in training, in [0, 1). In a text, a feature is dropped at
        all positions or at none.
    token_dropout : float, default=0.3
        Fraction of the tokens that training reads as unknown, in [0, 1).
    recurrent_dropout : float, default=0.0
        Fraction of the hidden-to-hidden weights dropped in training, in [0, 1); the same ones
        for a whole batch.
    embedding_scale : float, default=1.0
        What token vectors are multiplied by where they are read, greater than 0. They start
        small; a factor of 5 lets a network leave its start in few steps.
    skip : bool, default=False
        Whether each state has the token's own vector beside it, so that what a word says by
        itself need not be learned through the cells.
    seed : int, default=0
        Of the start weights and of dropout.

    Attributes
    ----------
    embedding : Embedding of shape (n_tokens, embedding_dim)
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.
    sparse_gradient : bool
        Whether the gradient of ``embedding`` holds only the rows a batch has. Set by
        training, where the optimizer can use it.

    References
    ----------
    .. [1] Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 1997.
       https://doi.org/10.1162/neco.1997.9.8.1735
    .. [2] Merity et al., "Regularizing and Optimizing LSTM Language Models", ICLR 2018
       (dropped recurrent weights). https://arxiv.org/abs/1708.02182
    .. [3] Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text
       Classification", ACL 2015 (dropped words). https://aclanthology.org/P15-1162
    .. [4] Lai, Xu, Liu and Zhao, "Recurrent Convolutional Neural Networks for Text
       Classification", AAAI 2015 (the vector of a word beside its contexts).
       https://doi.org/10.1609/aaai.v29i1.9513
    .. [5] Mullenbach et al., "Explainable Prediction of Medical Codes from Clinical Text",
       NAACL 2018 (attention by label). https://arxiv.org/abs/1802.05695

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import TextRNN
    >>> network = TextRNN(n_tokens=100, n_outputs=3, pooling="attention").eval()
    >>> ids = torch.tensor([[7, 5, 9], [4, 0, 0]])
    >>> network(ids).shape
    torch.Size([2, 3])
    >>> network.attention(ids)[1]
    tensor([1., 0., 0.], grad_fn=...)
    """

    def __init__(
        self,
        n_tokens: int,
        n_outputs: int,
        embedding_dim: int = 128,
        hidden_size: int = 128,
        cell: Literal["lstm", "gru"] = "lstm",
        n_layers: int = 1,
        bidirectional: bool = False,
        pooling: Literal["last", "max", "mean", "concat", "attention", "label_attention"] = "mean",
        dropout: float = 0.5,
        token_dropout: float = 0.3,
        recurrent_dropout: float = 0.0,
        embedding_scale: float = 1.0,
        skip: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.sparse_gradient = False
        self.embedding_scale = embedding_scale
        self.skip = skip
        size = hidden_size * (1 + bidirectional)
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            self.embedding = token_embedding(n_tokens, embedding_dim, generator=generator)
            self.layers = nn.ModuleList(
                RecurrentLayer(
                    cell, n_inputs, hidden_size, bidirectional, recurrent_dropout, generator
                )
                for n_inputs in (embedding_dim, *[size] * (n_layers - 1))
            )
            self.input_dropouts = nn.ModuleList(
                SeededDropout(dropout, drawn_seed(generator), shared_dim=1) for _ in self.layers
            )
            self.token_dropout = TokenDropout(token_dropout, drawn_seed(generator))
            n_backwards = hidden_size * bidirectional
            size += embedding_dim * skip
            self.pooling = Pooling(pooling, size, n_outputs, n_backwards, generator=generator)
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
        states : tensor of shape (n_samples, length, size)
        """
        lengths = mask.sum(dim=1)
        own = x = vectors_of(self, self.token_dropout(ids)) * self.embedding_scale
        for dropout, layer in zip(self.input_dropouts, self.layers, strict=True):
            x = layer(dropout(x), lengths)
        return torch.cat([own, x], dim=2) if self.skip else x
