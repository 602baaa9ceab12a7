"""Rows of token ids of different lengths, never padded."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Ids that stand for no token of the vocabulary; its tokens are numbered from N_RESERVED on.
PADDING, UNKNOWN, N_RESERVED = 0, 1, 2
TRUNCATING = ("right", "left", "middle")


class TokenRows:
    """Token ids of many texts, each row as long as its text.

    Use it as what tokenizers give and networks on tokens take: two arrays, so that a
    million rows cost no more than their tokens, and taking rows is one pass in numpy.

    It is not a matrix: it has no ``shape`` and no columns. Rows are padded where a batch
    is made.

    Parameters
    ----------
    ids : array-like of shape (n_tokens,), int
        The ids of all rows, one row after the other; kept as int32.
    indptr : array-like of shape (n_rows + 1,), int
        Row ``i`` is ``ids[indptr[i]:indptr[i + 1]]``; kept as int64.

    Raises
    ------
    ValueError
        If ``indptr`` does not go from 0 to the number of ids without falling.

    Examples
    --------
    >>> from sktext.features import TokenRows
    >>> rows = TokenRows.from_lists([[5, 2, 3], [], [4]])
    >>> rows
    TokenRows(3 rows, 4 tokens)
    >>> rows[0]
    array([5, 2, 3], dtype=int32)
    >>> [row.tolist() for row in rows[[2, 0]].truncated(2, "left")]
    [[4], [2, 3]]
    """

    __slots__ = ("ids", "indptr")

    def __init__(self, ids: ArrayLike, indptr: ArrayLike) -> None:
        self.ids = np.asarray(ids, dtype=np.int32)
        self.indptr = np.asarray(indptr, dtype=np.int64)
        if self.ids.ndim != 1 or self.indptr.ndim != 1:
            raise ValueError(
                f"ids and indptr must have one dimension; got {self.ids.ndim} and "
                f"{self.indptr.ndim}. From a list of rows, use TokenRows.from_lists."
            )
        ends = self.indptr[[0, -1]].tolist() if len(self.indptr) else None
        if ends != [0, len(self.ids)] or (self.lengths < 0).any():
            raise ValueError(
                f"indptr must rise from 0 to the number of ids, {len(self.ids)}; got "
                f"{self.indptr}. From a list of rows, use TokenRows.from_lists."
            )

    @classmethod
    def from_lists(cls, lists: Sequence[ArrayLike]) -> Self:
        """Join rows that are sequences of ids.

        Parameters
        ----------
        lists : list of n_rows sequences of int
            The ids of each row.

        Returns
        -------
        rows : TokenRows of length n_rows

        Raises
        ------
        ValueError, TypeError
            If a row is not one of whole numbers that fit into 32 bits.
        """
        rows = [np.asarray(row) for row in lists]
        for i, row in enumerate(rows):
            if row.ndim != 1 or (row.size and row.dtype.kind not in "iu"):
                raise TypeError(
                    f"lists[{i}] must be a sequence of whole numbers; got {lists[i]!r:.60}. "
                    "Tokenize texts first."
                )
        ids = np.concatenate([row for row in rows if row.size] or [np.empty(0, np.int32)])
        limits = np.iinfo(np.int32)
        if ids.size and not limits.min <= ids.min() <= ids.max() <= limits.max:
            raise ValueError(
                f"ids must fit into 32 bits; got {ids.min()} to {ids.max()}. Number the tokens "
                "from 0 on."
            )
        return cls(ids, _running_sum([len(row) for row in rows]))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of tokens of each row, ndarray of shape (n_rows,)."""
        return np.diff(self.indptr)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        ends = self.indptr.tolist()
        return (self.ids[start:end] for start, end in pairwise(ends))

    def __getitem__(self, rows):
        if isinstance(rows, Integral):
            if not -len(self) <= rows < len(self):
                raise IndexError(f"row {rows} is out of range for {len(self)} rows.")
            row = rows % len(self)
            return self.ids[self.indptr[row] : self.indptr[row + 1]]
        if not isinstance(rows, slice):
            rows = np.asarray(rows)
            if not rows.size and rows.dtype.kind == "f":  # an empty list
                rows = rows.astype(np.intp)
            if rows.ndim != 1 or rows.dtype.kind not in "iub":
                raise TypeError(
                    "rows must be taken by a number, a slice, an array of numbers or a mask; got "
                    f"{rows!r:.60}."
                )
        return self._gathered(self.indptr[:-1][rows], self.lengths[rows])

    def __repr__(self) -> str:
        return f"TokenRows({len(self)} rows, {len(self.ids)} tokens)"

    def truncated(
        self, max_length: int, truncating: Literal["right", "left", "middle"] = "right"
    ) -> "TokenRows":
        """Truncate the rows that are too long.

        Parameters
        ----------
        max_length : int
            Tokens that a row keeps at most, at least 1.
        truncating : {"right", "left", "middle"}, default="right"
            Where to truncate: "right" keeps the first tokens, "left" the last ones, "middle" the
            first half, rounded up, and the last half.

        Returns
        -------
        rows : TokenRows of length n_rows

        Raises
        ------
        ValueError
            If ``max_length`` is not a whole number of at least 1, or ``truncating`` is
            unknown.
        """
        if not isinstance(max_length, Integral) or max_length < 1:
            raise ValueError(f"max_length must be a whole number from 1 on; got {max_length!r}.")
        if truncating not in TRUNCATING:
            raise ValueError(
                f"truncating={truncating!r} is unknown; choose one of {', '.join(TRUNCATING)}."
            )
        lengths = np.minimum(self.lengths, max_length)
        if lengths.sum() == len(self.ids):
            return self
        first = {"right": lengths, "left": 0 * lengths, "middle": lengths - lengths // 2}
        heads = first[truncating]
        tails = lengths - heads
        starts = np.stack([self.indptr[:-1], self.indptr[1:] - tails], axis=1)  # (n_rows, 2)
        pieces = self._gathered(starts.ravel(), np.stack([heads, tails], axis=1).ravel())
        return TokenRows(pieces.ids, pieces.indptr[::2])

    def copy(self) -> "TokenRows":
        """Copy the rows, so that a thread that made them can use its memory again.

        Returns
        -------
        rows : TokenRows of length n_rows
        """
        return TokenRows(self.ids.copy(), self.indptr.copy())

    def masked(self, kept: NDArray[np.bool_]) -> "TokenRows":
        """Drop entries of rows.

        Parameters
        ----------
        kept : ndarray of shape (n_tokens,), bool
            Which ones stay.

        Returns
        -------
        rows : TokenRows of length n_rows
        """
        return TokenRows(self.ids[kept], _running_sum(kept)[self.indptr])

    def _gathered(self, starts, lengths):
        """Join pieces of ``ids``, each by its start and its length."""
        indptr = _running_sum(lengths)
        offsets = np.repeat(starts - indptr[:-1], lengths)
        return TokenRows(self.ids[offsets + np.arange(indptr[-1])], indptr)


def _running_sum(lengths):
    indptr = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=indptr[1:])
    return indptr
