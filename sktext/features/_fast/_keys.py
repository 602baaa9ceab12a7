"""Equal keys among millions, found by hashing in numpy."""

import numpy as np

# Odd, with bits spread evenly: the high bits of a product depend on every bit of the key.
MIXER = 0x9E3779B97F4A7C15


def first_equal(keys):
    """Find for each key the place of the first key that equals it.

    Each round writes the places of all keys into one table, at the slot of the key's hash.
    Keys that then find an equal one in their slot are settled, the others go on to a round
    with another hash. The answer is exact whatever the hashes.

    Parameters
    ----------
    keys : ndarray of shape (n_keys,), uint64

    Returns
    -------
    first : ndarray of shape (n_keys,), int32 or, where that is too short, int64
    """
    places = np.arange(len(keys), dtype=np.int32 if len(keys) < 2**31 else np.int64)
    first = places
    unsettled, mixer = keys, MIXER
    while len(places):
        n_bits = max(int(len(places) - 1).bit_length(), 4)
        slots = unsettled >> np.uint64(32)
        slots ^= unsettled
        slots *= np.uint64(mixer)
        slots >>= np.uint64(64 - n_bits)
        slots = slots.view(np.int64)
        table = np.empty(2**n_bits, dtype=places.dtype)
        table[slots[::-1]] = places[::-1]  # the first place of a slot is written last
        found = table[slots]
        if first is places:
            first = found
        else:
            first[places] = found
        missed = np.flatnonzero(keys[found] != unsettled)
        places, unsettled = places[missed], unsettled[missed]
        mixer = (mixer * MIXER + 2) % 2**64  # stays odd
    return first


def number_first(first):
    """Number equal things in the order in which they first occur.

    Parameters
    ----------
    first : ndarray of shape (n_things,), int
        For each the place of the first one that equals it.

    Returns
    -------
    numbers : ndarray of shape (n_things,), int32
        From 0 on.
    places : ndarray of shape (n_distinct,), int
        Where each number occurs first.
    """
    is_first = first == np.arange(len(first), dtype=first.dtype)
    numbers = np.cumsum(is_first, dtype=np.int32)
    numbers -= 1
    return numbers[first], np.flatnonzero(is_first)


def paired(heads, tails):
    """Write pairs of numbers below 2**32 as one key each.

    Parameters
    ----------
    heads, tails : ndarray of shape (n_pairs,), int

    Returns
    -------
    keys : ndarray of shape (n_pairs,), uint64
    """
    keys = heads.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= tails.astype(np.uint64)
    return keys
