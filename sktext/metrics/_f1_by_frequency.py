"""F1 of frequent and of rare labels."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import f1_score
from sklearn.utils import Bunch

from sktext._labels._indicators import check_counts
from sktext._typing import LabelsLike
from sktext.metrics._label_pairs import read_labels_alike

PARTS = ("head", "medium", "tail")


def f1_by_frequency(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    counts: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    bounds: tuple[float, float] = (8, 35),
    sample_weight: ArrayLike | None = None,
) -> Bunch:
    """Compute F1 of the head, the middle and the tail of the classes or labels.

    Use it where labels have a long tail: the micro average hides the tail, and the macro
    average is dominated by it. Do not use the frequencies of the test rows, by which a
    label would change its part from one test set to the next.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        One label per row; or several, as indicator matrices or sets of labels.
    counts : array-like of shape (n_labels,)
        Number of training rows of each label, such as ``class_counts_``.
    labels : array-like of shape (n_labels,), default=None
        The labels that are counted, such as ``classes_``. None is all labels that occur
        here, sorted, or the columns.
    bounds : tuple of (float, float), default=(8, 35)
        The tail are labels with at most the first number of rows, the head with at least
        the second [1]_.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    scores : Bunch
        With ``head``, ``medium`` and ``tail``, each a Bunch of ``micro``, ``macro`` and
        ``n_labels``; the scores of a part without labels are NaN.

    Raises
    ------
    ValueError
        If shapes do not agree, or the bounds are not in order.

    References
    ----------
    .. [1] Huang et al., "Balancing Methods for Multi-label Text Classification with
       Long-Tailed Class Distribution", EMNLP 2021. https://arxiv.org/abs/2109.04712

    Examples
    --------
    >>> import numpy as np
    >>> from sktext.metrics import f1_by_frequency
    >>> y_true = np.array([[1, 0], [1, 1], [0, 1], [1, 0]])
    >>> y_pred = np.array([[1, 0], [1, 0], [0, 1], [1, 0]])
    >>> scores = f1_by_frequency(y_true, y_pred, counts=[100, 5])
    >>> scores.head.macro, round(scores.tail.macro, 3)
    (1.0, 0.667)
    >>> y_true, y_pred = ["ham", "ham", "spam"], ["ham", "ham", "ham"]
    >>> scores = f1_by_frequency(y_true, y_pred, counts=[100, 5], labels=["ham", "spam"])
    >>> scores.head.macro, scores.tail.macro
    (0.8, 0.0)
    """
    pair = read_labels_alike(y_true, y_pred, labels)
    counts = check_counts(counts, len(pair.classes))
    scores = Bunch()
    for part, chosen in parts_of(counts, bounds).items():
        params = {"sample_weight": sample_weight, "zero_division": 0}
        scores[part] = Bunch(n_labels=int(chosen.sum()))
        for average in ("micro", "macro"):
            has_labels = chosen.any()
            score = f1_of(pair, chosen, average=average, **params) if has_labels else np.nan
            scores[part][average] = score
    return scores


def parts_of(counts, bounds):
    """Return masks of the labels in the head, the middle and the tail."""
    low, high = bounds
    if not low < high:
        raise ValueError(f"bounds must be two numbers in ascending order; got {bounds!r}.")
    head, tail = counts >= high, counts <= low
    return dict(zip(PARTS, (head, ~head & ~tail, tail), strict=True))


def f1_of(pair, chosen, *, average, **params):
    """Compute F1 of some labels, where a single column is a matrix of one label."""
    if pair.true.ndim == 2 and pair.true.shape[1] == 1:
        return float(f1_score(pair.true[:, 0], pair.predicted[:, 0], **params))
    numbers = np.flatnonzero(chosen)
    return float(f1_score(pair.true, pair.predicted, labels=numbers, average=average, **params))
