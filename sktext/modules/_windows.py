"""Long texts in windows, whose states are joined again."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from sktext._pretrained import Pieces
from sktext._token_rows import PADDING


@dataclass(frozen=True)
class Windows:
    """How texts are split into windows.

    Parameters
    ----------
    size : int or None
        Tokens of a text in a window; None is all.
    stride : int or None
        Tokens from the start of a window to that of the next one.
    """

    size: int | None = None
    stride: int | None = None

    @classmethod
    def of(
        cls, pieces: Pieces, max_positions: int | None, window: int | None, stride: int | None
    ) -> Self:
        """Check the numbers of a user, who counts the special tokens as well.

        Parameters
        ----------
        pieces : Pieces
        max_positions : int or None
            Tokens that the encoder reads at most.
        window, stride : int or None
        """
        if window is None:
            return cls()
        if max_positions is not None and window > max_positions:
            raise ValueError(
                f"window must be at most {max_positions}, the tokens that the model reads, "
                f"special ones included; got {window}."
            )
        size = window - pieces.n_special
        if size < 1:
            raise ValueError(
                f"window must be at least {pieces.n_special + 1}, as {pieces.n_special} of its "
                f"tokens are special ones; got {window}."
            )
        if stride is not None and not 1 <= stride <= size:
            raise ValueError(
                f"stride must be from 1 to {size}, the tokens of a text in a window of {window}, "
                f"or some would not be read; got {stride}."
            )
        return cls(size, stride or size)

    def may_split(self, ids: Tensor) -> bool:
        """Return whether some of the texts may be longer than a window."""
        return self.size is not None and ids.shape[1] > self.size

    def split(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Split texts into windows; none begins where the last one has read all.

        Parameters
        ----------
        ids : int tensor of shape (n_texts, length)
            Padded on the right with 0.

        Returns
        -------
        rows : int tensor of shape (n_windows, size)
            The windows of the first text, then those of the second, and so on.
        n_windows : int tensor of shape (n_texts,)
        """
        assert self.size is not None
        assert self.stride is not None
        lengths = (ids > PADDING).sum(dim=1)
        n_windows = 1 + (lengths - self.size).clamp(min=0).add(self.stride - 1) // self.stride
        text = torch.repeat_interleave(n_windows)  # (n_windows,)
        place = self.starts(n_windows)[:, None] + torch.arange(self.size, device=ids.device)
        known = place < ids.shape[1]
        rows = ids[text[:, None], place.clamp(max=ids.shape[1] - 1)]
        return rows.masked_fill(~known, PADDING), n_windows

    def starts(self, n_windows: Tensor) -> Tensor:
        """Return which token of its text is the first of each window.

        Parameters
        ----------
        n_windows : int tensor of shape (n_texts,)

        Returns
        -------
        starts : int tensor of shape (n_windows,)
        """
        assert self.stride is not None
        first = torch.repeat_interleave(n_windows.cumsum(0) - n_windows, n_windows)
        return (torch.arange(len(first), device=first.device) - first) * self.stride


def join_windows(states: Tensor, masks: Tensor, n_windows: Tensor) -> tuple[Tensor, Tensor]:
    """Join the states of the windows of each text.

    Parameters
    ----------
    states : tensor of shape (n_windows, length, size)
    masks : bool tensor of shape (n_windows, length)
    n_windows : int tensor of shape (n_texts,)
        Windows of each text, one text after the other.

    Returns
    -------
    joined : tensor of shape (n_texts, n_states, size)
    mask : bool tensor of shape (n_texts, n_states)
    """
    text = torch.repeat_interleave(n_windows)
    of_window = masks.sum(dim=1)
    n_states = of_window.new_zeros(len(n_windows)).index_add_(0, text, of_window)
    place = torch.arange(int(n_states.max()), device=states.device)
    mask = place < n_states[:, None]
    joined = states.new_zeros(*mask.shape, states.shape[2])
    return joined.masked_scatter(mask[:, :, None], states[masks]), mask
