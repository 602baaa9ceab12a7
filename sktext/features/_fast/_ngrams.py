"""Neighbouring numbers as n-grams, by pairing."""

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._fast._keys import first_equal, number_first, paired

ABSENT = -1


def ngram_rows(rows, n_units, ngram_range, whole=False):
    """Number the n-grams of rows of units, such as words or characters.

    Parameters
    ----------
    rows : TokenRows
        Units, numbered from 0 on.
    n_units : int
        How many different ones there are at most.
    ngram_range : tuple of int (min_n, max_n)
    whole : bool, default=False
        Whether a row of fewer than min_n units is one n-gram.

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
        elif whole:
            levels.append((level.masked(np.repeat(level.lengths == 1, level.lengths)), members))
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
    return rows.masked(kept)


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


def merge_members(parts):
    """Number the n-grams of several parts together.

    Parameters
    ----------
    parts : list of ndarray of shape (n_ngrams, max_n), int32
        As ``ngram_rows`` gives them, of the same units.

    Returns
    -------
    numbers : list of ndarray, int32
        For each part the new number of each of its n-grams, from 0 on as they first occur.
    members : ndarray of shape (n_all_ngrams, max_n), int32
        The units of each new number.
    """
    members = np.concatenate(parts)
    first = members[:, 0]
    for units in members.T[1:]:
        first = first_equal(paired(first, units - ABSENT))
    if members.shape[1] == 1:
        first = first_equal(first.astype(np.uint64))
    numbers, places = number_first(first)
    return np.split(numbers, np.cumsum([len(part) for part in parts])[:-1]), members[places]


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
    if not len(members):
        return []
    if members.shape[1] == 1:
        return list(map(units.__getitem__, members[:, 0].tolist()))
    # One join and one split cost less than a string after the other.
    used = set("".join(units))
    end = next(character for character in map(chr, range(len(used) + 1)) if character not in used)
    pieces = [end + unit for unit in units] + [separator + unit for unit in units] + [""]
    places = members + len(units)
    places[:, 0] -= len(units)
    places[members == ABSENT] = ABSENT  # the last piece
    return "".join(map(pieces.__getitem__, places.ravel().tolist()))[1:].split(end)
