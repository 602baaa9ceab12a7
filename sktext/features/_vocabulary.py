"""Which tokens are kept, and their numbers."""

from numbers import Integral

import numpy as np
from scipy import sparse

from sktext._token_rows import N_RESERVED, UNKNOWN, TokenRows
from sktext._validation import Interval, RealNotInt

MAX_FEATURES = [Interval(Integral, 1, None, closed="left"), None]
MIN_DF = [Interval(Integral, 1, None, closed="left"), Interval(RealNotInt, 0, 1, closed="both")]


def number_tokens(rows, tokens, min_df=1, max_features=None):
    """Drop rare tokens and number the others by falling frequency.

    Parameters
    ----------
    rows : TokenRows
        Texts in any numbers from 0 on.
    tokens : list of str
        What each number stands for.
    min_df : int or float, default=1
        In how many texts a token must be, or in which fraction of them.
    max_features : int, default=None
        How many tokens are kept, the most frequent ones; None is all.

    Returns
    -------
    rows : TokenRows
        The same texts in ids; dropped tokens are 1.
    vocabulary : dict
        From token to id, in the order of the ids; ties are alphabetical.

    Raises
    ------
    ValueError
        If no token is left.
    """
    counts = np.bincount(rows.ids, minlength=len(tokens))
    frequent = counts > 0
    min_count = min_df if isinstance(min_df, Integral) else min_df * len(rows)
    if min_count > 1:
        frequent &= document_frequency(rows, len(tokens)) >= min_count
    kept = sorted(np.flatnonzero(frequent).tolist(), key=tokens.__getitem__)
    if not kept:
        raise ValueError(
            f"The {len(rows)} texts leave no token for the vocabulary, of {len(tokens)} found. "
            f"Lower min_df={min_df}, or look at the texts and at how they are split."
        )
    kept = np.array(kept)
    kept = kept[np.argsort(-counts[kept], kind="stable")][:max_features]
    id_of = np.full(len(tokens), UNKNOWN, dtype=np.int32)
    id_of[kept] = np.arange(N_RESERVED, N_RESERVED + len(kept))
    vocabulary = {tokens[number]: i for i, number in enumerate(kept.tolist(), N_RESERVED)}
    return TokenRows(id_of[rows.ids], rows.indptr), vocabulary


def document_frequency(rows, n_tokens):
    """Count in how many rows each token is.

    Parameters
    ----------
    rows : TokenRows
    n_tokens : int

    Returns
    -------
    counts : ndarray of shape (n_tokens,)
    """
    found = np.ones(len(rows.ids), dtype=bool)
    by_row = sparse.csr_matrix((found, rows.ids, rows.indptr), shape=(len(rows), n_tokens))
    by_token = by_row.tocsc()  # by counting, not by sorting; the rows of a token are in order
    repeated = np.zeros(len(found), dtype=bool)
    repeated[1:] = by_token.indices[1:] == by_token.indices[:-1]
    starts = by_token.indptr[:-1]
    repeated[starts[starts < len(found)]] = False  # the row before is of another token
    repeats = np.concatenate([[0], np.cumsum(repeated)])
    return np.diff(by_token.indptr) - np.diff(repeats[by_token.indptr])
