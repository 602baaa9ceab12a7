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
    numbers, members = merge_members([members for _, members in parts])
    items = ((rows, of_part) for (rows, _), of_part in zip(taken(parts), numbers, strict=True))
    return members, list(map_ahead(lambda item: count_renumbered(*item, len(members)), items))
