"""What every classifier does to fit, in the order it does it."""

from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.metrics import get_scorer_names
from sklearn.utils import check_random_state

from sktext._class_weights import SCHEMES
from sktext._component import MAX_SEED, NamedParts, resolve
from sktext._labels import TASKS, Labels, named_classes, read_labels
from sktext._loss_hints import hint_of_loss
from sktext._sklearn import CallbackSupportMixin, num_samples
from sktext._training import _optimizers
from sktext._training._hold_out import hold_out_rows
from sktext._training._lr_schedules import LR_SCHEDULES
from sktext._training._parts import Part
from sktext._training._sklearn_callbacks import as_fit_task
from sktext._training._steps import HALF
from sktext._training._trainer import TrainingMixin
from sktext._validation import (
    HasMethods,
    Interval,
    StrOptions,
    check_numbers,
    check_parameters,
    check_same_length,
    check_sample_weight,
    fit_context,
)
from sktext.classifiers._predicting import PredictingMixin
from sktext.losses import LOSSES, Loss
from sktext.sampling import SAMPLERS, EpochSampler


def hint_of_dtype(dtype):
    """Say where half precision is for, if a network takes none."""
    if dtype in HALF:
        return f"dtype={dtype!r} is mixed precision, for networks that read sequences of tokens."
    return None


