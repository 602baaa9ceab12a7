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
        Numbers from 0 on, or DROPPED.
    n_columns : int
        More than the largest of them.

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns), int
        Columns rise within a row.
    """
    kept = rows.ids != DROPPED
    if not kept.all():
        rows = rows.masked(kept)
    n_bits = int(n_columns).bit_length()
    dtype = np.uint32 if len(rows) << n_bits < 2**32 else np.uint64
    starts = np.arange(len(rows) + 1, dtype=dtype) << dtype(n_bits)
    keys = np.repeat(starts[:-1], rows.lengths)
    keys |= rows.ids.astype(dtype)
    keys.sort()
    is_first = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    places = np.flatnonzero(is_first)
    keys = keys[places]
    counts = np.diff(places, append=len(is_first))
    indptr = np.searchsorted(keys, starts)
    keys &= dtype(2**n_bits - 1)
    return _counts(counts, keys.astype(np.int32), indptr, n_columns)


def sort_rows(counts):
    """Sort the columns within each row.

    Parameters
    ----------
    counts : CSR matrix of shape (n_rows, n_columns), int
        Positive, a column once in a row.

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns), int
    """
    n_rows, n_columns = counts.shape
    of_count = int(counts.data.max(initial=1)).bit_length()
    of_column = int(n_columns).bit_length()
    if int(n_rows).bit_length() + of_column + of_count > 64:
        counts.sort_indices()
        return counts
    keys = np.repeat(np.arange(n_rows, dtype=np.uint64), np.diff(counts.indptr))
    for numbers, n_bits in ((counts.indices, of_column), (counts.data, of_count)):
        keys <<= np.uint64(n_bits)
        keys |= numbers.astype(np.uint64)
    keys.sort()
    data = keys & np.uint64(2**of_count - 1)
    keys >>= np.uint64(of_count)
    keys &= np.uint64(2**of_column - 1)
    return _counts(data, keys.astype(np.int32), counts.indptr, n_columns)


def _counts(data, indices, indptr, n_columns):
    data = data.astype(np.uint8 if data.max(initial=0) < 2**8 else np.int32)
    shape = (len(indptr) - 1, n_columns)
    return sparse.csr_matrix((data, indices, indptr), shape=shape)


def renumber_rows(rows, numbers):
    """Replace the numbers of rows by other values.

    Parameters
    ----------
    rows : TokenRows
    numbers : ndarray, int
        The new value for each old one.

    Returns
    -------
    renumbered : TokenRows as long as rows
    """
    return TokenRows(numbers[rows.ids], rows.indptr)


def stack_counts(blocks, n_columns, dtype):
    """Put blocks of rows below each other.

    Parameters
    ----------
    blocks : list of CSR matrices
        At least one. Emptied on the way, so that the memory holds everything once.
    n_columns : int
        Of the result.
    dtype : type
        Of the result.

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns)
        Each row as it was, with indices in 32 bits where their number allows.
    """
    nnz = sum(block.nnz for block in blocks)
    index_dtype = np.int32 if nnz <= np.iinfo(np.int32).max else np.int64
    data, indices = np.empty(nnz, dtype=dtype), np.empty(nnz, dtype=index_dtype)
    indptr = [np.zeros(1, dtype=index_dtype)]
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        start = indptr[-1][-1]
        data[start : start + block.nnz] = block.data
        indices[start : start + block.nnz] = block.indices
        indptr.append(start + block.indptr[1:].astype(index_dtype))
    indptr = np.concatenate(indptr)
    return sparse.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, n_columns))
