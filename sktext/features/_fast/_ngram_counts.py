"""Terms of several chunks, numbered together and counted."""

import numpy as np

from sktext.features._fast._chunks import map_ahead
from sktext.features._fast._counts import DROPPED, count_rows, renumber_rows
from sktext.features._fast._ngrams import merge_members


def taken(things):
    """Take things out of a list, so that the memory of each is free when it is done with.

    Parameters
    ----------
    things : list

    Yields
    ------
    thing : object
    """
    things.reverse()
    while things:
        yield things.pop()


def merge_ngrams(parts):
    """Number n-grams of several parts together.

    Parameters
    ----------
    parts : iterable of (TokenRows, ndarray of shape (n_ngrams, max_n))
        N-grams of each part and the units that they consist of.

    Returns
    -------
    pieces : list of (TokenRows, ndarray of shape (n_ngrams,))
        The same rows, and what each of their n-grams is called in all parts.
    members : ndarray of shape (n_all_ngrams, max_n)
    """
    parts = list(parts)
    if not parts:
        return [], np.empty((0, 1), dtype=np.int32)
    numbers, members = merge_members([members for _, members in parts])
    return [(rows, of_part) for (rows, _), of_part in zip(parts, numbers, strict=True)], members


def count_pieces(pieces, columns, n_columns):
    """Count the terms of several parts.

    Parameters
    ----------
    pieces : list of (TokenRows, ndarray of int)
        Rows, and the term of each of their numbers, or DROPPED. Emptied on the way.
    columns : ndarray of shape (n_terms,), int
        The column of each term, or DROPPED.
    n_columns : int

    Returns
    -------
    blocks : iterable of CSR matrices of shape (n_rows of a part, n_columns)
    """
    columns = np.append(columns, DROPPED).astype(np.int32)  # the last one is for DROPPED

    def count(piece):
        rows, terms = piece
        return count_rows(renumber_rows(rows, columns[terms]), n_columns)

    return map_ahead(count, taken(pieces))
