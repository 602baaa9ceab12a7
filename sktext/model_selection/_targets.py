"""Labels as the splitters read them."""

from scipy import sparse
from sklearn.utils.validation import _num_samples

from sktext._validation import check_same_length
from sktext.classifiers._check_labels import check_labels
from sktext.classifiers._label_sets import are_label_sets, labels_of_sets, to_indicator


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
    target = y if sparse.issparse(y) else check_labels(y)
    check_same_length(_num_samples(X), target)
    return to_indicator(target, labels_of_sets(target)) if are_label_sets(target) else target
