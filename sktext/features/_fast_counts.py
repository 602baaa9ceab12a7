"""Rows of numbers as counts in CSR."""

import numpy as np
from scipy import sparse

from sktext._token_rows import TokenRows

DROPPED = -1


def count_rows(rows, n_columns):
    """Count how often each number is in each row.

    Parameters
    ----------
    rows : TokenRows
        Numbers from 0 on.
    n_columns : int
        More than the largest of them.

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns), int32
        Columns rise within a row.
    """
    ones = np.ones(len(rows.ids), dtype=np.int32)
    counts = sparse.csr_matrix((ones, rows.ids, rows.indptr), shape=(len(rows), n_columns))
    counts.sum_duplicates()
    return counts


def renumber_rows(rows, numbers):
    """Give numbers of rows other values, or drop them.

    Parameters
    ----------
    rows : TokenRows
    numbers : ndarray, int
        The new value for each old one, or DROPPED.

    Returns
    -------
    renumbered : TokenRows as long as rows
    """
    ids, indptr = _without_dropped(numbers[rows.ids], rows.indptr)
    return TokenRows(ids, indptr)


def renumber_columns(counts, columns, n_columns):
    """Put counts into other columns, or drop them.

    Parameters
    ----------
    counts : CSR matrix of shape (n_rows, n_old_columns)
    columns : ndarray of shape (n_old_columns,), int
        The new column for each old one, or DROPPED.
    n_columns : int
        How many new ones there are.

    Returns
    -------
    renumbered : CSR matrix of shape (n_rows, n_columns)
        Columns rise within a row.
    """
    indices = columns[counts.indices]
    kept = indices != DROPPED
    indices, indptr = _without_dropped(indices, counts.indptr)
    shape = (counts.shape[0], n_columns)
    renumbered = sparse.csr_matrix((counts.data[kept], indices, indptr), shape=shape)
    renumbered.sort_indices()
    return renumbered


def _without_dropped(numbers, indptr):
    kept = numbers != DROPPED
    n_kept = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(kept, out=n_kept[1:])
    return numbers[kept], n_kept[indptr]


def stack_counts(blocks, n_columns, dtype):
    """Put blocks of rows below each other.

    Parameters
    ----------
    blocks : list of CSR matrices
        At least one.
    n_columns : int
        Of the result.
    dtype : type
        Of the result.

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns)
        Each row as it was, with indices in 32 bits where their number allows.
    """
    ends = np.cumsum([block.nnz for block in blocks])
    index_dtype = np.int32 if ends[-1] <= np.iinfo(np.int32).max else np.int64
    starts = [np.zeros(1, index_dtype)]
    for block, end in zip(blocks, ends, strict=True):
        starts.append((block.indptr[1:] + (end - block.nnz)).astype(index_dtype))
    parts = (
        np.concatenate([block.data for block in blocks]),
        np.concatenate([block.indices for block in blocks]).astype(index_dtype, copy=False),
        np.concatenate(starts),
    )
    return sparse.csr_matrix(parts, shape=(len(parts[2]) - 1, n_columns), dtype=dtype)
