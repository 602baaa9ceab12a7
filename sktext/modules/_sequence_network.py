"""What the networks share that turn a text into states and pool them."""

from typing import Any

from torch import Tensor, nn

from sktext._token_rows import PADDING
from sktext.modules._token_embedding import pad_to


class SequenceNetwork(nn.Module):
    """States of a text, pooled to a vector, to logits.

    A subclass sets ``embedding``, ``pooling``, ``dropout`` and ``head``, and has
    ``encode(ids, mask)``, which gives states of shape (n_samples, length, size).
    """

    embedding: Any
    pooling: Any
    dropout: nn.Module
    head: nn.Module
    encode: Any

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
        states, mask = self._states(ids)
        return self.head(self.dropout(self.pooling(states, mask)))

    def attention(self, ids: Tensor) -> Tensor:
        """Compute the weight of each position, where ``pooling`` is one of the attentions.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        weights : tensor of shape (n_samples, length) or (n_samples, n_outputs, length)
            The second for ``pooling="label_attention"``. Zero on padding; the weights of
            a text sum to one unless it is empty.

        Raises
        ------
        AttributeError
            With another pooling.
        """
        return self.pooling.attention(*self._states(ids))[..., : ids.shape[1]]

    def _states(self, ids):
        ids = pad_to(ids, 1)
        mask = ids != PADDING
        return self.encode(ids, mask), mask
