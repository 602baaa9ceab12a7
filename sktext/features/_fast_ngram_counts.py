"""N-grams of several chunks, numbered together and counted."""

import numpy as np

from sktext.features._fast_chunks import map_ahead
from sktext.features._fast_counts import count_renumbered
from sktext.features._fast_ngrams import merge_members


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


def merge_parts(parts, merge):
    """Number what several parts consist of together.

    Parameters
    ----------
    parts : list of (TokenRows, object)
        Rows of each part, and what their numbers stand for. Emptied on the way.
    merge : callable
        From a list of the latter to a list of new numbers and what these stand for.

    Returns
    -------
    pairs : iterator of (TokenRows, ndarray)
        The rows of each part and the new numbers for theirs.
    merged : object
    """
    numbers, merged = merge([things for _, things in parts])
    pairs = zip(taken(parts), numbers, strict=True)
    return ((rows, of_part) for (rows, _), of_part in pairs), merged


def count_ngrams(parts):
    """Number n-grams of several parts together and count them.

    Parameters
    ----------
    parts : list of (TokenRows, ndarray of shape (n_ngrams, max_n))
        N-grams of each part and the units that they consist of. Emptied on the way.

    Returns
    -------
    members : ndarray of shape (n_all_ngrams, max_n)
    blocks : list of CSR matrices of shape (n_rows of a part, n_all_ngrams)
    """
    if not parts:
        return np.empty((0, 1), dtype=np.int32), []
    pairs, members = merge_parts(parts, merge_members)
    return members, list(map_ahead(lambda pair: count_renumbered(*pair, len(members)), pairs))
