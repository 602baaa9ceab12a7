"""Pairs of labels that are confused."""

from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from sktext._optional import import_optional
from sktext._typing import LabelsLike
from sktext._validation import weights_or_ones
from sktext.metrics._label_pairs import as_sparse_columns, n_of_each, read_labels_alike

if TYPE_CHECKING:
    from pandas import DataFrame


def confused_pairs(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    *,
    labels: ArrayLike | None = None,
    n: int | None = 10,
    sample_weight: ArrayLike | None = None,
) -> "DataFrame":
    """List the labels that are most often confused, and with which others.

    Use it where a confusion matrix has too many classes to look at, and to find the causes
    of a low recall in :func:`label_report`. It does not say how many rows are correct; the
    report does.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        One label per row; or several, as indicator matrices or sets of labels.
    labels : array-like of shape (n_labels,), default=None
        The labels to compare, such as ``classes_``, or the names of the columns. None is
        all labels that occur, or the columns by name or number in ``y_true``.
    n : int or None, default=10
        Number of pairs to list, at least 1; None lists all.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    pairs : DataFrame
        With the columns true, predicted, count and fraction (of the rows that have the true
        label), most frequent pairs first and larger fractions first among equals. Where
        rows have several labels, a pair is a label that was missed in a row and one that
        was wrongly predicted in the same row, and a row may count for several pairs.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If shapes do not agree, or n is out of range.

    See Also
    --------
    sklearn.metrics.confusion_matrix : All pairs of a few classes.

    Examples
    --------
    >>> from sktext.metrics import confused_pairs
    >>> y_true = ["bill", "bill", "bill", "card", "login"]
    >>> confused_pairs(y_true, ["card", "card", "bill", "card", "card"])
        true predicted  count  fraction
    0   bill      card    2.0  0.666667
    1  login      card    1.0  1.000000
    """
    pandas = import_optional("pandas", "frame")
    if n is not None and (not isinstance(n, Integral) or n < 1):
        raise ValueError(f"n must be an int of at least 1, or None; got {n!r}.")
    pair = read_labels_alike(y_true, y_pred, labels)
    names = getattr(y_true, "columns", None) if pair.true.ndim == 2 and labels is None else None
    names = np.asarray(pair.classes if names is None else names)
    weight = weights_or_ones(sample_weight, pair.true)
    true, predicted = (as_sparse_columns(side, len(names)) for side in pair[:2])
    missed, wrong = true > true.multiply(predicted), predicted > true.multiply(predicted)
    counts = (missed.T.astype(float) @ sparse.diags_array(weight) @ wrong.astype(float)).tocoo()
    fractions = counts.data / n_of_each(pair.true, weight, len(names))[counts.row]
    # The last key counts most; the places settle what is left.
    order = np.lexsort((counts.col, counts.row, -fractions, -counts.data))
    order = order[counts.data[order] > 0][:n]
    return pandas.DataFrame(
        {
            "true": names[counts.row[order]],
            "predicted": names[counts.col[order]],
            "count": counts.data[order],
            "fraction": fractions[order],
        }
    )
