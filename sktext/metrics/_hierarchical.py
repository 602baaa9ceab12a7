"""Metrics of labels in a hierarchy, which give partial credit for a near miss."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sktext._labels._hierarchy import Hierarchy
from sktext._labels._hierarchy._encoding import closed_pair
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._typing import LabelsLike
from sktext._validation import weights_or_ones


def hierarchical_precision_recall_f1(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    *,
    hierarchy: Hierarchy | dict[Any, Any] | None = None,
    separator: str = ":",
    sample_weight: ArrayLike | None = None,
) -> tuple[float, float, float]:
    """Compute precision, recall and F1 of labels with all labels above them.

    Use it where a sibling of the true label is a smaller mistake than a label from
    elsewhere: both labels count with all labels above them. Do not use it to compare
    hierarchies, as the score of the same predictions grows with the number of levels.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,), sequence of n_samples lists or sets, \
            or ndarray of shape (n_samples, n_labels)
        One label each, several labels, or an indicator matrix with the columns of
        ``hierarchy``. Labels above those given are added.
    hierarchy : Hierarchy or dict, default=None
        Which label is above which; None takes labels as paths.
    separator : str, default=":"
        Separator of the parts of a path given as a str; not used for tuples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    precision, recall, f1 : float
        In [0, 1]; 0 where there is nothing to divide by.

    Raises
    ------
    ValueError
        If a label is not in the hierarchy, or the numbers of rows differ.

    References
    ----------
    .. [1] Kiritchenko, Matwin, Nock and Famili, "Learning and Evaluation in the Presence
       of Class Hierarchies: Application to Text Categorization", Canadian AI 2006.
       https://doi.org/10.1007/11766247_34

    Examples
    --------
    >>> from sktext.metrics import hierarchical_precision_recall_f1
    >>> hierarchical_precision_recall_f1(["ENTY:animal", "NUM"], ["ENTY:food", "NUM"])
    (0.666..., 0.666..., 0.666...)
    """
    _, true, predicted, weight = read(y_true, y_pred, hierarchy, separator, sample_weight)
    hits, n_true, n_predicted = (
        float(weight @ part.sum(axis=1)) for part in (true & predicted, true, predicted)
    )
    return ratio(hits, n_predicted), ratio(hits, n_true), ratio(2 * hits, n_true + n_predicted)


def hierarchical_f1_score(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    *,
    hierarchy: Hierarchy | dict[Any, Any] | None = None,
    separator: str = ":",
    sample_weight: ArrayLike | None = None,
) -> float:
    """Compute the F1 of labels with all labels above them.

    Use it in searches, as ``make_scorer(hierarchical_f1_score)``. It does not return
    precision and recall: :func:`hierarchical_precision_recall_f1` computes all three.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,), sequence of n_samples lists or sets, \
            or ndarray of shape (n_samples, n_labels)
        As for :func:`hierarchical_precision_recall_f1`.
    hierarchy : Hierarchy or dict, default=None
        Which label is above which; None takes labels as paths.
    separator : str, default=":"
        Separator of the parts of a path given as a str.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    f1 : float
        In [0, 1].

    Examples
    --------
    >>> from sklearn.metrics import make_scorer
    >>> from sktext.metrics import hierarchical_f1_score
    >>> scorer = make_scorer(hierarchical_f1_score, separator="/")
    >>> hierarchical_f1_score([("a", "x")], [("a", "y")])
    0.5
    """
    return hierarchical_precision_recall_f1(
        y_true, y_pred, hierarchy=hierarchy, separator=separator, sample_weight=sample_weight
    )[2]


def level_scores(
    y_true: LabelsLike,
    y_pred: LabelsLike,
    *,
    hierarchy: Hierarchy | dict[Any, Any] | None = None,
    separator: str = ":",
    sample_weight: ArrayLike | None = None,
) -> dict[str, NDArray]:
    """Score each level of a hierarchy by itself.

    Use it to see on which level predictions are wrong. It is not one number, as a search
    needs.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,), sequence of n_samples lists or sets, \
            or ndarray of shape (n_samples, n_labels)
        As for :func:`hierarchical_precision_recall_f1`.
    hierarchy : Hierarchy or dict, default=None
        Which label is above which; None takes labels as paths.
    separator : str, default=":"
        Separator of the parts of a path given as a str.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    scores : dict of {str: ndarray of shape (n_levels,)}
        From the top down: ``"n_labels"``, the number of labels of the level;
        ``"accuracy"``, the fraction of rows with all labels of the level correct, among
        those with a true or predicted label there; ``"f1_micro"``; and ``"f1_macro"``,
        the mean over the labels that occur.

    Examples
    --------
    >>> from sktext.metrics import level_scores
    >>> level_scores(["ENTY:animal", "NUM:date"], ["ENTY:food", "NUM:date"])["accuracy"]
    array([1. , 0.5])
    """
    known, true, predicted, weight = read(y_true, y_pred, hierarchy, separator, sample_weight)
    levels = [
        score_of_level(true[:, columns], predicted[:, columns], weight)
        for columns in (known.levels == level for level in range(known.n_levels))
    ]
    return {name: np.array([level[name] for level in levels]) for name in levels[0]}


def score_of_level(true, predicted, weight):
    """Score the columns of one level."""
    concerned = (true | predicted).any(axis=1)
    correct = concerned & (true == predicted).all(axis=1)
    hits, n_given = weight @ (true & predicted), weight @ true + weight @ predicted
    by_label = [ratio(2 * hit, given) for hit, given in zip(hits, n_given, strict=True) if given]
    return {
        "n_labels": true.shape[1],
        "accuracy": ratio(weight @ correct, weight @ concerned),
        "f1_micro": ratio(2 * hits.sum(), n_given.sum()),
        "f1_macro": float(np.mean(by_label)) if by_label else 0.0,
    }


def read(y_true, y_pred, hierarchy, separator, sample_weight):
    """Encode labels as closed indicators, and check the weights."""
    hierarchy, true, predicted = closed_pair(y_true, y_pred, hierarchy, separator)
    refuse_unobserved_cells(true, "y_true")
    return hierarchy, true > 0, predicted > 0, weights_or_ones(sample_weight, true)


def ratio(part, whole):
    """Divide; 0 where there is nothing to divide by."""
    return float(part / whole) if whole else 0.0
