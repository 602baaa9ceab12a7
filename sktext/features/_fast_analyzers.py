"""What each analyzer finds in texts, as numbers.

An analyzer learns from chunks of texts which terms there are, in the order in which they first
occur, and counts them; or it finds the terms of one chunk, to be looked up.
"""

from functools import partial

import numpy as np

from sktext.features._code_points import character_rows
from sktext.features._fast_chunks import map_ahead, text_chunks
from sktext.features._fast_counts import (
    DROPPED,
    count_rows,
    renumber_rows,
    sort_rows,
    stack_counts,
)
from sktext.features._fast_ngrams import ABSENT, merge_members, ngram_rows, ngram_strings
from sktext.features._fast_terms import Terms
from sktext.features._fast_words import SOLID, WORD, merge_runs, run_rows, run_strings


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
        numbers, words = merge_runs([runs for _, runs in parts])
        new, words = self._select(words)
        rows = (
            self._renumbered(rows, new[of_part])
            for (rows, _), of_part in zip(taken(parts), numbers, strict=True)
        )
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
        numbers, words = merge_runs([runs for _, runs in parts])
        split = map_ahead(self._split, text_chunks(words))
        members, blocks = count_ngrams(
            [(rows, as_points(members, points)) for rows, members, points in split]
        )
        of_words = stack_counts(blocks, len(members), np.int32) if blocks else None
        rows = (
            renumber_rows(rows, of_part)
            for (rows, _), of_part in zip(taken(parts), numbers, strict=True)
        )
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


def taken(things):
    """Take things out of a list, so that the memory of each is free when it is done with.

    Parameters
    ----------
    things : list

    Yields
    ------
    thing : object
    """
    things.reverse()
    while things:
        yield things.pop()


def count_ngrams(parts):
    """Number n-grams of several parts together and count them.

    Parameters
    ----------
    parts : list of (TokenRows, ndarray of shape (n_ngrams, max_n))
        N-grams of each part and the units that they consist of. Emptied on the way.

    Returns
    -------
    members : ndarray of shape (n_all_ngrams, max_n)
    blocks : list of CSR matrices of shape (n_rows of a part, n_all_ngrams)
    """
    if not parts:
        return np.empty((0, 1), dtype=np.int32), []
    numbers, members = merge_members([members for _, members in parts])
    items = ((rows, of_part) for (rows, _), of_part in zip(taken(parts), numbers, strict=True))
    return members, list(map_ahead(lambda item: count_renumbered(*item, len(members)), items))


def count_renumbered(rows, columns, n_columns):
    """Count numbers of rows in the columns that they stand for.

    Parameters
    ----------
    rows : TokenRows
    columns : ndarray, int
        The column of each number, or DROPPED.
    n_columns : int

    Returns
    -------
    counts : CSR matrix of shape (n_rows, n_columns), int
    """
    return count_rows(renumber_rows(rows, columns), n_columns)


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
