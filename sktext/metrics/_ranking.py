"""Metrics of the labels that are ranked first."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from sklearn.metrics import ndcg_score

from sktext._labels._indicators import as_columns, check_pair, refuse_nan
from sktext._typing import LabelsLike


def precision_at_k(
    y_true: LabelsLike,
    y_score: ArrayLike | list[NDArray],
    *,
    k: int = 5,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Compute the fraction of true labels among the k with the highest scores.

    Use it where people choose from a few labels, or where there are too many labels for
    thresholds. Do not use it where most rows have fewer than k labels, as no classifier
    reaches one there; see :func:`ndcg_at_k`. For labels with equal scores, the mean over all
    their orders is taken.

    Parameters
    ----------
    y_true : array-like or sparse matrix of shape (n_samples, n_labels)
        Indicator matrix; or sets of labels, if ``labels`` is given.
    y_score : array-like of shape (n_samples, n_labels), or list of n_labels arrays of \
            shape (n_samples, 2)
        Probabilities or decision values; a list as some classifiers of scikit-learn
        return.
    k : int, default=5
        Number of labels, from 1 to n_labels.
    labels : array-like of shape (n_labels,), default=None
        Labels of the columns of ``y_score``, such as ``classes_``.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    score : float
        Mean over rows, in [0, 1].

    Raises
    ------
    ValueError
        If shapes do not agree, a score is NaN, or k is out of range.

    Examples
    --------
    >>> from sklearn.metrics import make_scorer
    >>> from sktext.metrics import precision_at_k
    >>> y_score = [[0.9, 0.2, 0.4], [0.1, 0.8, 0.3]]
    >>> precision_at_k([[1, 0, 0], [0, 1, 1]], y_score, k=2)
    0.75
    >>> scorer = make_scorer(
    ...     precision_at_k, response_method=("decision_function", "predict_proba"), k=2
    ... )
    """
    truth, scores = check_scores(y_true, y_score, k, labels)
    last = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k]
    above, tied = scores > last, scores == last
    hits = (truth * above).sum(axis=1)
    room = (k - above.sum(axis=1)) / tied.sum(axis=1)
    per_row = (hits + (truth * tied).sum(axis=1) * room) / k
    return float(np.average(per_row, weights=sample_weight))  # type: ignore[arg-type]


def ndcg_at_k(
    y_true: LabelsLike,
    y_score: ArrayLike | list[NDArray],
    *,
    k: int = 5,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Compute how early the true labels come among the first k, in [0, 1].

    Use it instead of :func:`precision_at_k` where rows have few labels: it is one if all
    labels of a row, or k of them, come first. Do not use it where the order of the first k
    does not matter. Rows without labels count as zero.

    Parameters
    ----------
    y_true : array-like or sparse matrix of shape (n_samples, n_labels)
        Indicator matrix; or sets of labels, if ``labels`` is given.
    y_score : array-like of shape (n_samples, n_labels), or list of n_labels arrays of \
            shape (n_samples, 2)
        Probabilities or decision values.
    k : int, default=5
        Number of labels, from 1 to n_labels.
    labels : array-like of shape (n_labels,), default=None
        Labels of the columns of ``y_score``, such as ``classes_``.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    score : float
        Mean over rows, in [0, 1].

    Raises
    ------
    ValueError
        If shapes do not agree, a score is NaN, or k is out of range.

    See Also
    --------
    sklearn.metrics.ndcg_score : The same for any gains.
    sklearn.metrics.label_ranking_average_precision_score : Precision over all labels.

    Examples
    --------
    >>> from sktext.metrics import ndcg_at_k
    >>> ndcg_at_k([[1, 0, 0], [0, 1, 1]], [[0.9, 0.2, 0.4], [0.1, 0.8, 0.3]], k=2)
    1.0
    """
    truth, scores = check_scores(y_true, y_score, k, labels)
    places = rankdata(scores, axis=1)  # scikit-learn takes no infinite scores
    return float(ndcg_score(truth, places, k=k, sample_weight=sample_weight))


def check_scores(y_true, y_score, k, labels):
    """Check labels and their scores, and return both as arrays."""
    scores = as_columns(y_score)
    truth = check_pair(y_true, scores, "y_score", labels)
    refuse_nan(scores, "y_score")
    if not 1 <= k <= truth.shape[1]:
        raise ValueError(f"k must be from 1 to the number of labels, {truth.shape[1]}; got {k!r}.")
    return truth, scores
