"""Features of texts, with those of the columns beside them."""

import numpy as np
from scipy import sparse

from sktext._beside_texts import TextsAndColumns, TokensAndColumns
from sktext._frames import is_frame, names_of
from sktext._token_rows import TokenRows
from sktext._training._column_choice import choose_columns
from sktext._training._columns import length_of_rows
from sktext._training._features import Features

# Rows of columns beside tokens: networks learn them in as few steps as vectors of tokens, which are
# multiplied by 5, and more columns move the logits further. Measured with 2 to 23 columns, of which
# 2 say something; 12 and 50 are about as good.
LENGTH = 25.0


class FeaturesWithColumns(Features):
    """Features of texts alone, or of the rows of a data frame.

    Which it is, is decided by the rows of the first fit.

    Parameters
    ----------
    texts : Features
        Those of the texts.
    columns : "auto", list of str, transformer or None
    fitted_columns : Columns or None
        Of an earlier fit.
    """

    def __init__(self, texts, columns, fitted_columns):
        self._texts = texts
        self.columns = columns
        self.fitted_columns = fitted_columns
        self.reads_tokens = texts.reads_tokens

    @property
    def texts(self):
        return self._texts

    def check(self, X, name="X", reset=False):
        if reset:
            self.fitted_columns = choose_columns(X, self.columns, name)
        if self.fitted_columns is not None:
            texts, columns = self.fitted_columns.divide(X, name)
            return TextsAndColumns(self.texts.check(texts, name=name), columns)
        if is_frame(X) and X.shape[1] > 1:
            raise ValueError(
                f"{name} must be texts alone, as in fit; got a data frame of the columns "
                f"{names_of(X)}. Select that of the texts."
            )
        return self.texts.check(X, name=name)

    def fit_transform(self, X, target, weight=None):
        if not isinstance(X, TextsAndColumns):
            return self.texts.fit_transform(X, target, weight)
        features = self.texts.fit_transform(X.texts, target, weight)
        # If one part of the rows is longer than the other, no weight decay suits both: numbers of
        # unit variance that say nothing cost a linear model more than the texts gain.
        length = LENGTH if self.reads_tokens else length_of_rows(features)
        matrix = self.fitted_columns.fit_transform(X.columns, target, length)
        return joined(features, matrix)

    def transform(self, X):
        if not isinstance(X, TextsAndColumns):
            return self.texts.transform(X)
        features = self.texts.transform(X.texts)
        return joined(features, self.fitted_columns.transform(X.columns))

    def names(self):
        names = self.texts.names()
        if self.fitted_columns is None:
            return names
        beside = [f"columns__{name}" for name in self.fitted_columns.get_feature_names_out()]
        return np.array([*names, *beside], dtype=object)

    def least_counts(self, n_rows):
        counts = self.texts.least_counts(n_rows)
        if counts is None or self.fitted_columns is None:
            return counts
        return np.append(counts, self.fitted_columns.encoder.least_counts())

    @property
    def n_beside(self):
        return 0 if self.fitted_columns is None else self.fitted_columns.n_columns

    @property
    def outdated(self):
        return () if self.fitted_columns is not None else ("n_features_in_", "feature_names_in_")

    def learned(self):
        learned = {**self.texts.learned(), "columns_": self.fitted_columns}
        if self.fitted_columns is None:
            return learned
        names = self.fitted_columns.all_names
        names = {
            "n_features_in_": len(names),
            "feature_names_in_": np.array(names, dtype=object),
        }
        return learned | names


def joined(features, matrix):
    """Put scaled columns beside ids of tokens, or behind the columns of terms."""
    if isinstance(features, TokenRows):
        return TokensAndColumns(features, matrix.toarray())
    matrix = matrix.astype(features.dtype, copy=False)
    if sparse.issparse(features):
        return sparse.hstack([features, matrix], format="csr")
    return np.hstack([features, matrix.toarray()])
