"""A transformer of the user for the columns beside texts."""

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import check_array

from sktext._frames import with_columns_only
from sktext._rows import check_sparse


class GivenTransformer:
    """The columns that a transformer of the user makes.

    Parameters
    ----------
    transformer : transformer
        Cloned before it is fitted.
    names : list of str
        The columns that it is given.
    """

    def __init__(self, transformer, names):
        self.transformer = transformer
        self.names = names
        self.n_columns_ = None

    def read(self, frame, name):
        """Return a data frame for the transformer, which does what checks there are."""
        return (with_columns_only(frame, self.names),)

    def fit_transform(self, columns, target):
        """Fit the transformer on the columns of training rows, and return its matrix."""
        self.transformer = clone(self.transformer)
        matrix = as_csr(self.transformer.fit_transform(columns[0], target))
        self.n_columns_ = matrix.shape[1]
        return matrix

    def transform(self, columns):
        """Return the matrix of rows."""
        return as_csr(self.transformer.transform(columns[0]))

    def least_counts(self):
        """Return in how many training rows each column of the matrix is at least."""
        return np.ones(self.n_columns_, dtype=int)

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
