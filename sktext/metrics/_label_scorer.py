"""Scorers of scikit-learn for labels in any container."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer, get_scorer_names

from sktext._labels import labels_of
from sktext._labels._indicators import as_columns
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import StrOptions, check_parameters


class LabelScorer(BaseEstimator):
    """Score labels by a scorer of scikit-learn, whatever the labels are in.

    Use it as ``scoring`` of a search, a cross-validation or early stopping where ``y`` holds
    sets, tuples or lists of labels, or single labels in an array of objects, which
    scikit-learn's own scorers cannot read. ``y`` is read as the fitted classifier
    reads it, also inside a Pipeline, a search or another classifier.

    It is not needed where ``y`` is an indicator matrix or an array of str or numbers, and
    does not help the default splitters of scikit-learn: pass
    ``cv=IterativeStratifiedKFold(5)`` or ``KFold(5)`` to a search on sets of labels.

    Parameters
    ----------
    scoring : str or callable, default="f1_macro"
        Name of a scorer of scikit-learn, such as "f1_micro", "f1_samples", "jaccard_macro",
        "accuracy", "average_precision" or "roc_auc"; or a scorer made by ``make_scorer``.

    See Also
    --------
    FrequencyF1Scorer : F1 of rare or of frequent labels.
    label_report : Metrics of all labels in a table.

    Notes
    -----
    A label in ``y`` that the classifier was not fitted on, as may happen in a fold, counts
    as never predicted and always ranked last.

    Examples
    --------
    >>> from sklearn.model_selection import KFold, cross_val_score
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.metrics import LabelScorer
    >>> texts = ["red rose", "blue sea", "red and blue", "grey stone"] * 10
    >>> sets = [{"red"}, {"blue"}, {"red", "blue"}, set()] * 10
    >>> clf = TfidfTorchClassifier(max_epochs=50, random_state=0)
    >>> cross_val_score(clf, texts, sets, cv=KFold(2), scoring=LabelScorer("f1_macro"))
    array([1., 1.])
    """

    _parameter_constraints = {"scoring": [StrOptions(set(get_scorer_names())), callable]}

    def __init__(self, scoring: str | Callable[..., float] = "f1_macro") -> None:
        self.scoring = scoring

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
        y : array-like of shape (n_samples,) or (n_samples, n_labels), or list of n_samples lists
            Labels as in ``fit``.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, for scorers that take them.

        Returns
        -------
        score : float
            The larger, the better.
        """
        check_parameters(self)
        scorer = get_scorer(self.scoring)
        params = {} if sample_weight is None else {"sample_weight": sample_weight}
        labels = labels_of(estimator)
        if labels is None:  # of another package, or told its labels before
            return scorer(estimator, X, y, **params)
        rows = labels.read(y)
        if labels.task != "multilabel":
            return scorer(SingleLabels(estimator, labels), X, rows.values, **params)
        target, n_others = labels_and_others(labels, rows)
        return scorer(LabelColumns(estimator, labels, n_others), X, target, **params)


def labels_and_others(labels, rows):
    """Turn sets or rows of labels into a matrix with additional columns for labels not fitted.

    Returns
    -------
    target : ndarray of shape (n_samples, n_labels + n_others), int64
    n_others : int
    """
    known = labels.encode_known(rows)[0].astype(np.int64)
    if rows.form != "sets":
        return known, 0
    others = sorted({label for row in rows.values for label in row} - set(labels.classes.tolist()))
    columns = [[label in row for row in rows.values] for label in others]
    return np.column_stack([known, *np.array(columns, dtype=np.int64)]), len(others)


class ScoredClassifier(ClassifierMixin, BaseEstimator):
    """A fitted classifier, as a scorer sees it.

    Parameters
    ----------
    estimator : classifier
    labels : Labels
    """

    def __init__(self, estimator, labels):
        self.estimator = estimator
        self.labels = labels

    def __getattr__(self, name):
        if name not in ("predict_proba", "decision_function"):
            raise AttributeError(name)
        answer = getattr(self.estimator, name)  # which says why there is none

        def respond(X):
            return self._shaped(answer(X))

        respond.__name__ = name
        return respond


class SingleLabels(ScoredClassifier):
    """Predicts one label per row in an array that scikit-learn can read."""

    @property
    def classes_(self):
        return self.labels.classes

    def predict(self, X):
        """Predict the labels as their values."""
        return self.labels.read(self.estimator.predict(X), "predict(X)").values

    def _shaped(self, scores):
        return scores


class LabelColumns(ScoredClassifier):
    """Predicts several labels per row as an indicator matrix, or their scores.

    Parameters
    ----------
    estimator, labels : object
        As in ``ScoredClassifier``.
    n_others : int
        Columns of labels that were not fitted.
    """

    def __init__(self, estimator, labels, n_others):
        super().__init__(estimator, labels)
        self.n_others = n_others

    @property
    def classes_(self):
        """Two classes of each label, so that two labels are not taken for two classes."""
        return np.tile([0, 1], (len(self.labels.classes) + self.n_others, 1))

    def predict(self, X):
        """Predict an indicator matrix."""
        rows = self.labels.read(self.estimator.predict(X), "predict(X)")
        return self._with_others(self.labels.encode(rows).astype(np.int64), 0)

    def _shaped(self, scores):
        scores = as_columns(scores)
        return self._with_others(scores, scores.min(initial=0))

    def _with_others(self, columns, value):
        others = np.full((len(columns), self.n_others), value, dtype=columns.dtype)
        return np.concatenate([columns, others], axis=1)
