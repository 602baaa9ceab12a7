"""An encoder with what makes one vector of the states of a text."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sktext._masked_pooling import last_states, masked_max, masked_mean


def first_states(states, mask):
    """Return the state of the first token."""
    return states[:, 0]


def masked_mean_sqrt(states, mask):
    """Compute the sum over the valid positions, divided by the root of their number."""
    return masked_mean(states, mask) * mask.sum(dim=1)[:, None].sqrt()


def masked_weighted_mean(states, mask, n_skipped=0):
    """Compute a mean in which the i-th token of the text weighs i."""
    place = torch.arange(1, states.shape[1] + 1, device=states.device) + n_skipped
    weight = (mask * place).to(states.dtype)[:, :, None]
    return (states * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)


POOLINGS = {
    "cls": first_states,
    "mean": masked_mean,
    "max": masked_max,
    "last": last_states,
    "mean_sqrt_len": masked_mean_sqrt,
    "weighted_mean": masked_weighted_mean,
}


class SentenceNetwork(nn.Module):
    """Encoder, pooling, dense layers and length of one: ids to a vector of each text.

    Parameters
    ----------
    encoder : PretrainedEncoder
    poolings : sequence of str
        Keys of ``POOLINGS``; their vectors are joined.
    dense : Sequential
        Behind the pooling; may be empty.
    normalize : bool
        Whether vectors are scaled to length one.
    truncate_dim : int or None
        How many of the first numbers of a vector are kept.
    normalize_last : bool
        Whether they are scaled to length one after that.
    n_skipped : int, default=0
        Tokens at the start of each text that are not pooled.
    """

    def __init__(
        self, encoder, poolings, dense, normalize, truncate_dim, normalize_last, n_skipped=0
    ):
        super().__init__()
        self.encoder = encoder
        self.poolings = tuple(poolings)
        self.dense = dense
        self.normalize = normalize
        self.truncate_dim = truncate_dim
        self.normalize_last = normalize_last
        self.n_skipped = n_skipped
        self.requires_grad_(False).eval()

    @property
    def size(self) -> int:
        """Length of a vector before it is truncated."""
        linear = [part for part in self.dense if isinstance(part, nn.Linear)]
        pooled = len(self.poolings) * self.encoder.hidden_size
        return linear[-1].out_features if linear else pooled

    @property
    def n_features(self) -> int:
        """Length of a vector."""
        return min(self.size, self.truncate_dim or self.size)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Compute the vectors of texts.

        Parameters
        ----------
        ids : int tensor of shape (n_texts, length)
            Ids of the model, with special tokens.
        mask : bool tensor of shape (n_texts, length)
            False at the padding.

        Returns
        -------
        vectors : tensor of shape (n_texts, n_features), float32
        """
        # Attention without a mask takes a faster path.
        states = self.encoder(ids, None if mask.all() else mask)
        with torch.autocast(ids.device.type, enabled=False):
            return self._vectors(states.float(), mask)

    def _vectors(self, states, mask):
        states, mask = states[:, self.n_skipped :], mask[:, self.n_skipped :]
        parts = [
            masked_weighted_mean(states, mask, self.n_skipped)
            if name == "weighted_mean"
            else POOLINGS[name](states, mask)
            for name in self.poolings
        ]
        vectors = self.dense(torch.cat(parts, dim=1))
        if self.normalize:
            vectors = F.normalize(vectors, dim=1)
        vectors = vectors[:, : self.truncate_dim]
        return F.normalize(vectors, dim=1) if self.normalize_last else vectors
