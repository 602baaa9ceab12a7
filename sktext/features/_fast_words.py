r"""Runs of ``\w`` or ``\S`` in texts, as numbers: what ``re.findall`` finds, in numpy.

Python decides what belongs to a run: its ``re`` fills the tables of bytes and code points. A
run is then a run of marked bytes of UTF-8.
"""

import re
from functools import cache

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._code_points import N_CODE_POINTS
from sktext.features._fast_keys import first_equal, number_first, paired

WORD, SOLID = r"\w", r"\S"
MARKED = {
    kind: bytes(byte > 127 or re.match(kind, chr(byte)) is not None for byte in range(256))
    for kind in (WORD, SOLID)
}
# NUL fills up short keys, so a NUL in a text is written as a byte that UTF-8 never has.
NUL = b"\xff"
N_KEY = 8  # bytes
LONG = 64  # bytes; longer runs are rare
KEY_MASKS = np.array([2 ** (8 * n) - 1 for n in range(N_KEY + 1)], dtype=np.uint64)


def run_rows(texts, kind):
    r"""Number the runs of characters of a kind.

    Parameters
    ----------
    texts : list of str
    kind : {WORD, SOLID}
        ``\w`` or ``\S``.

    Returns
    -------
    rows : TokenRows of length n_texts
        The runs of each text, numbered from 0 on as they first occur.
    runs : list of str
        What each number stands for.
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = np.array([1 + len(text) for text in encoded], dtype=np.int64)
    data = b"\n".join([b"", *encoded, b"\n" * 2 * N_KEY])
    if kind == SOLID:
        data = data.replace(b"\0", NUL)
    marked = _marked(data, kind)
    edges = np.flatnonzero(marked[1:] != marked[:-1])
    edges += 1
    starts, ends = edges[0::2], edges[1::2]
    numbers, places = number_first(_first_runs(data, starts, ends - starts))
    indptr = np.zeros(len(texts) + 1, dtype=np.int64)
    indptr[1:] = np.searchsorted(starts, np.cumsum(sizes))
    pieces = zip(starts[places].tolist(), ends[places].tolist(), strict=True)
    distinct = b"\n".join([data[start:end] for start, end in pieces]).replace(NUL, b"\0")
    runs = distinct.decode("utf-8", "surrogatepass").split("\n") if len(places) else []
    return TokenRows(numbers, indptr), runs


def _marked(data, kind):
    """Tell the bytes of the characters of a kind."""
    marked = np.frombuffer(data.translate(MARKED[kind]), dtype=np.bool_)
    if data.isascii():
        return marked
    data = np.frombuffer(data, dtype=np.uint8)
    leads = np.flatnonzero((data >= 0xC0) & (data != NUL[0]))
    sizes = 2 + (data[leads] >= 0xE0) + (data[leads] >= 0xF0)
    points = data[leads].astype(np.int32) & (0x7F >> sizes)
    for n in range(1, 4):
        longer = sizes > n
        points[longer] = points[longer] << 6 | data[leads[longer] + n] & 0x3F
    gaps = ~_code_points_of(kind)[points]
    marked = marked.copy()
    for n in range(4):
        marked[leads[gaps & (sizes > n)] + n] = False
    return marked


@cache
def _code_points_of(kind):
    """Ask ``re`` about every code point, ndarray of shape (n_code_points,), bool."""
    belongs = np.zeros(N_CODE_POINTS, dtype=bool)
    points = np.arange(N_CODE_POINTS, dtype="<u4").tobytes()
    for run in re.finditer(f"{kind}+", points.decode("utf-32-le", "surrogatepass")):
        belongs[run.start() : run.end()] = True
    return belongs


def _first_runs(data, starts, lengths):
    """Find for each run the first one that equals it."""
    first = np.empty(len(starts), dtype=np.int64)
    long = lengths > LONG
    if long.any():
        first_of, places = {}, np.flatnonzero(long)
        for place in places.tolist():
            run = data[starts[place] : starts[place] + lengths[place]]
            first[place] = first_of.setdefault(run, place)
        rest = np.flatnonzero(~long)
        starts, lengths = starts[rest], lengths[rest]
    words = np.frombuffer(data, dtype="<u8", count=len(data) // N_KEY)
    found = _first_short_runs(words, starts, lengths)
    if not long.any():
        return found
    first[rest] = rest[found]
    return first


def _first_short_runs(words, starts, lengths):
    keys = _keys(words, starts, lengths)
    going_on = lengths > N_KEY
    if not going_on.any():
        return first_equal(keys)
    first = np.empty(len(starts), dtype=np.int32)
    whole, parts = np.flatnonzero(~going_on), np.flatnonzero(going_on)
    first[whole] = whole[first_equal(keys[whole])]
    heads = first_equal(keys[parts])
    tails = _first_short_runs(words, starts[parts] + N_KEY, lengths[parts] - N_KEY)
    first[parts] = parts[first_equal(paired(heads, tails))]
    return first


def _keys(words, starts, lengths):
    """Read up to eight bytes from any place as one number."""
    places = starts >> 3
    shifts = ((starts & 7) << 3).astype(np.uint64)
    keys = words[places] >> shifts
    places += 1
    # By two steps, as a shift by 64 bits is not defined.
    keys |= (words[places] << np.uint64(1)) << (np.uint64(63) - shifts)
    keys &= KEY_MASKS[np.minimum(lengths, N_KEY)]
    return keys
