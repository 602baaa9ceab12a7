"""Rows of a sparse matrix as tensors, in the shape an embedding bag reads."""

import numpy as np
import torch
from scipy import sparse

# torch's embedding bag takes 32-bit positions, which halves what it must read.
MAX_INT32 = np.iinfo(np.int32).max


def to_tensor(array, dtype):
    """Turn an array into a tensor, copying only if its type or its flags ask for it."""
    writable = np.require(array, requirements=("C_CONTIGUOUS", "WRITEABLE"))
    return torch.from_numpy(writable).to(dtype)


class SparseRows:
    """Rows of a CSR matrix that move between devices and are cut into batches.

    Parameters
    ----------
    indptr : tensor of shape (n_rows + 1,), integer
        Where each row starts in ``indices``; the first entry need not be zero.
    indices : tensor of shape (n_values,), integer
        Column of each value.
    values : tensor of shape (n_values,)
    n_columns : int
    transposed : SparseRows, default=None
        The same matrix by columns, for the gradient of a full batch.
    """

    def __init__(self, indptr, indices, values, n_columns, transposed=None):
        self.indptr = indptr
        self.indices = indices
        self.values = values
        self.n_columns = n_columns
        self.transposed = transposed

    @classmethod
    def from_csr(cls, matrix, dtype):
        """Wrap a scipy CSR matrix; nothing is copied if its types are right."""
        index = torch.int32 if max(matrix.nnz, *matrix.shape) < MAX_INT32 else torch.int64
        return cls(
            to_tensor(matrix.indptr, index),
            to_tensor(matrix.indices, index),
            to_tensor(matrix.data, dtype),
            matrix.shape[1],
        )

    def __len__(self):
        return len(self.indptr) - 1

    @property
    def shape(self):
        return len(self), self.n_columns

    def to(self, device):
        """Move to a device."""
        return SparseRows(
            self.indptr.to(device),
            self.indices.to(device),
            self.values.to(device),
            self.n_columns,
            None if self.transposed is None else self.transposed.to(device),
        )

    def cut(self, start, stop):
        """Take rows that follow each other, without a copy."""
        return SparseRows(self.indptr[start : stop + 1], self.indices, self.values, self.n_columns)

    def take(self, rows):
        """Take any rows, as ``matrix[rows]`` does.

        Parameters
        ----------
        rows : tensor of shape (n,), int64
        """
        starts = self.indptr[rows]
        lengths = self.indptr[rows + 1] - starts
        indptr = torch.zeros(len(rows) + 1, dtype=self.indptr.dtype, device=rows.device)
        torch.cumsum(lengths, dim=0, out=indptr[1:])
        # Position of each value taken: its place in its row, plus where the row starts.
        place = torch.repeat_interleave(starts - indptr[:-1], lengths)
        place += torch.arange(len(place), dtype=place.dtype, device=rows.device)
        return SparseRows(
            indptr,
            self.indices.index_select(0, place),
            self.values.index_select(0, place),
            self.n_columns,
        )

    def bag(self):
        """Give offsets, indices and values of the rows, as ``embedding_bag`` wants them."""
        first, last = int(self.indptr[0]), int(self.indptr[-1])
        return self.indptr[:-1] - first, self.indices[first:last], self.values[first:last]

    def with_transposed(self):
        """Add the matrix by columns, so that a gradient is another embedding bag."""
        matrix = sparse.csr_array(
            (self.values.cpu().numpy(), self.indices.cpu().numpy(), self.indptr.cpu().numpy()),
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
