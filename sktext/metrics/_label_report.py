"""Scores of every label in a table."""

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from sktext._optional import import_optional
from sktext.metrics._indicators import check_counts, check_indicator, check_pair


def label_report(y_true, y_pred, *, labels=None, counts=None, sample_weight=None):
    """Score every label: precision, recall, F1, and how often it occurs.

    Use it to see which labels fail, and whether these are the rare ones:
    ``report.sort_values("f1")``. Not as a text for people; that is
    :func:`sklearn.metrics.classification_report`.

    Parameters
    ----------
    y_true, y_pred : array-like or sparse matrix of shape (n_samples, n_labels)
        Indicator matrices; or sets of labels, if ``labels`` names all there are.
    labels : array-like of shape (n_labels,), default=None
        Names of the labels, such as ``classes_``; those of the columns of ``y_true`` if
        it is a data frame, else numbers.
    counts : array-like of shape (n_labels,), default=None
        Positives in the training rows, such as ``class_counts_``; they become a column.
    sample_weight : array-like of shape (n_samples,), default=None
        How much each row counts.

    Returns
    -------
    report : DataFrame
        A row per label with the columns precision, recall, f1, support (positives in
        ``y_true``), predicted (in ``y_pred``) and, if given, training_count. What would
        be 0 / 0 is 0.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If shapes do not agree.

    Examples
    --------
    >>> from sktext.metrics import label_report
    >>> label_report(
    ...     [[1, 0], [1, 1], [0, 1]], [[1, 0], [1, 0], [0, 1]], labels=["a", "b"]
    ... ).round(3)
           precision  recall     f1  support  predicted
    label
    a            1.0     1.0  1.000      2.0        2.0
    b            1.0     0.5  0.667      2.0        1.0
    """
    pandas = import_optional("pandas", "frame")
    names = getattr(y_true, "columns", None) if labels is None else labels
    y_pred = check_indicator(y_pred, "y_pred", labels)
    y_true = check_pair(y_true, y_pred, "y_pred", labels)
    weight = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight)
    n_labels = y_true.shape[1]
    precision, recall, f1, _ = precision_recall_fscore_support(
        y_true, y_pred, labels=range(n_labels), sample_weight=sample_weight, zero_division=0
    )
    columns = {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "support": weight @ y_true,
        "predicted": weight @ y_pred,
    }
    if counts is not None:
        columns["training_count"] = check_counts(counts, n_labels)
    index = pandas.Index(range(n_labels) if names is None else names, name="label")
    return pandas.DataFrame(columns, index=index)
