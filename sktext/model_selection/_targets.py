"""Labels as the splitters read them."""

from scipy import sparse
from sklearn.utils.validation import _num_samples

from sktext._labels import read_labels
from sktext._labels._sets import labels_of_sets, to_indicator
from sktext._validation import check_same_length


def check_target(X, y):
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
    if sparse.issparse(y):
        check_same_length(_num_samples(X), y)
        return y
    rows = read_labels(y)
    check_same_length(_num_samples(X), rows)
    if rows.form == "sets":
        return to_indicator(rows.values, labels_of_sets(rows.values))
    return rows.values
