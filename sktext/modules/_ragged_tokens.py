"""Ragged rows of token ids as tensors, padded only when a batch is read."""

from typing import Self

import torch
from torch import Tensor

from sktext._devices import move
from sktext._token_rows import TokenRows
from sktext.modules._sparse_rows import places_of, to_tensor


class RaggedTokens:
    """Token ids of texts that move between devices and are sliced into batches.

    Use it to feed networks of your own from :class:`sktext.features.WordTokenizer`. Do
    not use it for matrices: :class:`SparseRows` is for these.

    Parameters
    ----------
    indptr : tensor of shape (n_texts + 1,), int64
        Where each text starts in ``ids``, from 0 on; stays on the CPU, so that nobody
        waits for a device to learn where a batch lies.
    ids : tensor of shape (n_tokens,), int32
        Ids of the tokens, each at least 1; 0 is kept for padding.
    columns : tensor of shape (n_texts, n_columns), default=None
        Numbers that stand beside the texts.

    Examples
    --------
    >>> from sktext.features import TokenRows
    >>> from sktext.modules import RaggedTokens
    >>> RaggedTokens.from_rows(TokenRows.from_lists([[3, 4, 5], [2]])).padded()
    tensor([[3, 4, 5],
            [2, 0, 0]])
    """

    def __init__(self, indptr: Tensor, ids: Tensor, columns: Tensor | None = None) -> None:
        self.indptr = indptr.cpu()
        self.ids = ids
        self.columns = columns

    @classmethod
    def from_rows(cls, rows: TokenRows) -> Self:
        """Wrap rows of ids; nothing is copied.

        Parameters
        ----------
        rows : TokenRows
            As tokenizers return them.

        Returns
        -------
        texts : RaggedTokens of length n_rows
        """
        return cls(to_tensor(rows.indptr, torch.int64), to_tensor(rows.ids, torch.int32))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def lengths(self) -> Tensor:
        """Number of tokens of each text, a tensor of shape (n_texts,) on the CPU."""
        return self.indptr.diff()

    @property
    def device(self) -> torch.device:
        """Where the ids are."""
        return self.ids.device

    @property
    def n_bytes(self) -> int:
        """Memory that the ids and the columns take."""
        return self.ids.nbytes + (0 if self.columns is None else self.columns.nbytes)

    def to(self, device: torch.device | str) -> "RaggedTokens":
        """Move to a device, without waiting for it; the same texts if they are there.

        Parameters
        ----------
        device : torch.device or str
            Where to.

        Returns
        -------
        texts : RaggedTokens
        """
        ids = move(self.ids, device)
        if ids is self.ids:
            return self
        columns = None if self.columns is None else move(self.columns, device)
        return RaggedTokens(self.indptr, ids, columns)

    def slice(self, start: int, stop: int) -> "RaggedTokens":
        """Take texts that follow each other, without a copy.

        Parameters
        ----------
        start, stop : int
            The first one, and the one after the last.

        Returns
        -------
        texts : RaggedTokens of length stop - start
        """
        indptr = self.indptr[start : stop + 1]
        ids = self.ids[int(indptr[0]) : int(indptr[-1])]
        columns = None if self.columns is None else self.columns[start:stop]
        return RaggedTokens(indptr - indptr[0], ids, columns)

    def take(self, rows: Tensor) -> "RaggedTokens":
        """Take any texts.

        Parameters
        ----------
        rows : tensor of shape (n,), int64
            On the CPU.

        Returns
        -------
        texts : RaggedTokens of length n
        """
        indptr, place = places_of(self.indptr, rows, self.device)
        columns = None
        if self.columns is not None:
            columns = self.columns.index_select(0, move(rows, self.device))
        return RaggedTokens(indptr, self.ids.index_select(0, place), columns)

    def padded(self) -> Tensor:
        """Return a matrix of ids, padded with 0 on the right to the longest text.

        Returns
        -------
        ids : tensor of shape (n_texts, max(1, longest)), int64
        """
        lengths = self.lengths
        width = max(1, int(lengths.max()) if len(self) else 1)
        ids = torch.zeros(len(self), width, dtype=torch.int64, device=self.device)
        is_token = torch.arange(width, device=self.device) < move(lengths, self.device)[:, None]
        return ids.masked_scatter_(is_token, self.ids.long())
