"""Attention that weighs the positions of a text, once or for each output."""

import torch
from torch import nn

from sktext.modules._start_weights import drawn


def masked_softmax(scores, mask):
    """Compute the softmax over the valid entries of the last dimension, zero where there are none.

    Parameters
    ----------
    scores : tensor of shape (n_samples, ..., length)
    mask : bool tensor that broadcasts to the shape of ``scores``
    """
    lowest = torch.finfo(scores.dtype).min  # infinity would give NaN in empty rows
    return scores.masked_fill(~mask, lowest).log_softmax(dim=-1).exp() * mask


class Attention(nn.Module):
    """One distribution over the positions of a text.

    Parameters
    ----------
    size : int
        Length of a state.
    generator : torch.Generator
        Of the start weights.

    References
    ----------
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification",
       NAACL 2016. https://aclanthology.org/N16-1174/
    """

    def __init__(self, size, generator):
        super().__init__()
        self.transform = drawn(nn.Linear, size, size, generator=generator)
        self.query = drawn(nn.Linear, size, 1, bias=False, generator=generator)

    def forward(self, states, mask):
        """Weigh positions; weights have shape (n_samples, length)."""
        scores = self.query(torch.tanh(self.transform(states)))[:, :, 0]
        return masked_softmax(scores, mask)

    def pool(self, states, mask):
        """Sum the weighed states to shape (n_samples, size)."""
        return (self(states, mask)[:, None] @ states)[:, 0]


class LabelAttention(nn.Module):
    """One distribution over the positions of a text for each output.

    Parameters
    ----------
    size : int
        Length of a state.
    n_outputs : int
    generator : torch.Generator
        Of the start weights.

    References
    ----------
    .. [1] Mullenbach et al., "Explainable Prediction of Medical Codes from Clinical Text",
       NAACL 2018. https://arxiv.org/abs/1802.05695
    """

    def __init__(self, size, n_outputs, generator):
        super().__init__()
        self.queries = drawn(nn.Linear, size, n_outputs, bias=False, generator=generator)

    def forward(self, states, mask):
        """Weigh positions; weights have shape (n_samples, n_outputs, length)."""
        return masked_softmax(self.queries(states).transpose(1, 2), mask[:, None])

    def pool(self, states, mask):
        """Sum the weighed states to shape (n_samples, n_outputs, size)."""
        return self(states, mask) @ states
