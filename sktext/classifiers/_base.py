"""What every classifier does to fit, in the order it does it."""

from functools import partial
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.metrics import get_scorer_names
from sklearn.utils import check_random_state
from sklearn.utils.validation import _num_samples

from sktext import _optimizers
from sktext._class_weights import SCHEMES
from sktext._component import NamedParts, resolve
from sktext._devices import find_device
from sktext._net import Net
from sktext._validation import (
    HasMethods,
    Interval,
    StrOptions,
    check_same_length,
    check_sample_weight,
    fit_context,
)
from sktext.classifiers import _callbacks, _weights
from sktext.classifiers._hold_out import hold_out_rows
from sktext.classifiers._labels import Labels, check_labels
from sktext.classifiers._parts import Part, row_norm, to_batches, to_rows
from sktext.classifiers._predicting import PredictingMixin
from sktext.losses import LOSSES, Loss
from sktext.modules import SparseRows
from sktext.sampling import SAMPLERS, EpochSampler
from sktext.sampling._resample import resample

MAX_SEED = 2**31 - 1


class BaseTorchClassifier(PredictingMixin, ClassifierMixin, NamedParts):
    """Shared part of the classifiers; a subclass says what X is and what the network is.

    A subclass writes ``_check_X``, ``_fit_features``, ``_transform_features`` and
    ``make_module``, and spells out its whole signature.
    """

    _parts = {"loss": LOSSES, "sampler": SAMPLERS}
    _parameter_constraints = {
        "loss": [StrOptions(set(LOSSES)), Loss],
        "class_weight": [StrOptions(set(SCHEMES)), dict, None],
        "sampler": [StrOptions(set(SAMPLERS)), HasMethods(["fit_resample"]), EpochSampler, None],
        "reweight": ["boolean"],
        "bias_init": [StrOptions({"auto", "prior", "zero"})],
        "optimizer": [StrOptions({"auto", *_optimizers.OPTIMIZERS}), callable],
        "lr": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "weight_decay": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "lr_schedule": [StrOptions(set(_callbacks.LR_SCHEDULES)), callable, None],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
        "callbacks": [list, tuple, None],
        "warm_start": ["boolean"],
        "device": [str, torch.device],
        "dtype": [StrOptions({"float32", "float64"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "net_params": [dict, None],
    }

    def _check_X(self, X, reset):
        """Check X and return it as a list of texts or a matrix."""
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

    @fit_context(prefer_skip_nested_validation=True)
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
            Labels of any type, or an indicator matrix.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts; rows of weight zero are left out altogether.
        X_val, y_val : array-like, default=None
            Rows to watch instead of a part of X; in a Pipeline, name ``X_val`` in its
            ``transform_input``.

        Returns
        -------
        self : object
        """
        fresh = not (self.warm_start and hasattr(self, "net_"))
        part = self._check_rows(X, y, sample_weight, fresh=fresh)
        rng = check_random_state(self.random_state)
        part, held = self._hold_out(part, X_val, y_val, rng.randint(MAX_SEED))
        self._train(part, held, rng, fresh=fresh)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train one pass over the given rows, going on from the last call.

        The features are learned from the first rows given.

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
        fresh = not hasattr(self, "net_")
        part = self._check_rows(X, y, sample_weight, fresh=fresh, classes=classes)
        self._train(part, None, check_random_state(self.random_state), fresh=fresh, online=True)
        return self

    def _check_rows(self, X, y, sample_weight, *, fresh, classes=None):
        X = self._check_X(X, reset=fresh)
        y = check_labels(y)
        n_samples = _num_samples(X)
        check_same_length(n_samples, y)
        weight = check_sample_weight(sample_weight, X)
        part = Part(X, y, weight)
        if weight is not None and not weight.all():
            part = part.rows(np.flatnonzero(weight))
        if fresh:
            self._labels = Labels.learn(part.target, classes)
            self.classes_ = self._labels.classes
            self._check_task()
        return part._replace(target=self._labels.encode(part.target))

    def _check_task(self):
        loss, task = resolve(self.loss, LOSSES, "loss"), self._labels.task
        if task not in loss.tasks:
            others = [name for name, other in LOSSES.items() if task in other().tasks]
            raise ValueError(
                f"loss={self.loss!r} takes {' or '.join(loss.tasks)} labels; got {task} ones. "
                f"Losses for {task}: {', '.join(map(repr, others))}."
            )

    def _hold_out(self, part, X_val, y_val, seed):
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val belong together; give both or neither.")
        if X_val is not None:
            X_val, y_val = self._check_X(X_val, reset=False), check_labels(y_val)
            check_same_length(_num_samples(X_val), y_val, "y_val")
            return part, Part(X_val, self._labels.encode(y_val, "y_val"), None)
        if not self.early_stopping:
            return part, None
        rng = np.random.RandomState(seed)
        rows, held = hold_out_rows(part.target, self.validation_fraction, rng)
        return part.rows(rows), part.rows(held)

    def _train(self, part, held, rng, *, fresh, online=False):
        sampler_seed, net_seed, order_seed = rng.randint(MAX_SEED, size=3)
        learn = self._fit_features if fresh else lambda X, target: self._transform_features(X)
        features = part._replace(X=learn(part.X, part.target))
        part, draw = self._sample(part, features, int(sampler_seed))
        weight = _weights.weigh_rows(self._labels, part.target, part.weight, self.class_weight)
        x = to_rows(part.X, self._torch_dtype)
        if fresh:
            self.net_ = self._make_net(x, part, weight, draw, int(net_seed))
        is_sparse = isinstance(x, SparseRows)
        plan = _optimizers.choose(
            self, self.net_, sparse_rows=is_sparse, online=online, draws=draw is not None
        )
        if plan.full_batch:
            train = self._batches(x.with_transposed() if is_sparse else x, part.target, weight)
        else:
            order = {"batch_size": self.batch_size, "rng": np.random.RandomState(order_seed)}
            if draw is not None:
                order["draw"] = partial(draw, part.target, weight)
            train = self._batches(x, part.target, weight, **order)
        self._run(train, held, plan, online=online)

    def _sample(self, raw, features, seed):
        """Resample the rows, or return them with the draw of each epoch."""
        if self.sampler is None:
            return features, None
        sampler = resolve(self.sampler, SAMPLERS, "sampler")
        if isinstance(sampler, EpochSampler):
            return features, partial(sampler.epoch, reweight=self.reweight)
        how = {"classes": self.classes_, "reweight": self.reweight, "seed": seed}
        if not getattr(sampler, "needs_texts", False):
            return resample(sampler, features, **how)[0], None
        part, _ = resample(sampler, raw, **how)
        return part._replace(X=self._transform_features(part.X)), None

    def _make_net(self, x, part, weight, draw, seed):
        norm = row_norm(x, part.weight)
        if draw is not None:
            rng = np.random.RandomState(seed)
            part, weight = _weights.drawn(part, weight, *draw(part.target, weight, rng=rng))
        loss = resolve(self.loss, LOSSES, "loss")
        n_rows = len(part.target) if part.weight is None else part.weight.sum()
        self.class_counts_ = self._labels.counts(part.target, part.weight)
        loss.build(self._labels.task, self.class_counts_, n_rows)
        _weights.warn_of_double_correction(self, loss)
        module = self.make_module(x.shape[1], self._labels.n_outputs, norm, seed)
        prior = torch.from_numpy(_weights.class_prior(self._labels, part.target, weight))
        bias = _weights.start_bias(loss, self.bias_init, prior)
        if bias is not None and getattr(module, "head", None) is not None:
            with torch.no_grad():
                module.head.bias.copy_(bias)
        params = self.net_params or {}
        return Net(
            module.to(self._torch_dtype),
            criterion=loss,
            n_classes=len(self.classes_),
            device=str(find_device(self.device)),
            **{key: params[key] for key in params if not key.startswith("optimizer__")},
        ).initialize()

    def _run(self, train, held, plan, *, online):
        n_epochs = 1 if online else self.max_epochs
        valid, stopper = None, None
        callbacks = []
        if held is not None:
            weight = _weights.weigh_rows(self._labels, held.target, held.weight, self.class_weight)
            features = self._transform_features(held.X)
            valid = self._batches(to_rows(features, self._torch_dtype), held.target, weight)
            watched = _callbacks.watch(self, held)
            stopper = watched.get("early_stopping")
            callbacks += watched.items()
        if self.lr_schedule and not online:
            monitor = stopper.monitor if stopper else "train_loss"
            schedule = _callbacks.lr_callback(self.lr_schedule, n_epochs, len(train), monitor)
            callbacks.append(("lr_schedule", schedule))
        callbacks += _callbacks.copies(self.callbacks)
        callbacks += _callbacks.log_callbacks(self.verbose, n_epochs)
        self.net_.begin(plan, callbacks, verbose=self.verbose, go_on=online)
        self.net_.train(train, valid, n_epochs)
        self.n_iter_ = len(self.net_.history_)
        self.best_validation_score_ = stopper.best_value if stopper else None

    @property
    def _torch_dtype(self):
        return getattr(torch, self.dtype)

    def _batches(self, x, target, weight, **order):
        multiclass = self._labels.task == "multiclass"
        return to_batches(
            x, target, weight, multiclass=multiclass, dtype=self._torch_dtype, **order
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
