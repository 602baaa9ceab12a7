"""The base of the classifiers, with their methods that fit."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer_names

from sktext._class_weights import SCHEMES
from sktext._component import NamedParts
from sktext._labels import TASKS
from sktext._loss_hints import hint_of_loss
from sktext._sklearn import CallbackSupportMixin, fit_context_of_sklearn
from sktext._training import _optimizers
from sktext._training._checkpoints import find_checkpoint, refuse_checkpoint
from sktext._training._context import training_context
from sktext._training._lr_schedules import LR_SCHEDULES
from sktext._training._net import HALF
from sktext._training._sklearn_callbacks import fit_task
from sktext._training._trainer import Trainer
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import (
    HasMethods,
    Interval,
    StrOptions,
    check_numbers,
    check_parameters,
)
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._predicting import PredictingMixin
from sktext.losses import LOSSES, Loss
from sktext.sampling import SAMPLERS, EpochSampler


def hint_of_dtype(dtype):
    """Return a hint which networks take half precision, or None."""
    if dtype in HALF:
        return f"dtype={dtype!r} is mixed precision, for networks that read sequences of tokens."
    return None


@classifier_dataclass
class BaseTorchClassifier(PredictingMixin, CallbackSupportMixin, ClassifierMixin, NamedParts):
    """Base of all classifiers: a subclass says what its features and its network are.

    Use it for a classifier of your own on rows of numbers; a subclass writes ``make_module``,
    ``_make_features`` and ``_make_network``, and has a field for each parameter of its own. Do
    not use it for networks of tokens, which have :class:`BaseSequenceClassifier`.

    Parameters
    ----------
    {all_parameters}

    See Also
    --------
    TorchClassifier : The shortest of its subclasses.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.classifiers import BaseTorchClassifier
    >>> issubclass(TfidfTorchClassifier, BaseTorchClassifier)
    True
    """

    _: KW_ONLY
    loss: str | Loss = "cross_entropy"
    class_weight: str | dict | None = None
    sampler: str | BaseEstimator | None = None
    reweight: bool = False
    bias_init: str = "auto"
    optimizer: str | Callable = "auto"
    lr: float | str = "auto"
    weight_decay: float | str = "auto"
    lr_schedule: str | Callable | None = None
    max_epochs: int = 10
    batch_size: int = 128
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 5
    scoring: str | Callable | None = None
    callbacks: list | tuple | None = None
    warm_start: bool = False
    keep_optimizer: bool = False
    device: str | torch.device = "auto"
    dtype: str = "float32"
    random_state: int | np.random.RandomState | None = None
    verbose: int = 0
    net_params: dict | None = None

    # Of these, what the network is made from, which cannot change while it trains on.
    _network_params: ClassVar[tuple[str, ...]] = ("dtype", "device")
    # Epochs of ``max_epochs="auto"`` on many rows, for the classifiers that take it.
    _fewest_epochs: ClassVar[int | None] = None
    _parts = {"loss": LOSSES, "sampler": SAMPLERS}
    # Texts of parameters that are something else for some classifiers.
    _parameter_texts: ClassVar[dict[str, str]] = {}
    _parameter_hints = {"loss": hint_of_loss, "dtype": hint_of_dtype}
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "loss": [str, Loss],
        "class_weight": [StrOptions(set(SCHEMES)), dict, None],
        "sampler": [str, HasMethods(["fit_resample"]), EpochSampler, None],
        "reweight": ["boolean"],
        "bias_init": [StrOptions({"auto", "prior", "zero"})],
        "optimizer": [StrOptions({"auto", *_optimizers.OPTIMIZERS}), callable],
        "lr": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "weight_decay": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "lr_schedule": [StrOptions(set(LR_SCHEDULES)), callable, None],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "callbacks": [list, tuple, None],
        "warm_start": ["boolean"],
        "keep_optimizer": ["boolean"],
        "device": [str, torch.device],
        "dtype": [StrOptions({"float32", "float64"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "net_params": [dict, None],
    }

    def _make_features(self):
        """Make the features of rows; subclasses must implement it.

        Returns
        -------
        features : Features
            With the fitted attributes of an earlier fit.
        """
        raise NotImplementedError

    def _make_network(self):
        """Make the object that makes and trains the network; subclasses must implement it.

        Returns
        -------
        network : Network
        """
        raise NotImplementedError

    def _validate_params(self):
        check_parameters(self)
        check_numbers(self)

    @fit_context_of_sklearn(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: RowsLike,
        y: LabelsLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: RowsLike | None = None,
        y_val: LabelsLike | None = None,
    ) -> Self:
        """Fit the classifier.

        The order is fixed: check the rows, split off validation rows, learn the features from
        the training rows, resample, compute weights, set the start biases, train. Validation
        rows have no effect on vocabulary, document frequencies, resampling or weights.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Training rows: a matrix, or texts, which may be in a data frame with other columns.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels of any type; or several per row, as an indicator matrix (dense, sparse
            or a data frame), in which -1 stands for not observed, or as sets of labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows; rows of weight zero are left out.
        X_val : array-like of shape (n_validation,) or (n_validation, n_features), default=None
            Validation rows to use instead of a fraction of ``X``. They stop training only
            with ``early_stopping=True``; otherwise ``history_`` has their loss, and their
            score if there is ``scoring``. In a Pipeline, name ``X_val`` in its
            ``transform_input``.
        y_val : array-like of shape (n_validation,) or (n_validation, n_labels), default=None
            Labels of the validation rows.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        with fit_task(self, X, y, sample_weight, self.max_epochs), training_context():
            trainer = Trainer(self, resume=self.warm_start)
            train, validation, rng = trainer.read(X, y, sample_weight, X_val, y_val)
            checkpoint = find_checkpoint(self, train, validation)
            run = trainer.prepare(train, validation, rng)
            trainer.train(run, checkpoint)
        return self

    @fit_context_of_sklearn(prefer_skip_nested_validation=False)
    def partial_fit(
        self,
        X: RowsLike,
        y: LabelsLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: RowsLike | None = None,
        y_val: LabelsLike | None = None,
    ) -> Self:
        """Train one pass over the given rows, resuming from the last call.

        The features are learned from the rows of the first call. ``lr_schedule`` is for
        ``fit``, where the length of training is known; here the learning rate is constant
        until ``set_params(lr=...)`` changes it, and the optimizer keeps its state. If the
        learning rate should decay, as it should in a long stream, lower ``lr`` between the
        calls. ``history_`` has the last thousand passes, ``n_iter_`` counts all.

        With ``keep_optimizer=True`` a classifier that was pickled and loaded resumes exactly;
        otherwise its optimizer begins anew.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Training rows, as in ``fit``; those of the first call decide which columns of a data
            frame are read.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will occur; required in the first call unless ``y`` has them all.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.
        X_val : array-like of shape (n_validation,) or (n_validation, n_features), default=None
            Validation rows: ``history_`` has their loss after each pass, and their score if
            there is ``scoring``.
        y_val : array-like of shape (n_validation,) or (n_validation, n_labels), default=None
            Labels of the validation rows.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        if self.early_stopping:
            raise ValueError(
                "partial_fit makes one pass and cannot stop early; set early_stopping=False."
            )
        if isinstance(self.class_weight, str):
            raise ValueError(
                f"class_weight={self.class_weight!r} needs all labels at once, and partial_fit "
                "sees some of them; give a dict of weights."
            )
        refuse_checkpoint(self)
        with fit_task(self, X, y, sample_weight, 1), training_context():
            trainer = Trainer(self, resume=True)
            given = X, y, sample_weight, X_val, y_val
            train, validation, rng = trainer.read(*given, classes=classes, partial=True)
            trainer.train(trainer.prepare(train, validation, rng, partial=True))
        return self

    def __getstate__(self) -> dict[str, Any]:
        if "net_" in vars(self):
            self.net_.keeps_optimizer = self.keep_optimizer
        return super().__getstate__()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tasks = self._tasks_of_loss()
        tags.classifier_tags.multi_class = "multiclass" in tasks
        tags.classifier_tags.multi_label = "multilabel" in tasks
        return tags

    def _tasks_of_loss(self):
        """Return the tasks of the loss; all if it is unknown, of which ``fit`` raises."""
        known = isinstance(self.loss, str) and self.loss in LOSSES
        return getattr(LOSSES[self.loss]() if known else self.loss, "tasks", TASKS)
