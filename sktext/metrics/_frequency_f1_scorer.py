"""Scorer of frequent or of rare classes or labels."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sktext._labels import inside, labels_of, read_pair
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import StrOptions, check_parameters
from sktext.metrics._f1_by_frequency import PARTS, f1_by_frequency


class FrequencyF1Scorer(BaseEstimator):
    """Score F1 of the classes or labels that are rare, or frequent, in the training rows.

    Use it as ``scoring`` of a search, a cross-validation or early stopping on a long tail
    of classes or labels. Do not use it where a split may lack the labels of the part, for
    which the score is NaN.

    Parameters
    ----------
    part : {"head", "medium", "tail"}, default="tail"
        Which labels are scored.
    average : {"micro", "macro"}, default="macro"
        How their scores are averaged.
    bounds : tuple of (float, float), default=(8, 35)
        The tail are labels with at most the first number of training rows, the head with
        at least the second.
    counts : array-like of shape (n_labels,), default=None
        Number of training rows of each class or label. None is ``class_counts_`` of the
        classifier, also inside a Pipeline, a search or another classifier. Needed in early
        stopping, where the classifier is not fitted yet.

    See Also
    --------
    f1_by_frequency : All parts at once.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.metrics import FrequencyF1Scorer
    >>> texts, y = make_imbalanced_texts(200, n_classes=6, multilabel=True, random_state=0)
    >>> clf = TfidfTorchClassifier(random_state=0).fit(texts, y)
    >>> bool(0 <= FrequencyF1Scorer("head")(clf, texts, y) <= 1)
    True
    """

    _parameter_constraints = {
        "part": [StrOptions(set(PARTS))],
        "average": [StrOptions({"micro", "macro"})],
        "bounds": [tuple, list],
        "counts": ["array-like", None],
    }

    def __init__(
        self,
        part: str = "tail",
        average: str = "macro",
        *,
        bounds: tuple[float, float] = (8, 35),
        counts: ArrayLike | None = None,
    ) -> None:
        self.part = part
        self.average = average
        self.bounds = bounds
        self.counts = counts

    def __call__(
        self,
        estimator: BaseEstimator,
        X: RowsLike,
        y: LabelsLike,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Score a fitted classifier.

        Parameters
        ----------
        estimator : classifier
            Fitted.
        X : sequence of n_samples rows
            As in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels as in the classifier's ``fit``.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        score : float
            The larger, the better.
        """
        check_parameters(self)
        counts = counted_by(estimator) if self.counts is None else self.counts
        labels = labels_of(estimator) or names_of(estimator)
        # A label that was not fitted has no count, and so no part that it is in.
        y, predicted, _ = read_pair(
            y, estimator.predict(X), labels, ("y", "predict(X)"), drop_others=True
        )
        scores = f1_by_frequency(
            y, predicted, counts, bounds=self.bounds, sample_weight=sample_weight
        )
        return scores[self.part][self.average]


def names_of(estimator):
    """Return the labels of a classifier's columns, or None if it does not name them."""
    classes = getattr(estimator, "classes_", None)
    return classes if np.ndim(classes) == 1 and not isinstance(classes, list) else None


def counted_by(estimator):
    """Find the counts of a classifier: in a Pipeline, a search, or another classifier."""
    while not hasattr(estimator, "class_counts_"):
        inner = inside(estimator)
        if inner is None:
            raise ValueError(
                f"{type(estimator).__name__} has no class_counts_; pass counts= to the scorer, "
                "the number of training rows of each label."
            )
        estimator = inner
    return estimator.class_counts_
