"""What a classifier reads: its rows, checked and converted to what a network reads."""


class Features:
    """Base of the features of rows; a subclass checks, learns and computes them.

    A classifier makes one for each fit and each prediction, from its parameters and its fitted
    attributes.
    """

    # Whether the network reads tokens, not columns of numbers.
    reads_tokens = False

    # How many of the last columns stand beside those of terms.
    n_beside = 0
    # Attributes of a classifier that only an earlier fit, on other rows, may have set.
    outdated: tuple[str, ...] = ()

    @property
    def texts(self):
        """The features of the texts alone."""
        return self

    def check(self, X, name="X", reset=False):
        """Check rows, called ``name`` in messages, and return them as a list or a matrix.

        Parameters
        ----------
        X : array-like
        name : str, default="X"
        reset : bool, default=False
            Whether the rows are those of a first fit, which set the number and names of columns.

        Returns
        -------
        X : list, ndarray or sparse matrix
        """
        raise NotImplementedError

    def fit_transform(self, X, target, weight=None):
        """Learn the features from checked training rows, and return them.

        Parameters
        ----------
        X : list, ndarray or sparse matrix
        target : ndarray
        weight : ndarray of shape (n_samples,), default=None
            For features that are learned from weighted rows; others leave it.

        Returns
        -------
        features : object
        """
        raise NotImplementedError

    def transform(self, X):
        """Return the features of checked rows."""
        raise NotImplementedError

    def least_counts(self, n_rows):
        """Return in how many of the training rows each column is at least; None if not known."""
        return None

    def names(self):
        """Return the names of the columns of the features of a linear model."""
        raise NotImplementedError

    def learned(self):
        """Return the fitted attributes of the classifier, by name."""
        return {}
