"""One classifier for the children of each label of a hierarchy."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._labels._hierarchy import Hierarchy
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._rows import indexable_labels, take_rows
from sktext._sklearn import num_samples
from sktext._training._rows import Rows
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import (
    HasMethods,
    check_same_length,
    check_sample_weight,
    fit_context,
)
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._hierarchical._labels import HierarchicalLabels
from sktext.meta._inner_fit import RoutesToEstimator, check_rows, fit_parameters, without_weightless
from sktext.meta._predicting import estimator_has

# The parent of the labels at the top; and, as a child, no further step down.
TOP = -1
STOP = -1


class LocalHierarchicalClassifier(
    HierarchicalLabels, RoutesToEstimator, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """Fit a classifier for the children of each label, and predict from the top down.

    Use it as a baseline, or where the features that tell the children of one label apart
    are not those of another. Do not use it where labels have few rows, as classifiers share
    nothing and a mistake at the top is never corrected: use :class:`HierarchicalClassifier`.

    Each row has one label, and each label one parent at most.

    Parameters
    ----------
    estimator : classifier
        Cloned for each label with several children; must take two classes and more.
    parents : dict or Hierarchy, default=None
        The parent of each label, as for :class:`sktext.preprocessing.Hierarchy`.
        None takes labels as paths.
    separator : str, default=":"
        Separator of the parts of a path given as a str; not used for tuples.

    Attributes
    ----------
    estimators_ : dict of {int: classifier}
        The classifiers by the number of the label whose children they tell apart; -1 is the
        top. A label below which all rows have the same child has none.
    hierarchy_ : Hierarchy
        The hierarchy of the labels.
    classes_ : ndarray of shape (n_labels,)
        The label of each column of the probabilities.

    See Also
    --------
    HierarchicalClassifier : One classifier for all labels.

    References
    ----------
    .. [1] Koller and Sahami, "Hierarchically Classifying Documents Using Very Few Words",
       ICML 1997. https://dl.acm.org/doi/10.5555/645526.657130

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.meta import LocalHierarchicalClassifier
    >>> texts = ["who wrote it", "who sang it", "how many miles", "how far is it"] * 5
    >>> labels = ["person:writer", "person:singer", "number:count", "number:distance"] * 5
    >>> clf = LocalHierarchicalClassifier(TfidfTorchClassifier(random_state=0))
    >>> clf.fit(texts, labels).predict(["who wrote that"])
    array(['person:writer'], dtype='<U15')
    >>> len(clf.estimators_)
    3
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "parents": [dict, Hierarchy, None],
        "separator": [str],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        parents: Hierarchy | dict[Any, Any] | None = None,
        separator: str = ":",
    ) -> None:
        self.estimator = estimator
        self.parents = parents
        self.separator = separator

    @fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifiers.

        Parameters
        ----------
        X : sequence of n_samples rows
            Texts, or a dense or sparse matrix.
        y : array-like of shape (n_samples,)
            One label each.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows; rows of weight zero are left out.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If a row has several labels, or a label several parents.
        """
        X = check_rows(X)
        y = indexable_labels(y)
        check_same_length(num_samples(X), y)
        weight = check_sample_weight(sample_weight, X)
        indicator = self._learn_labels(y)
        self._refuse_other_than_trees(indicator)
        part, _ = without_weightless(Rows(X, self._steps_down(indicator), weight), {})
        self.estimators_: dict[int, BaseEstimator] = {}
        self._only_step: dict[int, int] = {}
        for label in (TOP, *np.flatnonzero(~self.hierarchy_.is_leaf).tolist()):
            self._fit_step(label, part)
        return self

    def _refuse_other_than_trees(self, indicator):
        refuse_unobserved_cells(indicator)
        if not self.hierarchy_.is_tree:
            raise ValueError(
                "A label has several parents, so that there are several ways down to it; use "
                "HierarchicalClassifier."
            )
        n_ends = self.hierarchy_.most_specific(indicator).sum(axis=1)
        for row in np.flatnonzero(n_ends != 1)[:1]:
            raise ValueError(
                f"y[{row}] has {n_ends[row]} labels that are not above each other, and one is "
                "needed; use HierarchicalClassifier."
            )

    def _steps_down(self, indicator):
        """Find for each row which step it takes from each label: a child, or a stop.

        Returns
        -------
        steps : ndarray of shape (n_samples, 1 + n_labels)
            -2 where a row does not have the label; the last column is the top.
        """
        steps = np.full((len(indicator), 1 + len(self.hierarchy_)), -2)
        steps[:, :-1][indicator > 0] = STOP
        below_top = np.flatnonzero(self.hierarchy_.levels == 0)
        pairs = [*self.hierarchy_.edges.tolist(), *((TOP, child) for child in below_top)]
        for parent, child in pairs:
            steps[indicator[:, child] > 0, parent] = child
        return steps

    def _fit_step(self, label, part):
        part = part._replace(target=part.target[:, label])
        own = part.take(np.flatnonzero(part.target != -2))
        taken = np.unique(own.target)
        if len(taken) < 2:
            self._only_step[label] = int(taken[0]) if len(taken) else STOP
            return
        params = fit_parameters(self, self.estimator, own.weight, {})
        self.estimators_[label] = clone(self.estimator).fit(own.X, own.target, **params)

    def predict_indicator(self, X: RowsLike) -> NDArray:
        """Predict labels as an indicator, step by step from the top down.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        indicator : ndarray of shape (n_samples, n_labels), int64
            Includes all labels above those predicted.
        """
        check_is_fitted(self)
        X = check_rows(X)
        indicator = np.zeros((num_samples(X), len(self.hierarchy_)), dtype=np.int64)
        left = [(TOP, np.arange(len(indicator)))]
        while left:
            label, rows = left.pop()
            steps = self._predict_step(label, X, rows)
            for child in np.unique(steps[steps != STOP]).tolist():
                indicator[rows[steps == child], child] = 1
                left.append((child, rows[steps == child]))
        return indicator

    def _predict_step(self, label, X, rows):
        if label in self.estimators_ and len(rows):
            return np.asarray(self.estimators_[label].predict(take_rows(X, rows)))
        return np.full(len(rows), self._only_step.get(label, STOP))

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: RowsLike) -> NDArray:
        """Predict the probability of every label: the product of the steps down to it.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_labels)
            No child is more probable than its parent.
        """
        check_is_fitted(self)
        X = check_rows(X)
        proba = np.zeros((num_samples(X), 1 + len(self.hierarchy_)))
        proba[:, TOP] = 1.0
        labels = np.argsort(self.hierarchy_.levels, kind="stable")
        for label in (TOP, *labels.tolist()):
            if label in self.estimators_:
                estimator = self.estimators_[label]
                steps, by_step = estimator.classes_, estimator.predict_proba(X)
                taken = steps != STOP
                proba[:, steps[taken]] = proba[:, [label]] * by_step[:, taken]
            elif self._only_step.get(label, STOP) != STOP:
                proba[:, self._only_step[label]] = proba[:, label]
        return proba[:, :-1]

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimators_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags
