"""Labels as the splitters read them."""

from typing import Any

from numpy.typing import NDArray

from sktext._labels import splitter_target
from sktext._sklearn import num_samples
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import check_same_length


def check_target(X: RowsLike, y: LabelsLike) -> NDArray | Any:
    """Check labels for a split.

    Parameters
    ----------
    X : sequence of n_samples rows
    y : array-like of shape (n_samples,) or (n_samples, n_labels), or sparse indicator
        Or sets of labels.

    Returns
    -------
    y : ndarray of shape (n_samples,), or ndarray or sparse matrix of shape \
            (n_samples, n_labels)
    """
    target = splitter_target(y)
    check_same_length(num_samples(X), target)
    return target
