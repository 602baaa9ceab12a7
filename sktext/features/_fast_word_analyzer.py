"""The words of texts and their n-grams, as numbers."""

from functools import partial

import numpy as np

from sktext.features._fast_chunks import map_ahead
from sktext.features._fast_counts import DROPPED, count_renumbered, count_rows, renumber_rows
from sktext.features._fast_ngram_counts import count_ngrams, merge_parts
from sktext.features._fast_ngrams import ngram_rows, ngram_strings
from sktext.features._fast_terms import Terms
from sktext.features._fast_words import WORD, merge_runs, run_rows, run_strings


class Words:
    """Words and their n-grams.

    Parameters
    ----------
    preprocess : callable
        From str to str.
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

    def learn(self, chunks):
        """Number and count the terms of texts.

        Parameters
        ----------
        chunks : iterable of list of str

        Returns
        -------
        terms : Terms
        blocks : list of CSR matrices of shape (n_texts of a chunk, n_terms)
        """
        parts = [(rows.copy(), runs) for rows, runs in map_ahead(self._read, chunks)]
        pairs, words = merge_parts(parts, merge_runs)
        new, words = self._select(words)
        rows = (self._renumbered(rows, new[of_part]) for rows, of_part in pairs)
        if self.ngram_range == (1, 1):
            return Terms(words), list(map_ahead(partial(count_rows, n_columns=len(words)), rows))
        split = partial(ngram_rows, n_units=len(words), ngram_range=self.ngram_range)
        members, blocks = count_ngrams(list(map_ahead(split, rows)))
        return Terms(words, members, " "), blocks

    def find(self, texts):
        """Find the terms of texts.

        Parameters
        ----------
        texts : list of str

        Returns
        -------
        count : callable
            From the column of each term, or DROPPED, and the number of columns to counts.
        strings : list of str
            The terms.
        """
        rows, runs = self._read(texts)
        new, words = self._select(run_strings(runs))
        rows = self._renumbered(rows, new)
        if self.ngram_range != (1, 1):
            rows, members = ngram_rows(rows, len(words), self.ngram_range)
            words = ngram_strings(members, words, " ")
        return partial(count_renumbered, rows), words

    def _read(self, texts):
        return run_rows(list(map(self.preprocess, texts)), WORD, self.min_length)

    def _select(self, words):
        """Leave words out: give the new number of each, or DROPPED, and the words that stay."""
        kept = [len(word) >= self.min_length and word not in self.stop_words for word in words]
        new = np.where(kept, np.cumsum(kept, dtype=np.int32) - 1, DROPPED)
        return new, [word for word, stays in zip(words, kept, strict=True) if stays]

    def _renumbered(self, rows, new):
        rows = renumber_rows(rows, new)
        return rows if new.min(initial=0) != DROPPED else rows.masked(rows.ids != DROPPED)
