"""What is read of a data frame: a column of texts, and columns beside it."""

import numpy as np
from scipy import sparse

from sktext._frames import column_of, is_frame, names_of


class Columns:
    """The columns that stand beside texts, and what was learned of them.

    Parameters
    ----------
    text : str
        Name of the column of texts.
    beside : list of str
        Names of the columns that stand beside it.
    all_names : list of str
        Names of all columns of the first fit.
    encoder : ColumnEncoder or GivenTransformer
        Makes a matrix of them.

    Attributes
    ----------
    scale : float
        What the matrix is multiplied by.
    n_columns : int
        Number of columns of the matrix.
    """

    def __init__(self, text, beside, all_names, encoder):
        self.text = text
        self.beside = beside
        self.all_names = all_names
        self.encoder = encoder
        self.scale = 1.0
        self.n_columns = None

    def __repr__(self):
        return f"Columns(text={self.text!r}, beside={self.beside})"

    def divide(self, X, name):
        """Divide a data frame into its texts and the checked columns beside them.

        Other columns are ignored, and the order does not matter.

        Returns
        -------
        texts : column
        columns : tuple

        Raises
        ------
        TypeError, ValueError
            If it is none, or columns are missing.
        """
        needed = [self.text, *self.beside]
        if not is_frame(X):
            raise TypeError(
                f"{name} must be a data frame with the columns {needed}, as in fit; got "
                f"{type(X).__name__}."
            )
        names = set(names_of(X))
        missing = [column for column in needed if column not in names]
        if missing:
            raise ValueError(
                f"{name} lacks the columns {missing}, which fit has read; it has "
                f"{names_of(X)}. Add them, with None for values that are not known."
            )
        return column_of(X, self.text), self.encoder.read(X, name)

    def fit_transform(self, columns, target, length):
        """Learn from the columns of training rows, and return them.

        Parameters
        ----------
        columns : tuple
            What ``divide`` returned.
        target : ndarray
        length : float
            Root mean square of the Euclidean lengths that rows are scaled to.

        Returns
        -------
        matrix : CSR matrix of shape (n_samples, n_columns)
        """
        matrix = self.encoder.fit_transform(columns, target)
        own = length_of_rows(matrix)
        self.scale = length / own if own > 0 and length > 0 else 1.0
        self.n_columns = matrix.shape[1]
        return matrix * self.scale

    def transform(self, columns):
        """Return the scaled columns of rows as a CSR matrix."""
        return self.encoder.transform(columns) * self.scale

    def get_feature_names_out(self):
        """Return the names of the columns of the matrix.

        Returns
        -------
        names : ndarray of shape (n_columns,)
        """
        return self.encoder.get_feature_names_out()


def length_of_rows(matrix):
    """Return the root mean square of the Euclidean lengths of rows."""
    values = matrix.data if sparse.issparse(matrix) else matrix
    return float(np.square(values, dtype=np.float64).sum() / matrix.shape[0]) ** 0.5
