"""What several labels per row came in, and predictions of them go out in."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from sktext._optional import import_optional


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


def to_pyarrow(indicator, classes):
    """Turn an indicator matrix into a table of pyarrow with a column per label."""
    table = import_optional("pyarrow", "frame").table
    return table(dict(zip(classes.tolist(), indicator.T, strict=True)))


def to_label_sets(indicator, classes):
    """Turn an indicator matrix into a list of tuples of labels, in their order."""
    labels = np.asarray(classes).tolist()
    return [tuple(labels[i] for i in np.flatnonzero(row)) for row in indicator]


WRITERS = {
    "dense": to_dense,
    "sparse array": to_sparse_array,
    "sparse matrix": to_sparse_matrix,
    "pandas": to_pandas,
    "polars": to_polars,
    "pyarrow": to_pyarrow,
    "sets": to_label_sets,
}


class Container(NamedTuple):
    """Kind of a ``y`` with several labels per row, and the names of its columns if any."""

    kind: str = "dense"
    columns: np.ndarray | None = None

    def write(self, indicator, classes):
        """Return an indicator matrix of shape (n_samples, n_labels) as this kind."""
        return WRITERS[self.kind](indicator, classes)


# Of arrays and lists of rows.
DENSE = Container()
SETS = Container("sets")


def is_frame(y):
    """Return whether labels are a data frame or a table."""
    return hasattr(y, "columns") and len(getattr(y, "shape", ())) == 2


def container_of_matrix(y):
    """Find what an indicator matrix came in."""
    if sparse.issparse(y):
        return Container("sparse array" if isinstance(y, sparse.sparray) else "sparse matrix")
    if not is_frame(y):
        return DENSE
    library = type(y).__module__.partition(".")[0]
    columns = np.asarray(y.column_names if hasattr(y, "column_names") else y.columns)
    return Container(library if library in WRITERS else "dense", columns)
