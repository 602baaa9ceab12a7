"""Scores of every label in a table."""

from sklearn.metrics import precision_recall_fscore_support

from sktext._labels._indicators import check_counts
from sktext._optional import import_optional
from sktext._validation import weights_or_ones
from sktext.metrics._label_pairs import n_of_each, read_labels_alike


def label_report(y_true, y_pred, *, labels=None, counts=None, sample_weight=None):
    """Score every label: precision, recall, F1, and how often it occurs.

    Use it to see which classes or labels fail, and whether these are the rare ones:
    ``report.sort_values("f1")``. :func:`confused_pairs` says what they are taken for. Not
    as a text for people; that is :func:`sklearn.metrics.classification_report`.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        One label per row; or several, as indicator matrices or sets of labels.
    labels : array-like of shape (n_labels,), default=None
        What is reported, in that order, such as ``classes_``; or the names of the columns.
        None is all labels that occur, or the columns as ``y_true`` names or numbers them.
    counts : array-like of shape (n_labels,), default=None
        Training rows of each label, such as ``class_counts_``; they become a column.
    sample_weight : array-like of shape (n_samples,), default=None
        How much each row counts.

    Returns
    -------
    report : DataFrame
        A row per label with the columns precision, recall, f1, support (rows in
        ``y_true`` that have it), predicted (in ``y_pred``) and, if given, training_count.
        What would be 0 / 0 is 0.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If shapes do not agree.

    Examples
    --------
    >>> from sktext.metrics import label_report
    >>> label_report(["ham", "ham", "spam"], ["ham", "spam", "spam"]).round(3)
           precision  recall     f1  support  predicted
    label
    ham          1.0     0.5  0.667      2.0        1.0
    spam         0.5     1.0  0.667      1.0        2.0
    >>> label_report(
    ...     [[1, 0], [1, 1], [0, 1]], [[1, 0], [1, 0], [0, 1]], labels=["a", "b"]
    ... ).round(3)
           precision  recall     f1  support  predicted
    label
    a            1.0     1.0  1.000      2.0        2.0
    b            1.0     0.5  0.667      2.0        1.0
    """
    pandas = import_optional("pandas", "frame")
    pair = read_labels_alike(y_true, y_pred, labels)
    names = getattr(y_true, "columns", None) if pair.true.ndim == 2 and labels is None else None
    n_labels = len(pair.classes)
    precision, recall, f1, _ = precision_recall_fscore_support(
        pair.true,
        pair.predicted,
        labels=range(n_labels),
        sample_weight=sample_weight,
        zero_division=0,
    )
    weight = weights_or_ones(sample_weight, pair.true)
    columns = {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "support": n_of_each(pair.true, weight, n_labels),
        "predicted": n_of_each(pair.predicted, weight, n_labels),
    }
    if counts is not None:
        columns["training_count"] = check_counts(counts, n_labels)
    index = pandas.Index(pair.classes if names is None else names, name="label")
    return pandas.DataFrame(columns, index=index)
