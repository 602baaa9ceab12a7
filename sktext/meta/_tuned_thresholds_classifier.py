"""Thresholds per label and per class around any classifier."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from sktext._component import NamedParts
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._typing import LabelsLike, RandomState, RowsLike, Splitter
from sktext._user_warnings import warn
from sktext._validation import HasMethods, Interval, StrOptions, fit_context
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._inner_fit import (
    RoutesToSplitter,
    encode_validation,
    encoded,
    labelled_rows,
    route_to_splitter,
    without_weightless,
)
from sktext.meta._out_of_fold import fit_and_score, splits_of
from sktext.meta._predicting import PredictsByEstimator
from sktext.meta._thresholds._objectives import CountObjective
from sktext.meta._thresholds._responses import response_of
from sktext.meta._thresholds._tuning import (
    OBJECTIVES,
    objective_of,
    positive_label,
    predict_by,
    tune,
)


class TunedThresholdsClassifier(
    PredictsByEstimator, RoutesToSplitter, ClassifierMixin, MetaEstimatorMixin, NamedParts
):
    """Choose the thresholds of any classifier by cross-validation, per label or class.

    Use it for rare labels and classes: classifiers decide at a probability of one half,
    which a rare label may hardly ever reach, while its F1 is best at a lower threshold. It
    takes pipelines on texts, one label per row or several. It does not improve scores that
    are uninformative, and changes neither rankings nor probabilities, which stay those of
    the classifier.

    The classifier is fitted on parts of the rows and scores the others. Each search looks
    at all thresholds between two of these scores, after one sort. Finally the classifier is
    fitted on all rows.

    Parameters
    ----------
    estimator : classifier or Pipeline
        With ``predict_proba`` or ``decision_function``; cloned and fitted.
        ``FrozenEstimator`` around a fitted one leaves it as it is; use rows that it was not
        fitted on.
    objective : str, FBeta, RecallAtPrecision, Cost or scorer, default="f1_macro"
        What is maximised, for each label, or as a mean over the classes: "f1_macro", "f1",
        "recall_at_precision", "accuracy", one of the objects with a parameter, or any
        scorer of predictions, which is slower. Of two classes "f1_macro" is the mean F1 of
        both, "f1" that of ``pos_label`` alone: on balanced classes it may cost much
        accuracy. A scorer sees the labels of ``y``; of several labels per row, one column of
        ones and zeros after the other. ``pos_label`` and ``labels`` of ``make_scorer`` work
        as in scikit-learn; labels that are not among ``labels`` keep the threshold of the
        classifier.
    strategy : {"auto", "micro_macro", "per_label", "global"}, default="auto"
        How the thresholds of several labels are found. "per_label" searches each by itself
        and averages over the folds, of probabilities their log-odds. "micro_macro" does the
        same, but from the frequent labels to the rare, and also maximises the objective of
        all counts together; then it draws a threshold to those of labels about as frequent,
        the more the fewer rows have the label: safeguards for rare labels. "global" finds
        one threshold for all. "auto" is "micro_macro" for F-beta and scorers, else
        "per_label".
    min_positives : int, default=1
        Labels or classes with fewer rows keep the threshold of the classifier. At least 1.
    at_least_one : bool, default=False
        Whether a row without labels gets the one that is nearest to its threshold.
    pos_label : int, str or bool, default=None
        Which of two classes the objective and the threshold are about; None is the one that
        a scorer names, or the second of ``classes_``.
    response_method : {"auto", "predict_proba", "decision_function"}, default="auto"
        Which method scores come from; "auto" is the first that the classifier has.
    cv : int, splitter or iterable of splits, default=None
        How rows are split; None makes 5 folds, at random and, for one label per row,
        stratified by class.
    n_jobs : int, default=None
        Number of fits that run in parallel.
    random_state : int, RandomState instance or None, default=None
        Seed of the split.
    verbose : int, default=0
        Verbosity of the fits.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on all rows.
    classes_ : ndarray of shape (n_classes,)
        Labels, or numbers of the label columns.
    thresholds_ : ndarray of shape (n_labels,)
        The threshold of each label; scores above it are predicted. Of shape (1,) for two
        classes: the threshold of ``pos_label``. For more, each class has one, and the
        largest ratio of probability to threshold wins, or the largest decision value minus
        threshold.
    fold_thresholds_ : ndarray of shape (n_folds, n_labels)
        The thresholds that were averaged; one row where folds are pooled, NaN where a fold
        has none.
    objective_values_ : ndarray of shape (n_labels,)
        The objective of each label on out-of-fold predictions; a single one for classes.
    best_score_ : float
        Mean of these.
    fallback_ : ndarray of bool of shape (n_labels,)
        Which labels keep the threshold of the classifier: too few rows, an objective that is
        the same at all thresholds, or a class that the training rows of a split lack.

    See Also
    --------
    sklearn.model_selection.TunedThresholdClassifierCV : For two classes, over a grid.

    Notes
    -----
    A fold without a positive row puts the threshold of a label above all its scores, which
    makes the prediction of very rare labels cautious. Rows of several classes, and recall
    at a precision, are pooled over the folds instead.

    Where several thresholds are equally good, the one is taken that changes the fewest
    predictions of the classifier. Where all are, as for a constant or a score that is NaN,
    the classifier's own threshold stays, with a warning.

    Sample weights count in the objective, and in ``fit`` where the classifier takes them.

    References
    ----------
    .. [1] Fan and Lin, "A Study on Threshold Selection for Multi-label Classification",
       National Taiwan University, 2007.
       https://www.csie.ntu.edu.tw/~cjlin/papers/threshold.pdf
    .. [2] Lin et al., "Linear Classifier: An Often-Forgotten Baseline for Text
       Classification", ACL 2023. https://aclanthology.org/2023.acl-short.160

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.multiclass import OneVsRestClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import LinearSVC
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.meta import TunedThresholdsClassifier
    >>> texts, labels = make_imbalanced_texts(300, n_classes=4, multilabel=True, random_state=0)
    >>> pipeline = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LinearSVC()))
    >>> clf = TunedThresholdsClassifier(pipeline, random_state=0).fit(texts, labels)
    >>> clf.thresholds_.shape
    (4,)
    """

    _parts = {"objective": OBJECTIVES}
    _parameter_constraints = {
        "estimator": [
            HasMethods(["fit", "predict_proba"]),
            HasMethods(["fit", "decision_function"]),
        ],
        "objective": [str, CountObjective, callable],
        "strategy": [StrOptions({"auto", "micro_macro", "per_label", "global"})],
        "min_positives": [Interval(Integral, 1, None, closed="left")],
        "at_least_one": ["boolean"],
        "response_method": [StrOptions({"auto", "predict_proba", "decision_function"})],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        objective: str | CountObjective | Callable[..., float] = "f1_macro",
        strategy: str = "auto",
        min_positives: int = 1,
        at_least_one: bool = False,
        pos_label: int | str | bool | None = None,
        response_method: str = "auto",
        cv: Splitter = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.objective = objective
        self.strategy = strategy
        self.min_positives = min_positives
        self.at_least_one = at_least_one
        self.pos_label = pos_label
        self.response_method = response_method
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @property
    def classes_(self) -> NDArray:
        """Labels, or numbers of the label columns."""
        check_is_fitted(self)
        return self._response.labels.classes

    @fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(
        self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None, **params: Any
    ) -> Self:
        """Find the thresholds, and fit the classifier.

        Parameters
        ----------
        X : sequence of n_samples rows
            Texts, or a dense or sparse matrix.
        y : array-like or sparse matrix of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix.
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
            If the classifier has no usable scores, or the objective does not suit ``y``.
        """
        part = labelled_rows(X, y, sample_weight, self.estimator)
        part, params = without_weightless(part, params)
        part, labels = encoded(part, self.estimator)
        params = encode_validation(labels, params)
        refuse_unobserved_cells(part.target)
        objective = objective_of(self.objective, labels.task)
        pos_label = positive_label(objective, labels, self.pos_label)
        response = response_of(self.estimator, self.response_method, labels, pos_label)
        objective = objective.build(labels.task, labels.classes, response.positive)
        for_splitter, params = route_to_splitter(self, part.weight, params)
        rows = part.X, part.target
        splits = splits_of(self.cv, labels.task, *rows, self.random_state, for_splitter)
        estimator, scores = fit_and_score(self, part, response, params, splits)
        how = {"strategy": self.strategy, "min_positives": self.min_positives}
        tuned = tune(part, response, splits, scores, objective, **how)
        self._labels, self._response = labels, response
        self.thresholds_, self.fold_thresholds_ = tuned.thresholds, tuned.by_fold
        self.fallback_, self.objective_values_ = tuned.fallback, tuned.values
        self.best_score_, self.estimator_ = tuned.mean_value, estimator
        if tuned.indifferent:
            warn(
                "The objective has the same value, or none, at all thresholds of "
                f"{tuned.indifferent}; they keep the threshold of the classifier."
            )
        return self

    def predict(self, X: RowsLike) -> NDArray | Any:
        """Predict labels by the thresholds.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels; several per row are in the kind of container that ``fit`` got.
        """
        check_is_fitted(self)
        scores = self._response.scores_of(self.estimator_, X)
        found = predict_by(self.thresholds_, scores, self._response, at_least_one=self.at_least_one)
        return self._labels.write(found)