class BaseTorchClassifier(
    TrainingMixin, PredictingMixin, CallbackSupportMixin, ClassifierMixin, NamedParts
):
    """Shared part of the classifiers; a subclass says what X is and what the network is.

    A subclass writes ``_check_X``, ``_fit_features``, ``_transform_features`` and
    ``make_module``, and spells out its whole signature.
    """

    # Whether the network reads tokens, not columns of numbers.
    _reads_tokens = False
    _parts = {"loss": LOSSES, "sampler": SAMPLERS}
    _parameter_hints = {"loss": hint_of_loss, "dtype": hint_of_dtype}
    _parameter_constraints = {
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

    def _check_X(self, X, reset, name="X"):
        """Check X, called ``name`` in messages, and return it as a list or a matrix."""
        raise NotImplementedError

    def _fit_features(self, X, target):
        """Learn the features from the training rows and return their matrix."""
        raise NotImplementedError

    def _transform_features(self, X):
        """Return the features of checked rows."""
        raise NotImplementedError

    def make_module(self, n_features, n_outputs, row_norm, seed):
        """Make the network."""
        raise NotImplementedError

    def _validate_params(self):
        check_parameters(self)
        check_numbers(self)

    @fit_context(prefer_skip_nested_validation=False)
    @as_fit_task
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None):
        """Fit the classifier.

        The order is fixed: validate, hold out, learn the features from the training
        part, resample, weigh, start the biases, train. Nothing of the held-out part
        reaches vocabulary, document frequencies, resampling or weights.

        Parameters
        ----------
        X : array-like
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels of any type; or several per row, as an indicator matrix (dense, sparse
            or a data frame), in which -1 stands for not observed, or as sets of labels.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts; rows of weight zero are left out altogether.
        X_val, y_val : array-like, default=None
            Rows to watch instead of a part of X. They decide when to stop with
            ``early_stopping=True`` only; without, ``history_`` has their loss, and their
            score if there is ``scoring``. In a Pipeline, name ``X_val`` in its
            ``transform_input``.

        Returns
        -------
        self : object
        """
        fresh = not (self.warm_start and hasattr(self, "net_"))
        rng = check_random_state(self.random_state)
        part, held = self._split_rows(X, y, sample_weight, X_val, y_val, rng, fresh=fresh)
        self._train(part, held, rng, fresh=fresh)
        return self

    def _split_rows(self, X, y, sample_weight, X_val, y_val, rng, *, fresh):
        """Check the rows, and hold some out."""
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val belong together; give both or neither.")
        part = self._check_rows(X, y, sample_weight, fresh=fresh)
        self._labels.refuse_unobserved(part.target)
        return self._hold_out(part, X_val, y_val, rng.randint(MAX_SEED))

    @fit_context(prefer_skip_nested_validation=False)
    @as_fit_task
    def partial_fit(self, X, y, classes=None, sample_weight=None, *, X_val=None, y_val=None):
        """Train one pass over the given rows, going on from the last call.

        The features are learned from the first rows given. ``lr_schedule`` is for ``fit``,
        which knows how long training is; here the step size stays what it is until
        ``set_params(lr=...)`` changes it, and the optimizer keeps what it remembers. Where
        steps should decay, as they should in a long stream, lower ``lr`` between the calls.
        ``history_`` has the last thousand passes, ``n_iter_`` counts all.

        A copy from a file, too, goes on as if nothing had been with ``keep_optimizer=True``;
        without, its optimizer begins anew.

        Parameters
        ----------
        X : array-like
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come; needed on the first call unless ``y`` has
            them all.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts.
        X_val, y_val : array-like, default=None
            Rows to watch: ``history_`` has their loss after each pass, and their score if
            there is ``scoring``.

        Returns
        -------
        self : object
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
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val belong together; give both or neither.")
        fresh = not hasattr(self, "net_")
        part = self._check_rows(X, y, sample_weight, fresh=fresh, classes=classes, online=True)
        part, held = self._hold_out(part, X_val, y_val, None)
        self._train(part, held, check_random_state(self.random_state), fresh=fresh, online=True)
        return self

    def _check_rows(self, X, y, sample_weight, *, fresh, classes=None, online=False):
        X = self._check_X(X, reset=fresh)
        classes = None if classes is None else named_classes(classes)
        rows = read_labels(y, classes=classes) if fresh else self._labels.read(y)
        check_same_length(num_samples(X), rows)
        weight = check_sample_weight(sample_weight, X)
        part = Part(X, rows, weight)
        if weight is not None:
            part = part.rows(np.flatnonzero(weight)) if not weight.all() else part
            part = part._replace(weight=part.weight / part.weight.mean())
        if fresh:
            labels = Labels.learn(part.target, classes, online=online)
            self._check_task(labels.task)
            vars(self).pop("net_", None)  # what was fitted to other labels is no use from here
            self._labels, self.classes_ = labels, labels.classes
        else:
            self._refuse_other_network()
            self._labels.refuse_other_classes(classes)
        part = part._replace(target=self._labels.encode(part.target))
        self._check_cells(part.target)
        return part

    def _refuse_other_network(self):
        """Say which parameters cannot change while training goes on."""
        now = self._network_now()
        changed = [name for name in now if now[name] != self._network[name]]
        if changed:
            raise ValueError(
                f"{', '.join(changed)} changed since the first fit, but training goes on with the "
                "network that was made then; fit anew with warm_start=False."
            )

    def _check_loss(self, target):
        """Check that the loss takes the labels that were learned."""
        self._check_task(self._labels.task)
        self._check_cells(target)

    def _check_task(self, task):
        loss = resolve(self.loss, LOSSES, "loss")
        if task not in loss.tasks:
            others = [name for name, other in LOSSES.items() if task in other().tasks]
            raise ValueError(
                f"loss={self.loss!r} takes {' or '.join(loss.tasks)} labels; got {task} ones. "
                f"Losses for {task}: {', '.join(map(repr, others))}."
            )

    def _check_cells(self, target):
        """Refuse cells that were not observed where the loss cannot leave them out."""
        loss = resolve(self.loss, LOSSES, "loss")
        if self._labels.task == "multilabel" and (target < 0).any() and not loss.weighs_labels:
            others = [
                name
                for name, other in LOSSES.items()
                if "multilabel" in other().tasks and other().weighs_labels
            ]
            raise ValueError(
                f"y has -1, labels that were not observed, and loss={self.loss!r} has one value "
                f"for all labels of a row. Losses that can leave some out: "
                f"{', '.join(map(repr, others))}."
            )

    def _hold_out(self, part, X_val, y_val, seed):
        if X_val is not None:
            X_val = self._check_X(X_val, reset=False, name="X_val")
            rows = self._labels.read(y_val, "y_val")
            check_same_length(num_samples(X_val), rows, "y_val", "X_val")
            target = self._labels.encode(rows, "y_val")
            self._check_cells(target)
            return part, Part(X_val, target, None)
        if not self.early_stopping:
            return part, None
        rng = np.random.RandomState(seed)
        rows, held = hold_out_rows(part.target, self.validation_fraction, rng)
        return part.rows(rows), part.rows(held)

    def __getstate__(self):
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
        """Name the kinds of labels that the loss takes; of an unknown loss, ``fit`` speaks."""
        known = isinstance(self.loss, str) and self.loss in LOSSES
        return getattr(LOSSES[self.loss]() if known else self.loss, "tasks", TASKS)
