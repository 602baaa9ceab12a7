"""Numbers and categories of a data frame as the columns of a matrix."""

import numpy as np
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder

from sktext._training._column_values import names_of_columns, read_columns
from sktext._user_warnings import warn

# A category of fewer rows counts as rare, and so does one that training has not seen.
MIN_ROWS_OF_CATEGORY = 2
# In fewer rows, a column may tell the classes by chance.
MIN_ROWS_TO_WARN = 20
RARE_OF_SKLEARN = "_infrequent_sklearn"


class ColumnEncoder:
    """Scaled numbers, and a column for each category.

    A missing number is the median of the others, and has a column that says so if training rows
    lack some. A missing category is one of its own.

    Parameters
    ----------
    kinds : dict of str to str
        The kind of each column, as ``kind_of`` returns it.
    """

    def __init__(self, kinds):
        self.kinds = kinds

    def read(self, frame, name):
        """Read a data frame; raise if a value is not of the kind of its column.

        Returns
        -------
        columns : tuple of two ndarrays
            Numbers and categories.
        """
        return read_columns(frame, self.kinds, name)

    def fit_transform(self, columns, target):
        """Learn from the columns of training rows, and return their matrix."""
        numbers, categories = columns
        self._warn_of_labels(columns, target)
        missing = np.isnan(numbers)
        self.had_missing_ = missing.any(axis=0)
        self.fill_ = np.array([median(column) for column in numbers.T])
        filled = np.where(missing, self.fill_, numbers)
        self.center_, spread = filled.mean(axis=0), filled.std(axis=0)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        self.categories_ = None
        if categories.shape[1]:
            rare = {"min_frequency": MIN_ROWS_OF_CATEGORY, "dtype": np.float64}
            encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", **rare)
            # Whatever scikit-learn is set to make, as data frames cannot be sparse.
            self.categories_ = encoder.set_output(transform="default").fit(categories)
        return self.transform(columns)

    def _warn_of_labels(self, columns, target):
        """Warn of columns that are the target under other names, as of a frame with its labels."""
        names = names_of_columns(self.kinds)
        for part, part_names in zip(columns, names, strict=True):
            found = [name for i, name in enumerate(part_names) if renames(part[:, i], target)]
            if found:
                warn(
                    f"The columns {found} of X tell the classes exactly. If they are the labels, "
                    "drop them from X, or the model will read nothing else."
                )

    def transform(self, columns):
        """Return the columns of rows as a CSR matrix."""
        numbers, categories = columns
        missing = np.isnan(numbers)
        scaled = (np.where(missing, self.fill_, numbers) - self.center_) / self.spread_
        dense = np.hstack([scaled, missing[:, self.had_missing_]])
        parts = [sparse.csr_matrix(dense)]
        if self.categories_ is not None:
            parts.append(self.categories_.transform(categories))
        return sparse.hstack(parts, format="csr")

    def least_counts(self):
        """Return in how many training rows each column of the matrix is at least."""
        counts = np.ones(len(self.fill_) + np.count_nonzero(self.had_missing_), dtype=int)
        if self.categories_ is None:
            return counts
        names = self.categories_.get_feature_names_out()
        is_rare = [name.endswith(RARE_OF_SKLEARN) for name in names]
        return np.append(counts, np.where(is_rare, 1, MIN_ROWS_OF_CATEGORY))

    def get_feature_names_out(self):
        """Return the names of the columns of the matrix."""
        numbers, categories = names_of_columns(self.kinds)
        missing = [f"{numbers[i]}_missing" for i in np.flatnonzero(self.had_missing_)]
        names = [*numbers, *missing]
        if self.categories_ is not None:
            found = self.categories_.get_feature_names_out(categories)
            names += [name.replace(RARE_OF_SKLEARN, "_rare") for name in found]
        return np.array(names, dtype=object)


def renames(column, target):
    """Return whether a column has one value for each class, and another one for each other."""
    if target.ndim > 1 or len(target) < MIN_ROWS_TO_WARN:
        return False
    values, codes = np.unique(column.astype(str), return_inverse=True)
    n_classes = len(np.unique(target))
    if len(values) != n_classes or n_classes < 2:
        return False
    return len(np.unique(codes * (target.max() + 1) + target)) == n_classes


def median(column):
    """Return the median of the numbers that are there; zero if there are none."""
    found = column[~np.isnan(column)]
    return np.median(found) if len(found) else 0.0
