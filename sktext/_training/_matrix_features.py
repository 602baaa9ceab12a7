"""Rows of numbers, unchanged."""

import numpy as np

from sktext._training._features import Features
from sktext._validation import check_matrix


class MatrixFeatures(Features):
    """A matrix of numbers, dense or sparse.

    Parameters
    ----------
    estimator : classifier
        Gets the number and the names of the columns, as scikit-learn's estimators do.
    **attributes : object
        Additional fitted attributes of the classifier.
    """

    def __init__(self, estimator, **attributes):
        self.estimator = estimator
        self.attributes = attributes

    def check(self, X, name="X", reset=False):
        return check_matrix(self.estimator, X, reset)

    def fit_transform(self, X, target, weight=None):
        return X

    def transform(self, X):
        return X

    def names(self):
        numbered = [f"x{i}" for i in range(self.estimator.n_features_in_)]
        return np.asarray(getattr(self.estimator, "feature_names_in_", numbered), dtype=object)

    def learned(self):
        columns = {
            name: getattr(self.estimator, name)
            for name in ("n_features_in_", "feature_names_in_")
            if hasattr(self.estimator, name)
        }
        return columns | self.attributes
