"""The n-grams of characters of texts, across words or within them, as numbers."""

from functools import partial

import numpy as np
from scipy import sparse

from sktext.features._code_points import character_rows
from sktext.features._fast._chunks import map_ahead, text_chunks
from sktext.features._fast._counts import count_rows, renumber_rows, sort_rows, stack_counts
from sktext.features._fast._ngram_counts import count_pieces, merge_ngrams, taken
from sktext.features._fast._ngrams import ABSENT, ngram_rows
from sktext.features._fast._terms import Terms
from sktext.features._fast._word_analyzer import read_runs
from sktext.features._fast._words import SOLID, run_rows


class Characters:
    """N-grams of characters.

    Parameters
    ----------
    preprocess : callable
        From list of str to list of str as long.
    ngram_range : tuple of int (min_n, max_n)
    white_spaces : re.Pattern
        What counts as one space.
    """

    def __init__(self, preprocess, ngram_range, white_spaces):
        self.preprocess = preprocess
        self.ngram_range = ngram_range
        self.white_spaces = white_spaces

    def find(self, chunks):
        """Find the terms of texts, as ``Words.find`` does."""
        pieces, members = merge_ngrams(map_ahead(self._split, chunks))
        return terms_of_points(members), partial(count_pieces, pieces)

    def _split(self, texts):
        texts = [self.white_spaces.sub(" ", text) for text in self.preprocess(texts)]
        rows, points = character_rows(texts)
        rows, members = ngram_rows(rows, len(points), self.ngram_range)
        return rows, as_points(members, points)


class CharactersWithinWords:
    """N-grams of characters within words and the spaces around them.

    Each different word is split once; the counts of a text are those of its words, added up.

    Parameters
    ----------
    preprocess : callable
        From list of str to list of str as long.
    ngram_range : tuple of int (min_n, max_n)
    """

    def __init__(self, preprocess, ngram_range):
        self.preprocess = preprocess
        self.ngram_range = ngram_range

    def find(self, chunks):
        """Find the terms of texts, as ``Words.find`` does."""
        parts, numbers, words = read_runs(self._read, chunks)
        pieces, members = merge_ngrams(map_ahead(self._split, text_chunks(words)))

        def count(columns, n_columns):
            of_words = list(count_pieces(pieces, columns, n_columns))
            if not of_words:
                return (sparse.csr_matrix((len(rows), n_columns), dtype=np.int32) for rows in parts)
            of_words = stack_counts(of_words, n_columns, np.int32)
            rows = map(renumber_rows, taken(parts), numbers)
            return map_ahead(partial(count_in_words, of_words=of_words), rows)

        return terms_of_points(members), count

    def _read(self, texts):
        return run_rows(self.preprocess(texts), SOLID)

    def _split(self, words):
        rows, points = character_rows([f" {word} " for word in words])
        rows, members = ngram_rows(rows, len(points), self.ngram_range, whole=True)
        return rows, as_points(members, points)


def count_in_words(rows, of_words):
    """Add up the counts of words.

    Parameters
    ----------
    rows : TokenRows
        Words.
    of_words : CSR matrix of shape (n_words, n_columns), int

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns), int
    """
    words = count_rows(rows, of_words.shape[0])
    return sort_rows(words.astype(np.int32) @ of_words)


def as_points(members, points):
    """Write n-grams of numbered characters as n-grams of code points.

    Parameters
    ----------
    members : ndarray of shape (n_ngrams, max_n), int
    points : ndarray of shape (n_characters,), int

    Returns
    -------
    members : ndarray of shape (n_ngrams, max_n), int32
    """
    return np.append(points, ABSENT).astype(np.int32)[members]


def terms_of_points(members):
    """Make terms of n-grams of code points.

    Parameters
    ----------
    members : ndarray of shape (n_ngrams, max_n), int

    Returns
    -------
    terms : Terms
    """
    points = np.flatnonzero(np.bincount(members[members != ABSENT]))
    number_of = np.full(points.max(initial=0) + 2, ABSENT)  # the last one is for ABSENT
    number_of[points] = np.arange(len(points))
    return Terms(list(map(chr, points.tolist())), number_of[members], "")
