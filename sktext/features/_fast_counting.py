"""The counting of scikit-learn's vectorisers, replaced."""

from collections import defaultdict
from itertools import repeat

import numpy as np

from sktext._token_rows import TokenRows
from sktext.features._fast_chunks import map_ahead
from sktext.features._fast_counts import DROPPED, count_rows, renumber_columns, stack_counts
from sktext.features._fast_engine import chunks_for, counter_of, word_finder_of
from sktext.features._fast_ngrams import ngram_rows
from sktext.features._fast_terms import Terms


class FastCounting:
    """Stands before CountVectorizer in the bases of a class.

    While fitting, what scikit-learn passes around as the vocabulary is an object ``Terms``.
    """

    def fit(self, raw_documents, y=None):
        """Learn the vocabulary.

        Parameters
        ----------
        raw_documents : iterable of n_texts str, bytes, files or file names
            As ``input`` says.
        y : None
            Not used.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter is out of range, or no term is left.
        """
        super().fit(raw_documents, y)
        self._write_vocabulary()
        return self

    def fit_transform(self, raw_documents, y=None):
        """Learn the vocabulary and give the matrix of the same texts.

        Parameters
        ----------
        raw_documents : iterable of n_texts str, bytes, files or file names
            As ``input`` says.
        y : None
            Not used.

        Returns
        -------
        X : CSR matrix of shape (n_texts, n_features)

        Raises
        ------
        ValueError
            If a parameter is out of range, or no term is left.
        """
        X = super().fit_transform(raw_documents, y)
        self._write_vocabulary()
        return X

    def _write_vocabulary(self):
        if isinstance(self.vocabulary_, Terms):
            self.vocabulary_ = self.vocabulary_.vocabulary()

    def _count_vocab(self, raw_documents, fixed_vocab):
        singles, chunks = chunks_for(self, raw_documents)
        if chunks is None:
            return super()._count_vocab(singles, fixed_vocab)
        if fixed_vocab:
            return self.vocabulary_, self._count_known(chunks)
        if self.analyzer == "word" and self.ngram_range[1] > 1:
            terms, counts = self._count_ngrams(chunks)
        else:
            terms, counts = self._count_new(chunks)
        if not len(terms):
            raise ValueError("empty vocabulary; perhaps the documents only contain stop words")
        return terms, counts

    def _count_known(self, chunks):
        """Count the terms of the vocabulary."""
        count, column_of = counter_of(self), self.vocabulary_.get
        n_columns = len(self.vocabulary_)

        def count_chunk(texts):
            counts, terms = count(texts)
            columns = np.fromiter(map(column_of, terms, repeat(DROPPED)), np.int32, len(terms))
            return renumber_columns(counts, columns, n_columns)

        return stack_counts(list(map_ahead(count_chunk, chunks)), n_columns, self.dtype)

    def _count_new(self, chunks):
        """Count terms, numbered as they first occur: the order that scikit-learn sums in."""
        number_of = first_come_numbers()
        blocks = []
        for counts, terms in map_ahead(counter_of(self), chunks):
            counts.indices = numbers_of(terms, number_of)[counts.indices]
            counts.has_sorted_indices = False
            counts.sort_indices()
            blocks.append(counts)
        return Terms(list(number_of)), stack_counts(blocks, len(number_of), self.dtype)

    def _count_ngrams(self, chunks):
        """Count n-grams of words as pairs of numbers, without making strings of them."""
        number_of = first_come_numbers()
        ids, lengths = [], []
        for rows, words in map_ahead(word_finder_of(self), chunks):
            ids.append(numbers_of(words, number_of)[rows.ids])
            lengths.append(rows.lengths)
        indptr = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        rows = TokenRows(np.concatenate(ids), indptr)
        rows, members = ngram_rows(rows, len(number_of), self.ngram_range)
        counts = count_rows(rows, len(members))
        terms = Terms(list(number_of), members)
        return terms, stack_counts([counts], len(terms), self.dtype)

    def _sort_features(self, X, vocabulary):
        if not isinstance(vocabulary, Terms):
            return super()._sort_features(X, vocabulary)
        new = vocabulary.sort()
        X.indices = new.astype(X.indices.dtype)[X.indices]
        return X

    def _limit_features(self, X, vocabulary, high=None, low=None, limit=None):
        if not isinstance(vocabulary, Terms):
            return super()._limit_features(X, vocabulary, high, low, limit)
        kept = np.ones(X.shape[1], dtype=bool)
        found_in = np.bincount(X.indices, minlength=X.shape[1])
        if high is not None:
            kept &= found_in <= high
        if low is not None:
            kept &= found_in >= low
        if limit is not None and kept.sum() > limit:
            frequencies = np.asarray(X.sum(axis=0)).ravel()
            places = np.flatnonzero(kept)
            most = (-frequencies[kept]).argsort()[:limit]
            kept = np.zeros(len(kept), dtype=bool)
            kept[places[most]] = True
        if not kept.any():
            raise ValueError(
                "After pruning, no terms remain. Try a lower min_df or a higher max_df."
            )
        vocabulary.keep(kept)
        return X[:, np.flatnonzero(kept)]


def first_come_numbers():
    """Make a dict that gives every new key the next number.

    Returns
    -------
    number_of : dict
    """
    number_of = defaultdict()
    number_of.default_factory = number_of.__len__
    return number_of


def numbers_of(things, number_of):
    """Look things up.

    Parameters
    ----------
    things : list
    number_of : dict

    Returns
    -------
    numbers : ndarray of shape (n_things,), int32
    """
    return np.fromiter(map(number_of.__getitem__, things), np.int32, len(things))
