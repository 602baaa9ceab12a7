"""An ensemble of classifiers, each fitted on a balanced sample of the rows."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._component import MAX_SEED
from sktext._typing import LabelsLike, RandomState, RowsLike
from sktext._validation import HasMethods, Interval, StrOptions, fit_context
from sktext.classifiers import TfidfTorchClassifier
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._inner_fit import (
    RoutesToEstimator,
    encoded,
    fit_parameters,
    inner_of,
    labelled_rows,
)
from sktext.meta._members import balanced_draw, drawn_rows, fit_member, scores_of
from sktext.meta._predicting import KnowsColumns, estimator_has


class BalancedTextBagging(
    RoutesToEstimator, KnowsColumns, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """Average many classifiers, each fitted on as many rows of every class.

    Use it where under-sampling is wanted, for its speed or its even view of the classes,
    without losing what a single sample leaves out. It is not needed where a class weight does
    as well, which is often, at a tenth of the cost.

    Parameters
    ----------
    estimator : classifier, default=None
        Cloned for every member; None is ``TfidfTorchClassifier()``. May be a Pipeline.
    n_estimators : int, default=10
        Number of members, at least 1.
    n_per_class : int or "auto", default="auto"
        Rows drawn of every class, at least 1. "auto" is the size of the smallest class;
        for multilabel targets, the rows divided by the labels.
    replacement : bool, default=True
        Whether rows are drawn with replacement; without, a class that has fewer than
        ``n_per_class`` rows gives them all.
    reweight : bool, default=False
        Whether the drawn rows are weighted such that the class proportions stay the original
        ones.
    oob_score : bool, default=False
        Whether to predict every row by the members that were not fitted on it. The rarest
        class has such rows only if ``replacement=True``.
    n_jobs : int, default=None
        Number of processes; the result is the same for any number.
    random_state : int, RandomState instance or None, default=None
        Seed of the samples and of the members.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted members.
    estimators_samples_ : list of ndarrays of int
        The rows that each member was fitted on.
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or numbers of the label columns.
    oob_score_ : float
        Accuracy on the rows that some member was not fitted on.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        Mean probabilities (or else scores) of those members; NaN for a row that all were
        fitted on.

    See Also
    --------
    RebalancedClassifier : One classifier on one sample.

    References
    ----------
    .. [1] Liu, Wu and Zhou, "Exploratory Undersampling for Class-Imbalance Learning", IEEE
       Transactions on Systems, Man and Cybernetics 2009.
       https://doi.org/10.1109/TSMCB.2008.2007853

    Examples
    --------
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.meta import BalancedTextBagging
    >>> texts, labels = make_imbalanced_texts(300, random_state=0)
    >>> clf = BalancedTextBagging(n_estimators=3, random_state=0).fit(texts, labels)
    >>> clf.predict(["I cannot sign in"])
    array(['account'], dtype='<U8')
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "n_per_class": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "replacement": ["boolean"],
        "reweight": ["boolean"],
        "oob_score": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        n_estimators: int = 10,
        *,
        n_per_class: int | str = "auto",
        replacement: bool = True,
        reweight: bool = False,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.n_per_class = n_per_class
        self.replacement = replacement
        self.reweight = reweight
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit all members.

        Parameters
        ----------
        X : sequence of n_samples rows
            Texts, or a dense or sparse matrix.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows; rows of weight zero are not drawn.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        part = labelled_rows(X, y, sample_weight)
        n_samples = len(part.target)
        kept = np.arange(n_samples) if part.weight is None else np.flatnonzero(part.weight)
        part, self._labels = encoded(part.take(kept))
        self.classes_ = self._labels.classes
        rng = check_random_state(self.random_state)
        seeds = rng.randint(MAX_SEED, size=self.n_estimators)
        draws = [balanced_draw(part, self.n_per_class, self.replacement, seed) for seed in seeds]
        self.estimators_samples_ = [kept[rows] for rows in draws]
        self.estimators_ = Parallel(n_jobs=self.n_jobs)(
            delayed(fit_member)(*self._member_task(part, rows), int(seed))
            for rows, seed in zip(draws, seeds, strict=True)
        )
        if self.oob_score:
            self._predict_out_of_bag(part, draws, kept, n_samples)
        return self

    def default_estimator(self) -> TfidfTorchClassifier:
        """Return the classifier that ``estimator=None`` stands for.

        Returns
        -------
        estimator : TfidfTorchClassifier
            With default parameters.
        """
        return TfidfTorchClassifier()

    def _inner(self):
        """Return one of the members, which are alike."""
        return self.estimators_[0] if hasattr(self, "estimators_") else inner_of(self)

    def _member_task(self, part, rows):
        """Return a classifier, its rows, its labels and the other arguments of its ``fit``."""
        estimator, new = inner_of(self), drawn_rows(part, rows, self.reweight)
        params = fit_parameters(self, estimator, new.weight, {})
        return estimator, new.X, self._labels.decode_target(new.target), params

    def _predict_out_of_bag(self, part, draws, kept, n_samples):
        total, n_members = 0.0, np.zeros(len(part.target))
        for member, rows in zip(self.estimators_, draws, strict=True):
            out = np.setdiff1d(np.arange(len(part.target)), rows)
            scores = np.zeros((len(part.target), len(self.classes_)))
            if len(out):
                scores[out] = scores_of(member, part.take(out).X)
            total = total + scores
            n_members[out] += 1
        known = n_members > 0
        mean = np.full(total.shape, np.nan)
        mean[known] = total[known] / n_members[known, None]
        self.oob_decision_function_ = np.full((n_samples, mean.shape[1]), np.nan)
        self.oob_decision_function_[kept] = mean
        truth = self._labels.decode_target(part.target)[known]
        weight = None if part.weight is None else part.weight[known]
        predicted = self._decide(mean[known])
        self.oob_score_ = accuracy_score(truth, predicted, sample_weight=weight)

    def _mean_scores(self, X):
        check_is_fitted(self)
        parallel = Parallel(n_jobs=self.n_jobs)
        return np.mean(
            parallel(delayed(scores_of)(member, X) for member in self.estimators_), axis=0
        )

    def _decide(self, scores):
        if self._labels.task != "multilabel":
            return self.classes_[scores.argmax(axis=1)]
        threshold = 0.5 if hasattr(self.estimators_[0], "predict_proba") else 0.0
        return (scores > threshold).astype(np.int64)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimators_")

    def predict(self, X: RowsLike) -> NDArray | Any:
        """Predict labels by the mean probabilities, or else the mean scores.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels; several per row are in the kind of container that ``fit`` got.
        """
        scores = self._mean_scores(X)  # first, so that an unfitted classifier says so
        return self._labels.write(self._decide(scores))

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: RowsLike) -> NDArray:
        """Predict the mean of the members' probabilities.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Mean over the members.
        """
        return self._mean_scores(X)
