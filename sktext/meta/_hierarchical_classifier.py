"""Any multi-label classifier, fitted to labels of a hierarchy."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._labels import labels_already_read
from sktext._labels._hierarchy import Hierarchy
from sktext._rows import indexable_labels
from sktext._sklearn import num_samples
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import (
    HasMethods,
    StrOptions,
    check_same_length,
    check_sample_weight,
    fit_context,
)
from sktext.losses import LOSSES
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._hierarchical._labels import HierarchicalLabels
from sktext.meta._inner_fit import RoutesToEstimator, check_rows, fit_parameters, last_part
from sktext.meta._members import scores_of
from sktext.meta._predicting import estimator_has

# Log-odds of probabilities of 0 and 1.
MAX_LOG_ODDS = 50.0


class HierarchicalClassifier(
    HierarchicalLabels, RoutesToEstimator, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """Fit a multi-label classifier to labels of a hierarchy, with consistent predictions.

    Use it for labels such as ``"ENTY:animal"``, where rows of one label say something about
    its siblings: one classifier learns the labels of all levels at once. It is not meant
    for labels without a hierarchy, nor needed where only the last level counts and has
    many rows of each label: a plain classifier is as good there.

    Whatever the classifier predicts, a child is never more probable than its parent, and
    predicted labels come with all labels above them.

    Parameters
    ----------
    estimator : classifier
        Takes an indicator matrix for y: any classifier of this package with a multi-label
        loss, or one of scikit-learn's. Cloned; a parameter ``hierarchy`` of its loss that
        is None is set to the one found.
    parents : dict or Hierarchy, default=None
        The parent of each label, as for :class:`sktext.preprocessing.Hierarchy`.
        None takes labels as paths.
    separator : str, default=":"
        Separator of the parts of a path given as a str; not used for tuples.
    coherence : {"raise_parents", "lower_children"}, default="raise_parents"
        How probabilities that contradict the hierarchy are corrected: a parent gets the
        maximum of those below it, or a child the minimum of those above it.
    decision : {"path", "leaf"}, default="path"
        How the label is chosen where each row has one, among those that ended a row in
        training: by the probability of the whole path, all other labels absent, or by
        that of the label itself. Lists of labels are decided at a threshold of 0.5.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    hierarchy_ : Hierarchy
        The hierarchy of the labels.
    classes_ : ndarray of shape (n_labels,)
        The label of each column of the probabilities.

    See Also
    --------
    LocalHierarchicalClassifier : One classifier for the children of each label.
    sktext.losses.MCMLoss : A loss whose probabilities are coherent already in training.

    Notes
    -----
    The path of highest probability is that of the highest sum of log-odds: with
    independent labels, ``P(path) = prod_{a in path} p_a prod_{b not} (1 - p_b)``.

    References
    ----------
    .. [1] Silla and Freitas, "A survey of hierarchical classification across different
       application domains", Data Mining and Knowledge Discovery 22, 2011.
       https://doi.org/10.1007/s10618-010-0175-9

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.meta import HierarchicalClassifier
    >>> texts = ["who wrote it", "who sang it", "how many miles", "how far is it"] * 5
    >>> labels = ["person:writer", "person:singer", "number:count", "number:distance"] * 5
    >>> clf = HierarchicalClassifier(TfidfTorchClassifier(loss="mcm", random_state=0))
    >>> clf.fit(texts, labels).predict(["who wrote that"])
    array(['person:writer'], dtype='<U15')
    >>> clf.predict_paths(["how far"])
    [[('number', 'number:distance')]]
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "parents": [dict, Hierarchy, None],
        "separator": [str],
        "coherence": [StrOptions({"raise_parents", "lower_children"})],
        "decision": [StrOptions({"path", "leaf"})],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        parents: Hierarchy | dict[Any, Any] | None = None,
        separator: str = ":",
        coherence: str = "raise_parents",
        decision: str = "path",
    ) -> None:
        self.estimator = estimator
        self.parents = parents
        self.separator = separator
        self.coherence = coherence
        self.decision = decision

    @fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(
        self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None, **params: Any
    ) -> Self:
        """Fit the classifier.

        Parameters
        ----------
        X : sequence of n_samples rows
            Texts, or a dense or sparse matrix.
        y : array-like of shape (n_samples,), sequence of n_samples lists or sets, or \
                ndarray, sparse matrix or data frame of shape (n_samples, n_labels)
            One label each, several labels, or an indicator matrix with the columns of
            ``parents``, in a data frame by name; -1 is a label that was not observed.
            Labels above those given are added.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.
        **params : dict
            Additional arguments of the classifier's ``fit``; labels ``y_val`` are encoded
            as ``y`` is.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        X = check_rows(X)
        y = indexable_labels(y)
        check_same_length(num_samples(X), y)
        weight = check_sample_weight(sample_weight, X)
        indicator = self._learn_labels(y)
        ends = self.hierarchy_.most_specific(indicator).any(axis=0)
        self._ends = np.flatnonzero(ends)
        given = {name: y for name, y in params.items() if last_part(name) == "y_val"}
        params = {**params, **{name: self._encode(y, name) for name, y in given.items()}}
        estimator = give_hierarchy(clone(self.estimator), self.hierarchy_)
        params = fit_parameters(self, self.estimator, weight, params)
        with labels_already_read():
            self.estimator_ = estimator.fit(X, indicator, **params)
        return self

    def _coherent_scores(self, X):
        check_is_fitted(self)
        scores = scores_of(self.estimator_, X)
        raises = self.coherence == "raise_parents"
        return self.hierarchy_.max_below(scores) if raises else self.hierarchy_.min_above(scores)

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: RowsLike) -> NDArray:
        """Predict the probability of every label of the hierarchy.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_labels)
            No child is more probable than its parent; rows do not sum to one.
        """
        return self._coherent_scores(X)

    def predict_indicator(self, X: RowsLike) -> NDArray:
        """Predict labels as an indicator.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        indicator : ndarray of shape (n_samples, n_labels), int64
            Includes all labels above those predicted.
        """
        scores = self._coherent_scores(X)
        has_proba = hasattr(self.estimator_, "predict_proba")
        if self._form != "one":
            return (scores > (0.5 if has_proba else 0.0)).astype(np.int64)
        above = self.hierarchy_.above()[self._ends]  # (n_ends, n_labels)
        if self.decision == "path":
            by_end = (finite_logit(scores) if has_proba else scores) @ above.T
        else:
            by_end = scores[:, self._ends]
        return above.astype(np.int64).toarray()[by_end.argmax(axis=1)]

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        tags.classifier_tags.multi_label = True
        return tags


def finite_logit(proba):
    """Turn probabilities into log-odds, bounded where these are infinite."""
    return logit(proba).clip(-MAX_LOG_ODDS, MAX_LOG_ODDS)


def give_hierarchy(estimator, hierarchy):
    """Set the hierarchy of every part of a classifier that has none yet.

    Parameters
    ----------
    estimator : classifier
        Changed in place.
    hierarchy : Hierarchy

    Returns
    -------
    estimator : classifier
    """
    params = estimator.get_params(deep=True)
    names = [name for name in params if name.split("__")[-1] == "hierarchy"]
    given = {name: hierarchy for name in names if params[name] is None}
    for name, value in params.items():
        named = name.split("__")[-1] == "loss" and isinstance(value, str) and value in LOSSES
        if named and "hierarchy" in LOSSES[value]().get_params(deep=False):
            given[f"{name}__hierarchy"] = hierarchy
    return estimator.set_params(**given)
