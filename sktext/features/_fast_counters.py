"""Texts to counts of their terms, one function per analyzer."""

from collections import defaultdict
from itertools import chain, compress

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._code_points import character_rows
from sktext.features._fast_counts import DROPPED, count_rows, renumber_rows
from sktext.features._fast_ngrams import ngram_rows, ngram_strings
from sktext.features._fast_words import SOLID, WORD, run_rows


def word_rows(texts, min_length, stop_words):
    """Number the words of texts.

    Parameters
    ----------
    texts : list of str
    min_length : int
        Characters of a word at least.
    stop_words : collection of str
        Words to leave out.

    Returns
    -------
    rows : TokenRows of length n_texts
        Numbered from 0 on as they first occur.
    words : list of str
        What each number stands for.
    """
    rows, words = run_rows(texts, WORD)
    kept = [len(word) >= min_length and word not in stop_words for word in words]
    numbers = np.where(kept, np.cumsum(kept, dtype=np.int32) - 1, DROPPED)
    return renumber_rows(rows, numbers), list(compress(words, kept))


def count_words(texts, min_length, stop_words, ngram_range):
    """Count words and their n-grams.

    Parameters
    ----------
    texts, min_length, stop_words
        As in ``word_rows``.
    ngram_range : tuple of int (min_n, max_n)

    Returns
    -------
    counts : CSR matrix of shape (n_texts, n_terms), int32
    terms : list of str of length n_terms
        As they first occur.
    """
    rows, terms = word_rows(texts, min_length, stop_words)
    if ngram_range != (1, 1):
        rows, members = ngram_rows(rows, len(terms), ngram_range)
        terms = ngram_strings(members, terms, " ")
    return count_rows(rows, len(terms)), terms


def count_characters(texts, white_spaces, ngram_range):
    """Count n-grams of characters.

    Parameters
    ----------
    texts : list of str
    white_spaces : re.Pattern
        What counts as a single space.
    ngram_range : tuple of int (min_n, max_n)

    Returns
    -------
    counts : CSR matrix of shape (n_texts, n_terms), int32
    terms : list of str of length n_terms
        As they first occur.
    """
    rows, characters = character_rows([white_spaces.sub(" ", text) for text in texts])
    rows, members = ngram_rows(rows, len(characters), ngram_range)
    terms = ngram_strings(members, characters, "")
    return count_rows(rows, len(terms)), terms


def count_within_words(texts, split_word):
    """Count pieces of words; each different word is split once.

    Parameters
    ----------
    texts : list of str
    split_word : callable
        From a word, which is anything between two white spaces, to a list of str.

    Returns
    -------
    counts : CSR matrix of shape (n_texts, n_terms), int32
    terms : list of str of length n_terms
        As they first occur.
    """
    rows, words = run_rows(texts, SOLID)
    pieces = list(map(split_word, words))
    number_of = defaultdict()
    number_of.default_factory = number_of.__len__
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    numbers = map(number_of.__getitem__, chain.from_iterable(pieces))
    pieces = TokenRows(np.fromiter(numbers, np.int32, indptr[-1]), indptr)
    counts = count_rows(rows, len(words)) @ count_rows(pieces, len(number_of))
    return counts, list(number_of)
