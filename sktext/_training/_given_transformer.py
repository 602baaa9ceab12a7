"""A transformer of the user for the columns beside texts."""

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import check_array

from sktext._rows import check_sparse


class GivenTransformer:
    """The columns that a transformer of the user makes.

    Parameters
    ----------
    transformer : transformer
        Cloned before it is fitted.
    """

    def __init__(self, transformer):
        self.transformer = transformer

    def read(self, frame, name):
        """Return a data frame for the transformer, which does what checks there are."""
        return (frame,)

    def fit_transform(self, columns, target):
        """Fit the transformer on the columns of training rows, and return its matrix."""
        self.transformer = clone(self.transformer)
        return as_csr(self.transformer.fit_transform(columns[0], target))

    def transform(self, columns):
        """Return the matrix of rows."""
        return as_csr(self.transformer.transform(columns[0]))

    def get_feature_names_out(self):
        """Return the names that the transformer has for its columns."""
        return np.asarray(self.transformer.get_feature_names_out(), dtype=object)


def as_csr(matrix):
    """Check the matrix of a transformer, and return it as CSR."""
    if sparse.issparse(matrix):
        matrix = check_sparse(matrix, "The matrix of columns")
    return sparse.csr_matrix(
        check_array(matrix, accept_sparse="csr", dtype=np.float64, input_name="columns")
    )
