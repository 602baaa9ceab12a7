"""Features that a vectorizer computes from texts."""

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from sktext._component import resolve
from sktext._rows import check_sparse
from sktext._texts import reading_tokens, takes_tokens
from sktext._training._features import Features
from sktext._training._least_counts import least_counts
from sktext._validation import check_texts
from sktext.features import VECTORIZERS, fit_transform


class VectorizedFeatures(Features):
    """Texts as rows of the matrix of a vectorizer.

    Parameters
    ----------
    vectorizer : str or vectorizer
    memory : str, path, Memory or None
        Where fitted vectorizers are cached.
    fitted : vectorizer or None
        The vectorizer of an earlier fit.
    name : str, default="vectorizer"
        What the classifier calls it.
    """

    def __init__(self, vectorizer, memory, fitted=None, name="vectorizer"):
        self.vectorizer = vectorizer
        self.memory = memory
        self.fitted = fitted
        self.name = name

    def check(self, X, name="X", reset=False):
        return check_texts(X, name, tokens=takes_tokens(self.vectorizer))

    def fit_transform(self, X, target, weight=None):
        vectorizer = resolve(self._chosen(target), VECTORIZERS, self.name)
        with reading_tokens(X, self.name):
            self.fitted, features = fit_transform(vectorizer, X, target, self.memory, weight)
        return checked(features)

    def _chosen(self, target):
        """Return the vectorizer that "auto" stands for, or that of the user."""
        if isinstance(self.vectorizer, str) and self.vectorizer == "auto":
            # With several labels, the weights of pairs cost more than they gain.
            return "words" if target.ndim == 2 else "words+pairs"
        return self.vectorizer

    def transform(self, X):
        with reading_tokens(X, self.name):
            features = self.fitted.transform(X)
        return checked(features)

    def names(self):
        return np.asarray(self.fitted.get_feature_names_out(), dtype=object)

    def least_counts(self, n_rows):
        return least_counts(self.fitted, n_rows)

    def learned(self):
        return {f"{self.name}_": self.fitted}


def checked(features):
    """Check the matrix that a user's vectorizer returns."""
    if sparse.issparse(features):
        features = check_sparse(features, "The matrix of the vectorizer")
    return check_array(features, accept_sparse="csr")
