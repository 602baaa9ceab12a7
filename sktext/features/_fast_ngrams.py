"""Neighbouring numbers as n-grams, by pairing."""

from operator import add

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._fast_keys import first_equal, number_first, paired

ABSENT = -1


def ngram_rows(rows, n_units, ngram_range):
    """Number the n-grams of rows of units, such as words or characters.

    Parameters
    ----------
    rows : TokenRows
        Units, numbered from 0 on.
    n_units : int
        How many different ones there are at most.
    ngram_range : tuple of int (min_n, max_n)

    Returns
    -------
    numbers : TokenRows as long as rows
        The n-grams of each row, short ones first, then in the order of the row; numbered
        from 0 on as they first occur.
    members : ndarray of shape (n_ngrams, max_n), int32
        The units of each n-gram; ABSENT where it is shorter.
    """
    min_n, max_n = ngram_range
    levels = []
    level, members = rows, np.arange(n_units, dtype=np.int32)[:, None]
    tails = rows
    for n in range(1, max_n + 1):
        if n > 1:
            tails = _without_ends(tails, 0)
            level, members = _longer(_without_ends(level, -1), members, tails)
        if n >= min_n:
            levels.append((level, members))
    return _joined(levels, max_n)


def _longer(heads, members, tails):
    numbers, places = number_first(first_equal(paired(heads.ids, tails.ids)))
    members = np.column_stack([members[heads.ids[places]], tails.ids[places]])
    return TokenRows(numbers, heads.indptr), members


def _without_ends(rows, end):
    """Drop the first (0) or the last (-1) entry of each row that has one."""
    filled = rows.lengths > 0
    kept = np.ones(len(rows.ids), dtype=bool)
    kept[rows.indptr[:-1][filled] if end == 0 else rows.indptr[1:][filled] - 1] = False
    indptr = rows.indptr.copy()
    indptr[1:] -= np.cumsum(filled)
    return TokenRows(rows.ids[kept], indptr)


def _joined(levels, max_n):
    """Write the levels one after the other within each row, and number them together."""
    indptr = sum(level.indptr for level, _ in levels)
    numbers = np.empty(indptr[-1], dtype=np.int32)
    ends, n_before = indptr[:-1], 0
    for level, members in levels:
        places = np.arange(len(level.ids))
        places += np.repeat(ends - level.indptr[:-1], level.lengths)
        numbers[places] = level.ids + n_before
        ends, n_before = ends + level.lengths, n_before + len(members)
    places = np.arange(len(numbers), dtype=np.int32 if len(numbers) < 2**31 else np.int64)
    first = np.empty(n_before, dtype=places.dtype)
    first[numbers[::-1]] = places[::-1]  # the first place is written last
    joined, firsts = number_first(first[numbers])
    padded = [
        np.pad(members, [(0, 0), (0, max_n - members.shape[1])], constant_values=ABSENT)
        for _, members in levels
    ]
    return TokenRows(joined, indptr), np.concatenate(padded)[numbers[firsts]]


def ngram_strings(members, units, separator):
    """Write n-grams as text.

    Parameters
    ----------
    members : ndarray of shape (n_ngrams, max_n), int
        Numbers of units, ABSENT after the last one.
    units : list of str
    separator : str
        Between two units.

    Returns
    -------
    strings : list of str of length n_ngrams
    """
    first, *others = members.T.tolist()
    strings = [units[unit] for unit in first]
    following = [separator + unit for unit in units] + [""]  # the last one is for ABSENT
    for numbers in others:
        strings = list(map(add, strings, map(following.__getitem__, numbers)))
    return strings
