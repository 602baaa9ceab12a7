"""The n-grams of characters of texts, across words or within them, as numbers."""

from functools import partial

import numpy as np

from sktext.features._code_points import character_rows
from sktext.features._fast_chunks import map_ahead, text_chunks
from sktext.features._fast_counts import (
    count_renumbered,
    count_rows,
    renumber_rows,
    sort_rows,
    stack_counts,
)
from sktext.features._fast_ngram_counts import count_ngrams, merge_parts
from sktext.features._fast_ngrams import ABSENT, ngram_rows, ngram_strings
from sktext.features._fast_terms import Terms
from sktext.features._fast_words import SOLID, merge_runs, run_rows, run_strings


class Characters:
    """N-grams of characters.

    Parameters
    ----------
    preprocess : callable
        From str to str.
    ngram_range : tuple of int (min_n, max_n)
    white_spaces : re.Pattern
        What counts as one space.
    """

    def __init__(self, preprocess, ngram_range, white_spaces):
        self.preprocess = preprocess
        self.ngram_range = ngram_range
        self.white_spaces = white_spaces

    def learn(self, chunks):
        """Number and count the terms of texts, as ``Words.learn`` does."""
        parts = map_ahead(self._split, chunks)
        members, blocks = count_ngrams(
            [(rows, as_points(members, points)) for rows, members, points in parts]
        )
        return terms_of_points(members), blocks

    def find(self, texts):
        """Find the terms of texts, as ``Words.find`` does."""
        rows, members, points = self._split(texts)
        strings = ngram_strings(members, list(map(chr, points.tolist())), "")
        return partial(count_renumbered, rows), strings

    def _split(self, texts):
        texts = [self.white_spaces.sub(" ", self.preprocess(text)) for text in texts]
        rows, points = character_rows(texts)
        return *ngram_rows(rows, len(points), self.ngram_range), points


class CharactersWithinWords:
    """N-grams of characters within words and the spaces around them.

    Each different word is split once; the counts of a text are those of its words, added up.

    Parameters
    ----------
    preprocess : callable
        From str to str.
    ngram_range : tuple of int (min_n, max_n)
    """

    def __init__(self, preprocess, ngram_range):
        self.preprocess = preprocess
        self.ngram_range = ngram_range

    def learn(self, chunks):
        """Number and count the terms of texts, as ``Words.learn`` does."""
        parts = [(rows.copy(), runs) for rows, runs in map_ahead(self._read, chunks)]
        pairs, words = merge_parts(parts, merge_runs)
        split = map_ahead(self._split, text_chunks(words))
        members, blocks = count_ngrams(
            [(rows, as_points(members, points)) for rows, members, points in split]
        )
        of_words = stack_counts(blocks, len(members), np.int32) if blocks else None
        rows = (renumber_rows(*pair) for pair in pairs)
        blocks = map_ahead(partial(count_in_words, of_words=of_words), rows) if words else ()
        return terms_of_points(members), list(blocks)

    def find(self, texts):
        """Find the terms of texts, as ``Words.find`` does."""
        rows, runs = self._read(texts)
        pieces, members, points = self._split(run_strings(runs))
        strings = ngram_strings(members, list(map(chr, points.tolist())), "")

        def count(columns, n_columns):
            return count_in_words(rows, count_renumbered(pieces, columns, n_columns))

        return count, strings

    def _read(self, texts):
        return run_rows(list(map(self.preprocess, texts)), SOLID)

    def _split(self, words):
        rows, points = character_rows([f" {word} " for word in words])
        return *ngram_rows(rows, len(points), self.ngram_range, whole=True), points


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
    points = np.unique(members[members != ABSENT])
    number_of = np.full(points.max(initial=0) + 2, ABSENT)  # the last one is for ABSENT
    number_of[points] = np.arange(len(points))
    return Terms(list(map(chr, points.tolist())), number_of[members], "")
