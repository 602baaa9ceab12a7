"""Texts as the numbers of their characters."""

import numpy as np

from sktext._token_rows import TokenRows

N_CODE_POINTS = 0x110000


def code_points(texts):
    """Return the code points of texts.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    rows : TokenRows of length n_texts
    """
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    indptr = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=indptr[1:])
    return TokenRows(np.frombuffer(encoded, dtype="<i4"), indptr)


def character_rows(texts):
    """Number the characters of texts by rising code point.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    rows : TokenRows of length n_texts
        Numbered from 0 on.
    points : ndarray of shape (n_characters,), int
        The code point of each number.
    """
    rows = code_points(texts)
    found = np.bincount(rows.ids) > 0
    number_of = np.cumsum(found, dtype=np.int32) - 1
    return TokenRows(number_of[rows.ids], rows.indptr), np.flatnonzero(found)
