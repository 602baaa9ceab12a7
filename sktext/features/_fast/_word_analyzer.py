"""The words of texts and their n-grams, as numbers."""

from functools import partial
from itertools import compress

import numpy as np

from sktext.features._fast._chunks import map_ahead
from sktext.features._fast._counts import DROPPED, renumber_rows
from sktext.features._fast._ngram_counts import count_pieces, merge_ngrams, taken
from sktext.features._fast._ngrams import ngram_rows
from sktext.features._fast._terms import Terms
from sktext.features._fast._words import WORD, merge_runs, run_rows


class Words:
    """Words and their n-grams.

    Parameters
    ----------
    preprocess : callable
        From list of str to list of str as long.
    ngram_range : tuple of int (min_n, max_n)
    min_length : int
        Characters of a word at least.
    stop_words : collection of str
        Words to leave out.
    """

    def __init__(self, preprocess, ngram_range, min_length, stop_words):
        self.preprocess = preprocess
        self.ngram_range = ngram_range
        self.min_length = min_length
        self.stop_words = stop_words

    def find(self, chunks):
        """Find the terms of texts.

        Parameters
        ----------
        chunks : iterable of list of str

        Returns
        -------
        terms : Terms
        count : callable
            From the column of each term, or DROPPED, and the number of columns to CSR
            matrices of shape (n_texts of a chunk, n_columns). Can be called once.
        """
        parts, numbers, words = read_runs(self._read, chunks)
        new, words = self._select(words)
        pieces = [(rows, new[of_part]) for rows, of_part in zip(parts, numbers, strict=True)]
        if self.ngram_range == (1, 1):
            return Terms(words), partial(count_pieces, pieces)
        rows = map_ahead(without_dropped, taken(pieces))
        split = partial(ngram_rows, n_units=len(words), ngram_range=self.ngram_range)
        pieces, members = merge_ngrams(map_ahead(split, rows))
        return Terms(words, members, " "), partial(count_pieces, pieces)

    def _read(self, texts):
        return run_rows(self.preprocess(texts), WORD, self.min_length)

    def _select(self, words):
        """Leave words out: give the new number of each, or DROPPED, and the words that stay."""
        kept = np.fromiter(map(len, words), np.int64, len(words)) >= self.min_length
        if self.stop_words:
            kept &= np.array([word not in self.stop_words for word in words], dtype=bool)
        new = np.where(kept, np.cumsum(kept, dtype=np.int32) - 1, DROPPED)
        return new, list(compress(words, kept.tolist()))


def read_runs(read, chunks):
    """Read the runs of texts, and number those of all chunks together.

    Parameters
    ----------
    read : callable
        From list of str to what ``run_rows`` returns.
    chunks : iterable of list of str

    Returns
    -------
    parts : list of TokenRows
        One of each chunk.
    numbers : list of ndarray of int
        The run of each number in a part.
    runs : list of str
    """
    parts, runs = [], []
    for rows, of_part in map_ahead(read, chunks):
        parts.append(rows.copy())
        runs.append(of_part)
    return parts, *merge_runs(runs)


def without_dropped(piece):
    """Renumber rows and leave out what is DROPPED."""
    rows, numbers = piece
    rows = renumber_rows(rows, numbers)
    return rows if numbers.min(initial=0) != DROPPED else rows.masked(rows.ids != DROPPED)
