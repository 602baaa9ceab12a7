"""Resampling, weights and a validation set around any classifier."""

from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state

from sktext._class_weights import SCHEMES
from sktext._component import MAX_SEED, resolve
from sktext._labels import labels_already_read
from sktext._sklearn import num_samples
from sktext._training._hold_out import hold_out_rows
from sktext._training._resample import resample
from sktext._training._weights import weigh_rows
from sktext._typing import LabelsLike, RandomState, RowsLike
from sktext._user_warnings import warn
from sktext._validation import HasMethods, Interval, StrOptions, fit_context
from sktext.meta._all_or_nothing import all_or_nothing
from sktext.meta._inner_fit import (
    VALIDATION,
    RoutesToEstimator,
    encode_validation,
    encoded,
    fit_parameters,
    labelled_rows,
    last_part,
    params_of_rows,
)
from sktext.meta._predicting import PredictsByEstimator
from sktext.sampling import SAMPLERS, EpochSampler


class RebalancedClassifier(
    PredictsByEstimator, RoutesToEstimator, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    """Fit any classifier on resampled and weighted rows.

    Use it for classifiers and pipelines of other packages, where imbalanced-learn's Pipeline
    refuses texts and loses sample weights. It is not needed around a classifier of this
    package, whose ``sampler``, ``reweight`` and ``class_weight`` do the same more simply.
    Resampling without ``reweight`` biases probabilities; often a threshold
    (``TunedThresholdClassifierCV``) is all that is needed.

    The order is fixed: split off a validation set, resample, reweight, fit.

    Parameters
    ----------
    estimator : classifier or Pipeline
        Cloned and fitted.
    sampler : imbalanced-learn sampler or str, default=None
        Resamples the training rows; a name from ``sktext.sampling.SAMPLERS``, or a sampler.
        Texts need a sampler that selects rows by label or reads texts.
    reweight : bool, default=False
        Whether resampled rows are weighted such that the class proportions stay the original
        ones.
    class_weight : {"balanced", "inverse", "effective"} or dict, default=None
        Weight of each class, computed from the rows that are fitted; multiplies the
        sample weights. Must be None for multilabel targets.
    validation_fraction : float, default=None
        Fraction of the rows, in (0, 1), that is split off before resampling and passed to
        the classifier as ``X_val`` and ``y_val``.
    random_state : int, RandomState instance or None, default=None
        Seed of the validation set and of the sampler.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        Its labels.
    sample_indices_ : ndarray of shape (n_fitted,) or None
        The row of X that each fitted row comes from; None if the sampler does not know.

    See Also
    --------
    sktext.sampling.prior_shift : Corrects probabilities afterwards.

    Notes
    -----
    With metadata routing, the classifier must request what it gets:
    ``estimator.set_fit_request(sample_weight=True)``. Without it, weights go to the last
    step of a Pipeline.

    References
    ----------
    .. [1] Lemaître et al., "Imbalanced-learn: A Python Toolbox to Tackle the Curse of
       Imbalanced Datasets in Machine Learning", JMLR 2017.
       https://jmlr.org/papers/v18/16-365

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.meta import RebalancedClassifier
    >>> texts, labels = make_imbalanced_texts(300, random_state=0)
    >>> pipeline = make_pipeline(TfidfVectorizer(), MultinomialNB())
    >>> clf = RebalancedClassifier(pipeline, sampler="over", random_state=0)
    >>> clf.fit(texts, labels).predict(["I cannot sign in"])
    array(['account'], dtype='<U8')
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "sampler": [StrOptions(set(SAMPLERS)), HasMethods(["fit_resample"]), None],
        "reweight": ["boolean"],
        "class_weight": [StrOptions(set(SCHEMES)), dict, None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        sampler: Any = None,
        reweight: bool = False,
        class_weight: str | dict[Any, float] | None = None,
        validation_fraction: float | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.reweight = reweight
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.random_state = random_state

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
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, resampled with them.
        **params : dict
            Additional arguments of the classifier's ``fit``; those with an entry per row are
            resampled with the rows.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If validation rows are both given and to be split off, or the sampler cannot
            resample what it is given.
        """
        part, self._labels = encoded(labelled_rows(X, y, sample_weight))
        X, labels = part.X, self._labels
        params = encode_validation(labels, params)
        rng = check_random_state(self.random_state)
        rows = np.arange(len(part.target))
        given = {"X_val", "y_val"} & set(params)
        if self.validation_fraction is not None:
            if given:
                raise ValueError(
                    f"{sorted(given)} are given, and validation_fraction="
                    f"{self.validation_fraction} would hold out others; give one of the two."
                )
            rows, validation_rows = hold_out_rows(part.target, self.validation_fraction, rng)
            validation = part.take(validation_rows)
            target = labels.decode_target(validation.target)
            params = {**params, "X_val": validation.X, "y_val": target}
            part = part.take(rows)
        elif not given:
            self._warn_of_copies()
        part, picked = self._resample(part, labels, rng)
        self.sample_indices_ = None if picked is None else rows[picked]
        params = self._params_of_rows(X, params)
        weight = self._weights(part, labels)
        target = labels.decode_target(part.target)
        params = fit_parameters(self, self.estimator, weight, params)
        with labels_already_read():
            self.estimator_ = clone(self.estimator).fit(part.X, target, **params)
        return self

    def _resample(self, part, labels, rng):
        if self.sampler is None:
            return part, np.arange(len(part.target))
        sampler = resolve(self.sampler, SAMPLERS, "sampler")
        if isinstance(sampler, EpochSampler):
            raise ValueError(
                f"sampler={self.sampler!r} draws rows for every epoch, which only the classifiers "
                "of sktext can do; give it to one of them, or take 'over' or 'under'."
            )
        seed = rng.randint(MAX_SEED)
        return resample(sampler, part, classes=labels.classes, reweight=self.reweight, seed=seed)

    def _params_of_rows(self, X, params):
        """Resample arguments of ``fit`` with an entry per row as the rows were."""
        if self.sample_indices_ is not None:
            return params_of_rows(X, params, self.sample_indices_)
        others = [name for name in params if last_part(name) not in VALIDATION]
        per_row = [name for name in others if is_per_row(params[name], X)]
        if per_row:
            raise ValueError(
                f"{self.sampler!r} makes new rows, for which there is no {per_row[0]}; use a "
                "sampler that picks rows, such as RandomOverSampler."
            )
        return params

    def _weights(self, part, labels):
        if self.class_weight is None:
            return part.weight
        if labels.task == "multilabel":
            raise ValueError(
                f"class_weight={self.class_weight!r} weighs labels, not rows, if y is multilabel; "
                "give it to a classifier of sktext itself."
            )
        return weigh_rows(labels, part, self.class_weight)

    def _warn_of_copies(self):
        inner = self.estimator.get_params().get("early_stopping", False)
        if inner and self.sampler is not None:
            warn(
                "The classifier stops early on rows that it holds out after resampling, copies of "
                "training rows among them; set validation_fraction, so that they are held out "
                "before."
            )


def is_per_row(value, X):
    """Check whether a parameter has an entry per row."""
    return not isinstance(value, str) and hasattr(value, "__len__") and len(value) == num_samples(X)
