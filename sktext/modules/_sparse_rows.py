"""Rows of a sparse matrix as tensors, in the shape an embedding bag reads."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

from sktext._devices import move
from sktext._rows import check_sparse

# torch's embedding bag takes 32-bit positions, which halves what it must read.
MAX_INT32 = np.iinfo(np.int32).max


def to_tensor(array: NDArray[Any], dtype: torch.dtype) -> Tensor:
    """Turn an array into a tensor, copying only if its type or its flags ask for it.

    Use it on arrays that may be read-only, such as those of a memory map: torch warns of
    them. Do not use it to get a copy: the tensor may share the memory of the array.

    Parameters
    ----------
    array : ndarray
        Of any type that torch has.
    dtype : torch.dtype
        Of the tensor.

    Returns
    -------
    tensor : tensor of the shape of ``array``

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from sktext.modules import to_tensor
    >>> to_tensor(np.array([1, 2]), torch.float32)
    tensor([1., 2.])
    """
    writable = np.require(array, requirements=("C_CONTIGUOUS", "WRITEABLE"))
    return torch.from_numpy(writable).to(dtype)


class SparseRows:
    """Rows of a CSR matrix that move between devices and are sliced into batches.

    Use it to feed ``SparseLinear`` or ``MLP`` in a training loop of your own.

    Do not use it for arithmetic beside ``rows @ weight``: it holds rows, slices and moves
    them.

    Parameters
    ----------
    indptr : tensor of shape (n_rows + 1,), int32 or int64
        Where each row starts in ``indices``; the first entry need not be zero. Stays on the
        CPU, so that nobody waits for a device to learn where a batch lies.
    indices : tensor of shape (n_values,), int32 or int64
        Column of each value.
    values : tensor of shape (n_values,)
        The stored values, row by row.
    n_columns : int
        Length of a row.
    transposed : SparseRows, default=None
        The same matrix by columns, for the gradient of a full batch.

    Examples
    --------
    >>> import torch
    >>> from scipy import sparse
    >>> from sktext.modules import SparseRows
    >>> rows = SparseRows.from_csr(sparse.csr_array([[0.0, 2.0], [1.0, 0.0]]), torch.float32)
    >>> rows.take(torch.tensor([1])).values
    tensor([1.])
    """

    _offsets: Tensor | None

    def __init__(
        self,
        indptr: Tensor,
        indices: Tensor,
        values: Tensor,
        n_columns: int,
        transposed: "SparseRows | None" = None,
    ) -> None:
        self.indptr = indptr.cpu()
        self.indices = indices
        self.values = values
        self.n_columns = n_columns
        self.transposed = transposed
        self._offsets = None

    @classmethod
    def from_csr(cls, matrix: sparse.csr_matrix | sparse.csr_array, dtype: torch.dtype) -> Self:
        """Wrap a scipy CSR matrix; nothing is copied if its types are right.

        Parameters
        ----------
        matrix : CSR matrix or array of shape (n_rows, n_columns)
            Its indices need not be sorted.
        dtype : torch.dtype
            Of the values.

        Returns
        -------
        rows : SparseRows of length n_rows

        Raises
        ------
        ValueError
            If it points to columns or values that it does not have.
        """
        check_sparse(matrix, "matrix")
        index = torch.int32 if max(matrix.nnz, *matrix.shape) < MAX_INT32 else torch.int64
        return cls(
            to_tensor(matrix.indptr, index),
            to_tensor(matrix.indices, index),
            to_tensor(matrix.data, dtype),
            matrix.shape[1],
        )

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self), self.n_columns

    @property
    def device(self) -> torch.device:
        """Where the values are."""
        return self.values.device

    @property
    def n_bytes(self) -> int:
        """Memory that the rows take."""
        parts = (self.indptr, self.indices, self.values)
        return sum(part.numel() * part.element_size() for part in parts)

    def to(self, device: torch.device | str) -> "SparseRows":
        """Move to a device, without waiting for it; the same rows if they are there.

        Parameters
        ----------
        device : torch.device or str
            Where to.

        Returns
        -------
        rows : SparseRows
        """
        values = move(self.values, device)
        if values is self.values:
            return self
        return SparseRows(
            self.indptr,
            move(self.indices, device),
            values,
            self.n_columns,
            None if self.transposed is None else self.transposed.to(device),
        )

    def slice(self, start: int, stop: int) -> "SparseRows":
        """Take rows that follow each other, without a copy.

        Parameters
        ----------
        start, stop : int
            The first one, and the one after the last.

        Returns
        -------
        rows : SparseRows of length stop - start
        """
        indptr = self.indptr[start : stop + 1]
        first, last = int(indptr[0]), int(indptr[-1])
        indices, values = self.indices[first:last], self.values[first:last]
        return SparseRows(indptr - first, indices, values, self.n_columns)

    def take(self, rows: Tensor) -> "SparseRows":
        """Take any rows, as ``matrix[rows]`` does.

        Parameters
        ----------
        rows : tensor of shape (n,), int64
            On the CPU.

        Returns
        -------
        rows : SparseRows of length n
        """
        indptr, place = places_of(self.indptr, rows, self.device)
        return SparseRows(
            indptr,
            self.indices.index_select(0, place),
            self.values.index_select(0, place),
            self.n_columns,
        )

    def bag(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return offsets, indices and values of the rows, as ``embedding_bag`` wants them.

        Returns
        -------
        offsets : tensor of shape (n_rows,)
            Where each row starts.
        indices : tensor of shape (n_values,)
            Column of each value.
        values : tensor of shape (n_values,)
            The stored values, row by row.
        """
        first, last = int(self.indptr[0]), int(self.indptr[-1])
        if self._offsets is None:  # all rows of a full batch are asked for them at each product
            with torch.inference_mode(False):  # who trains may ask next
                self._offsets = move(self.indptr[:-1] - first, self.device)
        return self._offsets, self.indices[first:last], self.values[first:last]

    def __matmul__(self, weight: Tensor) -> Tensor:
        """Multiply the rows with a dense matrix of shape (n_columns, n_outputs)."""
        offsets, indices, values = self.bag()
        return F.embedding_bag(indices, weight, offsets, mode="sum", per_sample_weights=values)

    def with_transposed(self) -> "SparseRows":
        """Add the matrix by columns, so that a gradient is another embedding bag.

        Returns
        -------
        rows : SparseRows of the same length
        """
        matrix = sparse.csr_array(
            (self.values.cpu().numpy(), self.indices.cpu().numpy(), self.indptr.numpy()),
            shape=self.shape,
        ).tocsc()
        by_columns = SparseRows(
            torch.from_numpy(matrix.indptr),
            torch.from_numpy(matrix.indices),
            torch.from_numpy(matrix.data),
            len(self),
        )
        return SparseRows(
            self.indptr,
            self.indices,
            self.values,
            self.n_columns,
            by_columns.to(self.values.device),
        )


def places_of(indptr, rows, device):
    """Find where the values of some ragged rows lie.

    Parameters
    ----------
    indptr : tensor of shape (n_rows + 1,), integer
        Where each row starts; on the CPU.
    rows : tensor of shape (n,), int64
        On the CPU.
    device : torch.device
        Where the values are.

    Returns
    -------
    new_indptr : tensor of shape (n + 1,)
        Where each of the taken rows starts; on the CPU.
    place : tensor of shape (n_values,)
        Position of every value that is taken; on the device.
    """
    starts = indptr[rows]
    lengths = indptr[rows + 1] - starts
    new_indptr = indptr.new_zeros(len(rows) + 1)
    torch.cumsum(lengths, dim=0, out=new_indptr[1:])
    # A value's place is its place in its row, plus where the row starts.
    shifts, lengths = move(starts - new_indptr[:-1], device), move(lengths, device)
    place = torch.repeat_interleave(shifts, lengths, output_size=int(new_indptr[-1]))
    place += torch.arange(len(place), dtype=place.dtype, device=device)
    return new_indptr, place
