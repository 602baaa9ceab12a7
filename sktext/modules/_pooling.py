"""Ways to make one vector of the states of a text, blind to its padding."""

import torch
from torch import nn

from sktext._masked_pooling import last_states, masked_max, masked_mean
from sktext.modules._attention import Attention, LabelAttention

POOLINGS = ("last", "max", "mean", "concat", "attention", "label_attention")


class Pooling(nn.Module):
    """Makes one vector of the states of a text, or one for each output.

    Parameters
    ----------
    kind : {"last", "max", "mean", "concat", "attention", "label_attention"}
    size : int
        Length of a state.
    n_outputs : int
    n_backwards : int, default=0
        Last columns of the states that were read backwards.
    generator : torch.Generator
        Of the start weights of what weighs the positions.

    Attributes
    ----------
    n_features : int
        Length of a pooled vector.
    scorer : Attention, LabelAttention or None
        What weighs the positions, for the two poolings that do.
    """

    def __init__(self, kind, size, n_outputs, n_backwards=0, *, generator):
        super().__init__()
        if kind not in POOLINGS:
            raise ValueError(f"pooling must be one of {', '.join(POOLINGS)}; got {kind!r}.")
        self.kind = kind
        self.n_backwards = n_backwards
        self.n_features = 3 * size if kind == "concat" else size
        self.scorer = None
        if kind == "attention":
            self.scorer = Attention(size, generator)
        elif kind == "label_attention":
            self.scorer = LabelAttention(size, n_outputs, generator)

    def forward(self, states, mask):
        """Pool states.

        Parameters
        ----------
        states : tensor of shape (n_samples, length, size)
        mask : bool tensor of shape (n_samples, length)
            True where there is a token.

        Returns
        -------
        pooled : tensor of shape (n_samples, n_features) or (n_samples, n_outputs, n_features)
            The second for label attention.
        """
        if self.scorer is not None:
            return self.scorer.pool(states, mask)
        parts = []
        if self.kind in ("last", "concat"):
            parts.append(last_states(states, mask, self.n_backwards))
        if self.kind in ("max", "concat"):
            parts.append(masked_max(states, mask))
        if self.kind in ("mean", "concat"):
            parts.append(masked_mean(states, mask))
        return torch.cat(parts, dim=1)

    def attention(self, states, mask):
        """Compute the weight of each state.

        Parameters
        ----------
        states : tensor of shape (n_samples, length, size)
        mask : bool tensor of shape (n_samples, length)

        Returns
        -------
        weights : tensor of shape (n_samples, length) or (n_samples, n_outputs, length)
            The second for label attention.

        Raises
        ------
        AttributeError
            With another pooling.
        """
        if self.scorer is None:
            raise AttributeError(
                f"pooling={self.kind!r} does not weigh positions; make the network "
                "with pooling='attention' or pooling='label_attention'."
            )
        return self.scorer(states, mask)
