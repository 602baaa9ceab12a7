"""What every classifier does to train, once rows are checked and set aside."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import torch

from sktext import _threads
from sktext._component import MAX_SEED, resolve
from sktext._devices import find_device
from sktext._fingerprint import fingerprint
from sktext._torch_defaults import on_cpu_by_default, torch_defaults
from sktext._training import _callbacks, _optimizers, _weights
from sktext._training._batches import Batches
from sktext._training._checkpoints import Checkpoint
from sktext._training._convergence import loss_at_start, warn_of_bad_ends
from sktext._training._curvature import column_squares, curvatures
from sktext._training._lr_schedules import lr_callback
from sktext._training._net import Net
from sktext._training._parts import Part, row_norm, to_batches, to_rows
from sktext._training._resample import resample
from sktext._training._sklearn_callbacks import epoch_tasks
from sktext._training._watching import watch
from sktext.losses import LOSSES
from sktext.modules import MLP, SparseRows
from sktext.sampling import SAMPLERS, EpochSampler

# Held-out texts that are looked at together.
VALIDATION_BATCH = 256


@dataclass(frozen=True)
class TrainingRows:
    """What training reads, whatever the loss, the weights and the optimizer are.

    Parameters
    ----------
    part : Part
        Training rows with their features, resampled.
    x : tensor, SparseRows or RaggedTokens
        Their features as the network reads them.
    draw : callable or None
        Draws the rows of an epoch, as ``Batches`` wants it, given targets and weights.
    held : Part or None
        Held-out rows.
    held_x : same type as x, or None
    net_seed, order_seed : int
        Of the start weights and of the order of the rows.
    """

    part: Part
    x: object
    draw: object
    held: Part | None
    held_x: object
    net_seed: int
    order_seed: int

    @cached_property
    def x_with_columns(self):
        """The rows, with what full-batch gradients read where they are sparse."""
        return self.x.with_transposed() if isinstance(self.x, SparseRows) else self.x

    @cached_property
    def column_squares(self):
        """The mean square of each feature where no row counts more than another."""
        return column_squares(self.x, None)


@dataclass(frozen=True)
class TrainingRun:
    """What one loss, with its weights and its optimizer, is trained by.

    Parameters
    ----------
    plan : OptimizerPlan
    train : Batches
    valid : Batches or None
    held : Part or None
    start : float or None
        The loss at the start, where later ones can be compared with it.
    """

    plan: _optimizers.OptimizerPlan
    train: Batches
    valid: Batches | None
    held: Part | None
    start: float | None


class TrainingMixin:
    """Training of a classifier that has ``_labels`` and says what its features are."""

    # Parameters that the network is made from, which cannot change while it trains on.
    _network_params = ("dtype", "device")

    # Whoever predicts or scores under torch.inference_mode may fit there, too.
    @_threads.chooses_threads
    @torch.inference_mode(False)
    @torch.enable_grad()
    def _train(self, part, held, rng, *, fresh, online=False):
        with on_cpu_by_default():
            checkpoint = self._find_checkpoint(part, held, online)
            rows = self._prepare_rows(part, held, rng, fresh=fresh)
            run = self._prepare_run(rows, fresh=fresh, online=online)
            stopper = self._run(run, checkpoint, online=online)
        if fresh and not online:
            warn_of_bad_ends(self, run.start, stopper)

    def _prepare_rows(self, part, held, rng, *, fresh):
        """Learn the features and resample: all that loss, weights and optimizer do not change."""
        sampler_seed, net_seed, order_seed = rng.randint(MAX_SEED, size=3)
        learn = self._fit_features if fresh else lambda X, target: self._transform_features(X)
        features = part._replace(X=learn(part.X, part.target))
        part, draw = self._sample(part, features, int(sampler_seed))
        x = to_rows(part.X, self._torch_dtype)
        held, held_x = self._prepare_held_out(held)
        return TrainingRows(part, x, draw, held, held_x, int(net_seed), int(order_seed))

    def _prepare_run(self, rows, *, fresh, online=False):
        """Weigh the rows, make the network and choose its optimizer."""
        _threads.look()  # large tables are filled with numbers
        part, draw = rows.part, rows.draw
        weight = _weights.weigh_rows(self._labels, part, self.class_weight)
        if not online:
            _weights.warn_of_missing_classes(self._labels, part, self.class_weight)
        start = self._make_or_keep_net(
            rows.x, part, weight, draw, rows.net_seed, fresh=fresh, online=online
        )
        row_wise = not isinstance(rows.x, torch.Tensor)
        row_wise = row_wise and not _callbacks.look_at_gradients(self.callbacks)
        plan = _optimizers.choose(
            self,
            self.net_,
            row_wise=row_wise,
            online=online,
            draws=draw is not None,
        )
        if plan.full_batch:
            plan = replace(plan, curvatures=self._curvatures(rows, weight))
            train = self._batches(rows.x_with_columns, part.target, weight)
        else:
            order = {"batch_size": self.batch_size, "rng": np.random.RandomState(rows.order_seed)}
            if draw is not None:
                order["draw"] = partial(draw, np.maximum(part.target, 0), weight)
            train = self._batches(rows.x, part.target, weight, **order, **self._steps)
        return TrainingRun(plan, train, self._validation(rows), rows.held, start)

    def _curvatures(self, rows, weight):
        """Guess how sharply the loss of a linear model bends along each weight."""
        linear = type(self.net_.module_) is MLP and self.net_.module_.is_linear  # none of your own
        # Losses with probabilities bend like the log of one; margins and labels do not.
        guessed = self.net_.criterion_.proba in ("proper", "invertible")
        if not (linear and guessed) or self._labels.task == "multilabel":
            return None
        squares = rows.column_squares if weight is None else column_squares(rows.x, weight)
        if not torch.isfinite(squares).all():  # which would keep every weight where it starts
            return None
        prior = _weights.class_prior(self._labels, rows.part.target, weight)
        return curvatures(squares, torch.from_numpy(prior))

    # How batches make optimizer steps; sequence classifiers may say more.
    _steps = {}

    def _find_checkpoint(self, part, held, online):
        """Name the file to save the run in, if it is to be saved."""
        return None

    def _prepare_held_out(self, held):
        """Put the held-out rows in the order they will be scored in, with their features."""
        if held is None:
            return None, None
        features = self._transform_features(held.X)
        if self._reads_tokens:
            order = np.argsort(features.lengths, kind="stable")  # so that little is padding
            held, features = held.rows(order), features[order]
        return held, to_rows(features, self._torch_dtype)

    def _validation(self, rows):
        """Put the held-out rows into batches."""
        if rows.held is None:
            return None
        weight = _weights.weigh_rows(self._labels, rows.held, self.class_weight, train=rows.part)
        size = VALIDATION_BATCH if self._reads_tokens else None
        return self._batches(rows.held_x, rows.held.target, weight, batch_size=size)

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

    def _make_or_keep_net(self, x, part, weight, draw, seed, *, fresh, online):
        """Make the network and its loss; give the loss at the start, if there is one."""
        if online and not fresh:
            self.class_counts_ = self.class_counts_ + self._labels.counts(part.target, part.weight)
            return None
        given = x, part.weight
        if draw is not None:
            rng = np.random.RandomState(seed)
            known = np.maximum(part.target, 0)
            part, weight = _weights.drawn(part, weight, *draw(known, weight, rng=rng))
        loss = self._make_loss(part)
        prior = torch.from_numpy(_weights.class_prior(self._labels, part.target, weight))
        self._keep_prior(loss, prior)
        if fresh:
            bias = _weights.start_bias(loss, self.bias_init, prior)
            start = self._loss_at_start(loss, bias, part.target, weight)
            self.net_ = self._make_net(self._make_module(*given, seed), loss, bias)
            self._network = self._network_now()
            # What the loss adds for weights is in the later ones only.
            return start if loss.penalty(self.net_.module_) is None else None
        self.net_.criterion_ = loss.to(self.net_.torch_device)
        return None

    def _loss_at_start(self, loss, bias, target, weight):
        """Compute the loss of the start biases alone."""
        bias = torch.zeros(self._labels.n_outputs) if bias is None else bias
        batches = self._batches(torch.empty(len(target), 0), target, weight)
        return loss_at_start(loss, bias, batches.target, batches.weight)

    def _keep_prior(self, loss, prior):
        """Remember the class shares, where predictions may fall back to them."""

    def _make_loss(self, part):
        loss = resolve(self.loss, LOSSES, "loss")
        n_rows = len(part.target) if part.weight is None else part.weight.sum()
        self.class_counts_ = self._labels.counts(part.target, part.weight)
        counts = self.class_counts_
        if self._labels.task == "multilabel":  # the loss takes what is left of n_rows for negatives
            observed = self._labels.n_observed(part.target, part.weight)
            counts = counts * n_rows / np.where(observed > 0, observed, 1)
        loss.build(self._labels.task, counts, n_rows)
        _weights.warn_of_double_correction(self, loss)
        return loss

    def _network_now(self):
        """Tell the parameters that the network is made from, to see whether they change."""
        return {name: fingerprint(getattr(self, name)) for name in self._network_params}

    def _make_module(self, x, weight, seed):
        """Make the network for the rows that training starts with."""
        norm = row_norm(x, weight)
        with torch_defaults():
            module = self.make_module(x.shape[1], self._labels.n_outputs, norm, seed)
        if isinstance(module, MLP) and isinstance(x, SparseRows):
            module.start_at_zero_but(x)
        return module

    def _make_net(self, module, loss, bias):
        head_bias = getattr(getattr(module, "head", None), "bias", None)
        if bias is not None and head_bias is not None:
            with torch.no_grad():
                head_bias.copy_(bias)
        params = _optimizers.check_net_params(self.net_params)
        return Net(
            module.to(self._torch_dtype),
            criterion=loss,
            n_classes=len(self.classes_),
            device=str(find_device(self.device)),
            **self._net_options,
            **{key: params[key] for key in params if not key.startswith("optimizer__")},
        ).initialize()

    # What a kind of network needs of the net besides.
    _net_options = {}

    def _extra_callbacks(self):
        """Give callbacks that a kind of network needs."""
        return []

    def _run(self, run, checkpoint=None, *, online=False):
        """Train; give what has stopped early, or would have."""
        train, held = run.train, run.held
        n_epochs = 1 if online else self.max_epochs
        watched = {} if held is None else watch(self, held)
        callbacks = [*watched.items()]
        stopper = watched.get("early_stopping")
        if self.lr_schedule and not online:
            schedule = lr_callback(self.lr_schedule, n_epochs, train.n_steps, stopper)
            callbacks.append(("lr_schedule", schedule))
        callbacks += epoch_tasks(self)
        callbacks += self._extra_callbacks()
        callbacks += _callbacks.copies(self.callbacks)
        callbacks += _callbacks.log_callbacks(self.verbose, n_epochs)
        if checkpoint is not None:  # last, to save what the others have done
            callbacks.append(("checkpoint", Checkpoint(checkpoint, train)))
        if self.verbose and run.plan.reason:
            print(f"optimizer='auto' is {run.plan.name!r}: {run.plan.reason}.")
        self.net_.begin(run.plan, callbacks, verbose=self.verbose, go_on=online)
        try:
            self.net_.train(train, run.valid, n_epochs)
        finally:  # what was interrupted is whole, too
            self.n_iter_ = self.net_.n_epochs
            self.best_validation_score_ = stopper.best_value if stopper else None
        if checkpoint is not None:
            checkpoint.unlink(missing_ok=True)
        return stopper

    @property
    def _torch_dtype(self):
        return getattr(torch, self.dtype)

    def _batches(self, x, target, weight, **order):
        multiclass = self._labels.task == "multiclass"
        return to_batches(
            x,
            np.maximum(target, 0),  # what was not observed has weight zero, whatever it is
            weight,
            multiclass=multiclass,
            dtype=self._torch_dtype,
            **order,
        )
