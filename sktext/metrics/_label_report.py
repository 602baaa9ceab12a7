"""Metrics of every label in a table."""

from typing import TYPE_CHECKING

from numpy.typing import ArrayLike
from sklearn.metrics import precision_recall_fscore_support

from sktext._labels._indicators import check_counts
from sktext._optional import import_optional
from sktext._typing import LabelsLike
from sktext._validation import weights_or_ones
from sktext.metrics._label_pairs import n_of_each, read_labels_alike

if TYPE_CHECKING:
    from pandas import DataFrame


def label_report(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    *,
    labels: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> "DataFrame":
    """Score every label: precision, recall, F1, and how often it occurs.

    Use it to see which classes or labels fail, and whether these are the rare ones:
    ``report.sort_values("f1")``. :func:`confused_pairs` lists what they are confused with.
    It is not formatted as text, as :func:`sklearn.metrics.classification_report` is.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        One label per row; or several, as indicator matrices or sets of labels.
    labels : array-like of shape (n_labels,), default=None
        The labels to report, in that order, such as ``classes_``; or the names of the
        columns. None is all labels that occur, or the columns by name or number in
        ``y_true``.
    counts : array-like of shape (n_labels,), default=None
        Number of training rows of each label, such as ``class_counts_``, for a column of
        their own.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    report : DataFrame
        A row per label with the columns precision, recall, f1, support (rows in
        ``y_true`` that have it), predicted (rows in ``y_pred``) and, if ``counts`` are
        given, training_count. 0 / 0 counts as 0.

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
