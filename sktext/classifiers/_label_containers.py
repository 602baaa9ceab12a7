"""What several labels per row came in, and predictions of them go out in."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from sktext._optional import import_optional
from sktext.classifiers._label_sets import find_label_sets, to_label_sets


def to_dense(indicator, classes):
    """Leave an indicator matrix as it is."""
    return indicator


def to_sparse_array(indicator, classes):
    """Turn an indicator matrix into a sparse array."""
    return sparse.csr_array(indicator)


def to_sparse_matrix(indicator, classes):
    """Turn an indicator matrix into a sparse matrix."""
    return sparse.csr_matrix(indicator)


def to_pandas(indicator, classes):
    """Turn an indicator matrix into a data frame of pandas with a column per label."""
    return import_optional("pandas", "frame").DataFrame(indicator, columns=classes)


def to_polars(indicator, classes):
    """Turn an indicator matrix into a data frame of polars with a column per label."""
    return import_optional("polars", "frame").DataFrame(indicator, schema=list(classes))


WRITERS = {
    "dense": to_dense,
    "sparse array": to_sparse_array,
    "sparse matrix": to_sparse_matrix,
    "pandas": to_pandas,
    "polars": to_polars,
    "sets": to_label_sets,
}


class Container(NamedTuple):
    """Kind of a ``y`` with several labels per row, and the names of its columns if any."""

    kind: str = "dense"
    columns: np.ndarray | None = None

    def write(self, indicator, classes):
        """Give an indicator matrix of shape (n_samples, n_labels) as this kind."""
        return WRITERS[self.kind](indicator, classes)


# Of arrays and lists of rows.
DENSE = Container()


def container_of(y):
    """Find the container of labels; of one label per row it does not matter."""
    if sparse.issparse(y):
        return Container("sparse array" if isinstance(y, sparse.sparray) else "sparse matrix")
    if hasattr(y, "columns") and len(getattr(y, "shape", ())) == 2:
        library = type(y).__module__.partition(".")[0]
        if library in WRITERS:
            return Container(library, np.asarray(y.columns))
    return DENSE if find_label_sets(y) is None else Container("sets")
