"""Ways to make one vector of the states of a text, blind to its padding."""

import torch
from torch import nn

from sktext.modules._attention import Attention, LabelAttention

POOLINGS = ("last", "max", "mean", "concat", "attention", "label_attention")


def masked_mean(states, mask):
    """Compute the mean over the valid positions, zero where there are none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    total = (states * mask[:, :, None]).sum(dim=1)
    return total / mask.sum(dim=1).clamp(min=1)[:, None]


def masked_max(states, mask):
    """Compute the maximum over the valid positions, zero where there are none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    highest = states.masked_fill(~mask[:, :, None], -torch.inf).amax(dim=1)
    return highest.masked_fill(~mask.any(dim=1)[:, None], 0)


def last_states(states, mask, bidirectional=False):
    """Return the state after the last token, zero where there is none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)
    bidirectional : bool
        Whether the second half of each state was read backwards, so that its last one
        stands at the first position.

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    last = (mask.sum(dim=1) - 1).clamp(min=0)
    pooled = states[torch.arange(len(states), device=states.device), last]  # (n_samples, size)
    if bidirectional:
        half = states.shape[2] // 2
        pooled = torch.cat([pooled[:, :half], states[:, 0, half:]], dim=1)
    return pooled.masked_fill(~mask.any(dim=1)[:, None], 0)


class Pooling(nn.Module):
    """Makes one vector of the states of a text, or one for each output.

    Parameters
    ----------
    kind : {"last", "max", "mean", "concat", "attention", "label_attention"}
    size : int
        Length of a state.
    n_outputs : int
    bidirectional : bool, default=False
        Whether the second half of each state was read backwards.
    generator : torch.Generator
        Of the start weights of what weighs the positions.

    Attributes
    ----------
    n_features : int
        Length of a pooled vector.
    scorer : Attention, LabelAttention or None
        What weighs the positions, for the two poolings that do.
    """

    def __init__(self, kind, size, n_outputs, bidirectional=False, *, generator):
        super().__init__()
        if kind not in POOLINGS:
            raise ValueError(f"pooling must be one of {', '.join(POOLINGS)}; got {kind!r}.")
        self.kind = kind
        self.bidirectional = bidirectional
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
            parts.append(last_states(states, mask, self.bidirectional))
        if self.kind in ("max", "concat"):
            parts.append(masked_max(states, mask))
        if self.kind in ("mean", "concat"):
            parts.append(masked_mean(states, mask))
        return torch.cat(parts, dim=1)
