"""Features of texts, with those of the columns beside them."""

import numpy as np

from sktext._beside_texts import TextsAndColumns, TokensAndColumns
from sktext._frames import is_frame, names_of
from sktext._token_rows import TokenRows
from sktext._training._column_choice import choose_columns
from sktext._training._features import Features


class FeaturesWithColumns(Features):
    """Features of texts alone, or of the rows of a data frame.

    Which it is, is decided by the rows of the first fit.

    Parameters
    ----------
    texts : Features
        Those of the texts.
    columns : "auto", list of str, transformer or None
    estimator : classifier
        With ``columns_`` of an earlier fit.
    """

    def __init__(self, texts, columns, estimator):
        self._texts = texts
        self.columns = columns
        self.estimator = estimator
        self.fitted_columns = getattr(estimator, "columns_", None)
        self.reads_tokens = texts.reads_tokens

    @property
    def texts(self):
        return self._texts

    def check(self, X, name="X", reset=False):
        if reset:
            self.fitted_columns = choose_columns(X, self.columns, name)
            if self.fitted_columns is None:  # of an earlier fit on a data frame
                for attribute in ("n_features_in_", "feature_names_in_"):
                    vars(self.estimator).pop(attribute, None)
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
        matrix = self.fitted_columns.fit_transform(X.columns, target)
        if not self.reads_tokens:
            self.fitted_columns.suit(features, matrix)
        return self._joined(features, matrix)

    def transform(self, X):
        if not isinstance(X, TextsAndColumns):
            return self.texts.transform(X)
        features = self.texts.transform(X.texts)
        return self._joined(features, self.fitted_columns.transform(X.columns))

    def _joined(self, features, matrix):
        if isinstance(features, TokenRows):
            return TokensAndColumns(features, matrix.toarray())
        return self.fitted_columns.beside_terms(features, matrix)

    def names(self):
        names = self.texts.names()
        if self.fitted_columns is None:
            return names
        beside = [f"columns__{name}" for name in self.fitted_columns.get_feature_names_out()]
        return np.array([*names, *beside], dtype=object)

    def least_counts(self, n_rows):
        return self.texts.least_counts(n_rows)

    @property
    def n_beside(self):
        return 0 if self.fitted_columns is None else self.fitted_columns.n_columns

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
