"""Sparse matrices that point outside are refused before compiled code reads them."""

import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.base import BaseEstimator

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.meta import TunedThresholdsClassifier
from sktext.model_selection import LossSearchCV
from sktext.modules import SparseRows
from sktext.sampling import RandomTextOverSampler

y = np.arange(50) % 2


def matrix(format="csr"):
    return sparse.random(50, 20, 0.2, format=format, random_state=0)


def broken(format, how):
    X = matrix(format)
    places = X.col if format == "coo" else X.indices
    if how == "too large":
        places[3] = 10**8
    elif how == "one too large":
        places[3] = X.shape[1] if format in ("csr", "coo") else X.shape[0]
    elif how == "negative":
        places[3] = -1
    elif how == "indptr falls":
        X.indptr[3] = 10**6
    elif how == "indptr too long":
        X.indptr[-1] += 5
    else:
        X.indptr[0] = 1
    return X


BROKEN = [
    (format, how)
    for format in ("csr", "csc", "coo")
    for how in ("too large", "one too large", "negative")
] + [
    (format, how)
    for format in ("csr", "csc")
    for how in ("indptr falls", "indptr too long", "indptr begins late")
]


class Breaking(BaseEstimator):
    """A vectorizer of somebody who counts columns from one."""

    def fit_transform(self, texts, y=None):
        return self.transform(texts)

    def transform(self, texts):
        ends = np.arange(len(texts) + 1)
        return sparse.csr_matrix((np.ones(len(texts)), ends[1:], ends), shape=(len(texts),) * 2)


@pytest.mark.parametrize(("format", "how"), BROKEN)
def test_broken_matrix_is_refused_wherever_it_comes_in(format, how):
    fitted = TorchClassifier(max_epochs=1).fit(matrix(), y)
    for use in (
        TorchClassifier().fit,
        TfidfTorchClassifier("passthrough").fit,
        LossSearchCV(TorchClassifier(), {"loss": ["focal", "cross_entropy"]}, cv=2).fit,
        TunedThresholdsClassifier(TorchClassifier()).fit,
        RandomTextOverSampler().fit_resample,
        lambda X, y: fitted.predict(X),
    ):
        with pytest.raises(ValueError, match="Build the matrix anew"):
            use(broken(format, how), y)


def test_matrix_of_a_vectorizer_is_checked():
    with pytest.raises(ValueError, match="The matrix of the vectorizer must be from 0 to 3; value"):
        TfidfTorchClassifier(Breaking()).fit(["a", "b", "c", "d"], [0, 1, 0, 1])


def test_rows_for_networks_are_checked():
    with pytest.raises(ValueError, match=r"matrix must be from 0 to 19; value 3 is in column -1"):
        SparseRows.from_csr(broken("csr", "negative"), torch.float32)


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "bsr", "lil", "dok", "dia"])
def test_whole_matrices_of_every_format_are_taken(format):
    fitted = TorchClassifier(max_epochs=1, random_state=0).fit(matrix(format), y)
    expected = TorchClassifier(max_epochs=1, random_state=0).fit(matrix(), y)
    np.testing.assert_array_equal(fitted.predict(matrix(format)), expected.predict(matrix()))
