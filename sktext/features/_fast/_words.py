r"""Runs of ``\w`` or ``\S`` in texts, as numbers: what ``re.findall`` finds, in numpy.

Python decides what belongs to a run: its ``re`` fills the tables of bytes and code points. A
run is then a run of marked bytes of UTF-8.
"""

import re
from functools import cache

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._code_points import N_CODE_POINTS
from sktext.features._fast._keys import first_equal, number_first

WORD, SOLID = r"\w", r"\S"
MARKED = {
    kind: bytes(byte > 127 or re.match(kind, chr(byte)) is not None for byte in range(256))
    for kind in (WORD, SOLID)
}
# NUL fills up short keys, so a NUL in a text is written as a byte that UTF-8 never has.
NUL = b"\xff"
END = b"\n"  # in no run
LEAD = -64  # as int8; bytes from here on begin a character of UTF-8
N_KEY = 8  # bytes
LONG = 64  # bytes; longer runs are rare
KEY_MASKS = np.array([2 ** (8 * n) - 1 for n in range(N_KEY + 1)], dtype=np.uint64)


def run_rows(texts, kind, min_length=1):
    r"""Number the runs of characters of a kind.

    Parameters
    ----------
    texts : list of str
    kind : {WORD, SOLID}
        ``\w`` or ``\S``.
    min_length : int, default=1
        Bytes of a run at least.

    Returns
    -------
    rows : TokenRows of length n_texts
        The runs of each text, numbered from 0 on as they first occur.
    runs : bytes
        What each number stands for, to be read by ``merge_runs`` or ``run_strings``.
    """
    data = END.decode().join(["", *texts]).encode("utf-8", "surrogatepass")
    ends_of_texts = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    data = _closed(data)
    if not data.isascii():
        leads = np.frombuffer(data, dtype=np.int8) >= LEAD
        ends_of_texts = np.flatnonzero(leads)[ends_of_texts]
    if kind == SOLID:
        data = data.replace(b"\0", NUL)
    marked = _marked(data, kind)
    edges = np.flatnonzero(marked[1:] != marked[:-1])
    edges += 1
    starts, lengths = edges[0::2], edges[1::2] - edges[0::2]
    if min_length > 1:
        long = lengths >= min_length
        starts, lengths = starts[long], lengths[long]
    numbers, places = number_first(_first_runs(data, starts, lengths))
    indptr = np.zeros(len(texts) + 1, dtype=np.int64)
    indptr[1:] = np.searchsorted(starts, ends_of_texts)
    return TokenRows(numbers, indptr), _joined(data, starts[places], lengths[places])


def merge_runs(parts):
    """Number the runs of several parts together.

    Parameters
    ----------
    parts : list of bytes
        As ``run_rows`` gives them.

    Returns
    -------
    numbers : list of ndarray, int32
        For each part the new number of each of its runs, from 0 on as they first occur.
    runs : list of str
        What each new number stands for.
    """
    data = _closed(END.join([b"", *filter(None, parts), b""]))
    n_runs = [part.count(END) + 1 if part else 0 for part in parts]
    is_end = np.frombuffer(data, dtype=np.uint8) == END[0]
    ends = np.flatnonzero(is_end)[: sum(n_runs) + 1]
    ends = ends.astype(np.int32 if len(data) < 2**31 else np.int64)
    starts, lengths = ends[:-1] + 1, np.diff(ends) - 1
    numbers, places = number_first(_first_runs(data, starts, lengths))
    runs = run_strings(_joined(data, starts[places], lengths[places]))
    return np.split(numbers, np.cumsum(n_runs)[:-1]), runs


def run_strings(runs):
    """Write runs as strings.

    Parameters
    ----------
    runs : bytes
        As ``run_rows`` gives them.

    Returns
    -------
    strings : list of str
    """
    text = runs.replace(NUL, b"\0").decode("utf-8", "surrogatepass")
    return text.split(END.decode()) if text else []


def _closed(data):
    """End the last run, and let keys be read up to it."""
    return data + END * 2 * N_KEY


def _joined(data, starts, lengths):
    """Join runs by END."""
    n_bytes = lengths + 1
    ends = np.cumsum(n_bytes)
    dtype = np.int32 if len(data) < 2**31 else np.int64
    places = np.arange(ends[-1] if len(ends) else 0, dtype=dtype)
    places += np.repeat((starts - ends + n_bytes).astype(dtype), n_bytes)
    joined = np.frombuffer(data, dtype=np.uint8)[places]
    joined[ends - 1] = END[0]
    return joined[:-1].tobytes()


def _slices(data, starts, lengths):
    ends = (starts + lengths).tolist()
    return [data[start:end] for start, end in zip(starts.tolist(), ends, strict=True)]


def _marked(data, kind):
    """Mark the bytes of the characters of a kind."""
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
    """Find by ``re`` which code points match, ndarray of shape (n_code_points,), bool."""
    belongs = np.zeros(N_CODE_POINTS, dtype=bool)
    points = np.arange(N_CODE_POINTS, dtype="<u4").tobytes()
    for run in re.finditer(f"{kind}+", points.decode("utf-32-le", "surrogatepass")):
        belongs[run.start() : run.end()] = True
    return belongs


def _first_runs(data, starts, lengths):
    """Find for each run the first one that equals it."""
    keys_at = np.ndarray((len(data) - N_KEY + 1,), "<u8", data, strides=(1,))
    long = lengths > LONG
    if not long.any():
        return _first_short_runs(keys_at, starts, lengths)
    first = np.empty(len(starts), dtype=np.int64)
    short, long = np.flatnonzero(~long), np.flatnonzero(long)
    first[short] = short[_first_short_runs(keys_at, starts[short], lengths[short])]
    first_of = {}
    first[long] = [
        first_of.setdefault(run, place)
        for run, place in zip(
            _slices(data, starts[long], lengths[long]), long.tolist(), strict=True
        )
    ]
    return first


def _first_short_runs(keys_at, starts, lengths):
    keys = keys_at[starts]
    keys &= KEY_MASKS.take(lengths, mode="clip")
    longer = np.flatnonzero(lengths > N_KEY)
    if len(longer):
        heads = first_equal(keys[longer]).astype(np.uint64)
        tails = _first_short_runs(keys_at, starts[longer] + N_KEY, lengths[longer] - N_KEY)
        # The lowest byte of a key is the first one of its run, which is never 0. Two times 28
        # bits number more runs than a chunk has.
        keys[longer] = (heads << np.uint64(36)) | (tails.astype(np.uint64) << np.uint64(8))
    return first_equal(keys)
