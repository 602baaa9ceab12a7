"""The counting of scikit-learn's vectorizers, replaced."""

import copy
from collections.abc import Iterable
from itertools import repeat
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from sktext._overrides import check_overridden
from sktext._texts import is_ngram
from sktext.features._fast._chunks import grouped
from sktext.features._fast._counts import DROPPED, stack_counts
from sktext.features._fast._engine import analyzer_of, chunks_for
from sktext.features._fast._terms import Terms

check_overridden(
    CountVectorizer,
    "_count_vocab",
    "_sort_features",
    "_limit_features",
    "_warn_for_unused_params",
)
# Words of one letter, too: "I" and "a", digits, and what is left of "don't".
ALL_WORDS = r"(?u)\b\w+\b"


class FastCounting:
    """Stands before CountVectorizer in the bases of a class.

    While fitting, what scikit-learn passes around as the vocabulary is an object ``Terms``.
    """

    def fit(self, raw_documents: Iterable[Any], y: None = None) -> Self:
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
        super().fit(raw_documents, y)  # type: ignore[misc]
        self._write_vocabulary()
        return self

    def fit_transform(self, raw_documents: Iterable[Any], y: None = None) -> sparse.csr_matrix:
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
        X = super().fit_transform(raw_documents, y)  # type: ignore[misc]
        self._write_vocabulary()
        return X

    def _warn_for_unused_params(self):
        """Warn as scikit-learn does, but not of what the named vectorizers have set."""
        plain = copy.copy(self)
        if self.token_pattern == ALL_WORDS:
            plain.token_pattern = CountVectorizer().token_pattern
            plain.ngram_range = (1, 1)
        super(FastCounting, plain)._warn_for_unused_params()

    def _write_vocabulary(self):
        if isinstance(self.vocabulary_, Terms):
            self.vocabulary_ = self.vocabulary_.vocabulary()

    def _count_vocab(self, raw_documents, fixed_vocab):
        singles, chunks = chunks_for(self, raw_documents)
        if chunks is None:
            return super()._count_vocab(singles, fixed_vocab)
        analyzer = analyzer_of(self)
        if fixed_vocab:
            return self.vocabulary_, self._count_known(analyzer, chunks)
        terms, count = analyzer.find(chunks)
        if not len(terms):
            raise ValueError("empty vocabulary; perhaps the documents only contain stop words")
        blocks = list(count(np.arange(len(terms)), len(terms)))
        return terms, stack_counts(blocks, len(terms), self.dtype)

    def _count_known(self, analyzer, chunks):
        """Count the terms of the vocabulary."""
        column_of, n_columns = self.vocabulary_.get, len(self.vocabulary_)
        blocks = []
        for group in grouped(chunks, self.ngram_range[1]):
            terms, count = analyzer.find(group)
            columns = map(column_of, terms.strings(), repeat(DROPPED))
            blocks += count(np.fromiter(columns, np.int32, len(terms)), n_columns)
        return stack_counts(blocks, n_columns, self.dtype)

    def _sort_features(self, X, vocabulary):
        if not isinstance(vocabulary, Terms):
            return super()._sort_features(X, vocabulary)
        new = vocabulary.sort()
        X.indices = new.astype(X.indices.dtype)[X.indices]
        return X

    def _limit_features(self, X, vocabulary, high=None, low=None, limit=None):
        if self.min_ngram_df > 1:
            X = self._without_rare_ngrams(X, vocabulary)
        if not isinstance(vocabulary, Terms):
            return super()._limit_features(X, vocabulary, high, low, limit)
        if limit is None and (high is None or high >= X.shape[0]) and (low is None or low <= 1):
            return X  # every term is in one text at least
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
        return keep_columns(X, vocabulary, kept)

    def _without_rare_ngrams(self, X, vocabulary):
        """Drop the terms of more than one unit that are in too few texts."""
        if callable(self.analyzer):  # what a term consists of is not known
            return X
        if isinstance(vocabulary, Terms):
            single = vocabulary.n_units() == 1
        else:
            single = np.empty(X.shape[1], dtype=bool)
            for term, column in vocabulary.items():
                single[column] = not is_ngram(term, self.analyzer)
        found_in = np.bincount(X.indices, minlength=X.shape[1])
        return keep_columns(X, vocabulary, single | (found_in >= self.min_ngram_df))


def keep_columns(X, vocabulary, kept):
    """Drop columns of a matrix, and their terms from the vocabulary."""
    if not kept.any():
        raise ValueError("After pruning, no terms remain. Try a lower min_df or a higher max_df.")
    if kept.all():
        return X
    if isinstance(vocabulary, Terms):
        vocabulary.keep(kept)
    else:
        new = (np.cumsum(kept) - 1).tolist()
        staying = {term: new[old] for term, old in vocabulary.items() if kept[old]}
        vocabulary.clear()
        vocabulary.update(staying)
    return X[:, np.flatnonzero(kept)]
