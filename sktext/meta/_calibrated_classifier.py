"""Calibrated probabilities around any classifier."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from sktext._labels._iterative_stratification import warn_of_groups
from sktext._typing import LabelsLike, RandomState, RowsLike, Splitter
from sktext._validation import HasMethods, Interval, StrOptions, fit_context
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._calibration._calibration import calibrate, gather, to_logits
from sktext.meta._calibration._posterior import posterior_of
from sktext.meta._inner_fit import (
    RoutesToSplitter,
    encode_validation,
    encoded,
    labelled_rows,
    route_to_splitter,
    without_weightless,
)
from sktext.meta._out_of_fold import (
    Split,
    fit_and_score,
    lacking_classes,
    splits_of,
    warn_of_lacking,
)
from sktext.meta._predicting import KnowsColumns
from sktext.meta._thresholds._responses import Response


class CalibratedClassifier(
    RoutesToSplitter, KnowsColumns, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """Calibrate the probabilities of any classifier, per label or class.

    Use it where probabilities are read, compared with costs or added up, and the training
    biased them: by a loss such as focal, by weights, or by resampling. It takes pipelines on
    texts, one label per row or several, and classifiers that have decision values only.
    It does not improve the ranking of the rows, and is not needed for labels alone:
    thresholds are chosen by :class:`TunedThresholdsClassifier`, around this one if both are
    wanted.

    The classifier is fitted on parts of the rows and scores the others; the calibration is
    fitted on all of these scores together, by least log loss. Finally the classifier is
    fitted on all rows.

    Parameters
    ----------
    estimator : classifier or Pipeline
        With ``decision_function`` or, failing that, ``predict_proba``; cloned and fitted.
        ``FrozenEstimator`` around a fitted one leaves it as it is, and calibrates it on
        the rows given, which should not be those it was fitted on.
    method : {"temperature", "vector", "sigmoid", "isotonic", "posterior"}, \
            default="temperature"
        "temperature" scales logits: one factor for classes, one per label. "vector"
        scales and shifts them, per class or label. "sigmoid" does so for each class against
        the rest, with Platt's smoothed targets. "isotonic" fits an increasing step function,
        for a thousand rows and more. "posterior" learns nothing and splits no rows: it is
        the formula of the fitted loss of a classifier of this package, corrected for
        ``class_weight`` and ``sampler``, and holds for one that has converged: strong
        ``weight_decay`` biases it.
    min_positives : int, default=10
        Labels with fewer positive or fewer negative rows share one temperature. So do
        classes, except that "temperature" has a single one anyway. At least 1.
    cv : int, splitter or iterable of splits, default=None
        How rows are split; None makes 5 folds, at random and stratified by class or label.
    n_jobs : int, default=None
        Number of fits that run in parallel.
    random_state : int, RandomState instance or None, default=None
        Seed of the split.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on all rows.
    classes_ : ndarray of shape (n_classes,)
        Labels, or names or numbers of the label columns.
    calibrator_ : object
        Its ``predict_proba`` turns scores of shape (n_samples, n_labels), one column for
        two classes, into probabilities.
    fallback_ : ndarray of bool of shape (n_labels,)
        Which labels or classes share a temperature, as they have too few rows; of shape (1,)
        for two classes.

    See Also
    --------
    sktext.metrics.expected_calibration_error : How far off probabilities are, as a number.
    sktext.inspection.ReliabilityDisplay : How far off they are, as a plot.
    sktext.sampling.prior_shift : From the class proportions of training to others.
    sklearn.calibration.CalibratedClassifierCV : One label per row, other ensembles.

    Notes
    -----
    The class proportions are those of the rows. After weights, resampling or logit adjustment
    inside ``estimator``, "vector", "sigmoid" and "isotonic" therefore lead back to the
    fractions of the data; "temperature" cannot, as it does not change them. Where other
    fractions hold, pass the calibrated probabilities on to
    :func:`~sktext.sampling.prior_shift`.

    Sample weights count in the log loss, and in ``fit`` where the classifier takes them.

    References
    ----------
    .. [1] Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
       https://arxiv.org/abs/1706.04599
    .. [2] Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    .. [3] Zadrozny and Elkan, "Transforming Classifier Scores into Accurate Multiclass
       Probability Estimates", KDD 2002. https://doi.org/10.1145/775047.775151

    Examples
    --------
    Oversampling raises the fraction of the rare class; the calibration reverts that, and
    ``prior_shift`` adapts to the fractions of the rows in use:

    >>> import numpy as np
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.meta import CalibratedClassifier
    >>> from sktext.sampling import prior_shift
    >>> texts, labels = make_imbalanced_texts(
    ...     600, n_classes=2, imbalance=9, difficulty=0.6, random_state=0
    ... )
    >>> inner = TfidfTorchClassifier(sampler="over", random_state=0)
    >>> clf = CalibratedClassifier(inner, method="vector", random_state=0).fit(texts, labels)
    >>> fractions = np.array([np.mean(labels == label) for label in clf.classes_])
    >>> proba = clf.predict_proba(texts)
    >>> in_use = prior_shift(proba, source=fractions, target=[0.5, 0.5])
    >>> bool(np.all(in_use.mean(axis=0).min() > proba.mean(axis=0).min()))
    True
    """

    _parameter_constraints = {
        "estimator": [
            HasMethods(["fit", "decision_function"]),
            HasMethods(["fit", "predict_proba"]),
        ],
        "method": [StrOptions({"temperature", "vector", "sigmoid", "isotonic", "posterior"})],
        "min_positives": [Interval(Integral, 1, None, closed="left")],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        method: str = "temperature",
        min_positives: int = 10,
        cv: Splitter = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.min_positives = min_positives
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def classes_(self) -> NDArray:
        """Labels, or names or numbers of the label columns."""
        check_is_fitted(self)
        return self._labels.classes

    @fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(
        self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None, **params: Any
    ) -> Self:
        """Fit the classifier and the calibration.

        Parameters
        ----------
        X : sequence of n_samples rows
            Texts, or a dense or sparse matrix.
        y : array-like or sparse matrix of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix; -1 in it is a label that was not observed.
        sample_weight : array-like of shape (n_samples,), default=None
            Rows of weight 0 are left out.
        **params : dict
            Additional arguments of the classifier's ``fit``; those with an entry per row are
            split with the rows. ``groups`` go to the splitter ``cv``; with metadata routing,
            so does whatever it requests.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If the classifier has no usable scores, or the loss has no posterior.
        """
        frozen = isinstance(self.estimator, FrozenEstimator)
        part = labelled_rows(X, y, sample_weight, self.estimator)
        part, params = without_weightless(part, params)
        part, labels = encoded(part, self.estimator)
        params = encode_validation(labels, params)
        labels.refuse_unobserved(part.target)
        response = Response(self._method_of_scores(), labels, positive=1)
        for_splitter, params = route_to_splitter(self, part.weight, params)
        splits = self._splits(part, labels, for_splitter)
        estimator, scores = fit_and_score(self, part, response, params, splits)
        if self.method == "posterior":
            calibrator = posterior_of(estimator, part, labels)
            fallback = np.zeros(labels.n_outputs, dtype=bool)
        else:
            sample = gather(part, response, splits, scores, knows_all=frozen)
            exclusive = labels.task == "multiclass"
            calibrator, fallback = calibrate(
                self.method, sample, self.min_positives, exclusive=exclusive
            )
        self._labels, self._response = labels, response
        self.estimator_, self.calibrator_, self.fallback_ = estimator, calibrator, fallback
        return self

    def _method_of_scores(self):
        """Name the method that scores come from: logits before probabilities."""
        if hasattr(self.estimator, "decision_function"):
            return "decision_function"
        return "predict_proba"

    def _splits(self, part, labels, params):
        """List the splits; what is not fitted again needs only one, of all rows."""
        if self.method == "posterior":
            warn_of_groups(params.get("groups"), "method='posterior', which splits no rows")
            return []
        if isinstance(self.estimator, FrozenEstimator):
            warn_of_groups(params.get("groups"), "a FrozenEstimator, for which no rows are split")
            everything = np.arange(len(part.target))
            return [Split(everything, everything)]
        rows = part.X, part.target
        splits = splits_of(
            self.cv, labels.task, *rows, self.random_state, params, stratify_labels=True
        )
        if labels.task != "multilabel":
            lacking = lacking_classes(part.target, splits, len(labels.classes)).any(axis=0)
            warn_of_lacking(labels.classes[lacking & (labels.counts(part.target) > 1)].tolist())
        return splits

    def predict_proba(self, X: RowsLike) -> NDArray:
        """Predict calibrated probabilities.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes) or (n_samples, n_labels)
            Rows sum to one where classes exclude each other.
        """
        check_is_fitted(self)
        scores = to_logits(self._response.scores_of(self.estimator_, X), self._response)
        proba = self.calibrator_.predict_proba(scores)
        return np.hstack([1 - proba, proba]) if self._labels.task == "binary" else proba

    def predict(self, X: RowsLike) -> NDArray | Any:
        """Predict the labels of probability above one half, or the most probable class.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Several labels per row are in the kind of container that ``fit`` got.
        """
        proba = self.predict_proba(X)
        if self._labels.task == "multilabel":
            return self._labels.write((proba > 0.5).astype(np.int64))
        return self._labels.classes[proba.argmax(axis=1)]
