"""Callbacks of the training loop: early stopping, learning rates, progress."""

import copy
import inspect
from functools import partial

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from sklearn.utils.validation import _num_samples
from skorch.callbacks import Callback, LRScheduler, PrintLog
from tqdm.auto import tqdm

from sktext._scorers import check_scorer

LR_SCHEDULES = ("step", "exponential", "cosine", "one_cycle", "plateau")


class Predictions(ClassifierMixin, BaseEstimator):
    """Predictions that are already made, as the fitted classifier a scorer expects."""

    def __init__(self, labels, loss, logits):
        self.labels = labels
        self.loss = loss
        self.logits = logits
        self.classes_ = labels.classes

    def predict(self, X):
        """Give the labels; several per row as an indicator matrix, which scorers can read."""
        return self.labels.decide(self.logits_of(X).numpy())

    def logits_of(self, X):
        """Give the logits, of shape (n_samples, n_outputs), of all rows."""
        if _num_samples(X) != len(self.logits):
            raise ValueError(
                f"scoring must predict all {len(self.logits)} held-out rows at once; got "
                f"{_num_samples(X)} of them."
            )
        return self.loss.final_logits(self.logits.double().cpu())

    def decision_function(self, X):
        """Give the logits in scikit-learn's shape."""
        values = self.logits_of(X).numpy()
        return values[:, 0] if self.labels.task == "binary" else values

    def predict_proba(self, X):
        """Give the probabilities."""
        if not hasattr(self.loss, "predict_proba"):
            raise ValueError(
                f"scoring needs probabilities, and {type(self.loss).__name__} has none; choose "
                "another loss, or a scoring of decisions such as 'f1_macro'."
            )
        loss = copy.deepcopy(self.loss).cpu()  # moving it would move the one that trains
        return loss.predict_proba(self.logits_of(X)).numpy()


class ValidationScore(Callback):
    """Score the held-out rows after each epoch, in the user's own labels.

    Parameters
    ----------
    scoring : str or callable
        scikit-learn scorer.
    labels : Labels
    held : Part
        The held-out rows; their sample weights go to scorers that take some.
    """

    def __init__(self, scoring, labels, held):
        self.scoring = scoring
        self.labels = labels
        self.held = held

    def on_train_begin(self, net, **kwargs):
        self.logits_ = []
        self.scorer_ = get_scorer(self.scoring)
        self.y_ = self.labels.decode_target(self.held.target)
        weighted = self.held.weight is not None and takes_weights(self.scorer_)
        self.params_ = {"sample_weight": self.held.weight} if weighted else {}

    def on_batch_end(self, net, training=False, y_pred=None, **kwargs):
        if not training:
            self.logits_.append(y_pred.detach())

    def on_epoch_end(self, net, **kwargs):
        model = Predictions(self.labels, net.criterion_, torch.cat(self.logits_))
        score = self.scorer_(model, self.held.X, self.y_, **self.params_)
        net.history.record("valid_score", float(score))
        self.logits_ = []


def takes_weights(scorer):
    """Tell whether a scorer takes sample weights."""
    function = getattr(scorer, "_score_func", scorer)  # scikit-learn's wrap a metric
    return "sample_weight" in inspect.signature(function).parameters


class EarlyStopping(Callback):
    """Stop when the held-out rows get no better, and go back to the best weights.

    Parameters
    ----------
    monitor : {"valid_loss", "valid_score"}
    n_iter_no_change : int
        Epochs without improvement after which training stops.
    """

    def __init__(self, monitor, n_iter_no_change):
        self.monitor = monitor
        self.n_iter_no_change = n_iter_no_change

    def on_train_begin(self, net, **kwargs):
        self.best_ = -np.inf
        self.misses_ = 0
        self.state_ = None

    def on_epoch_end(self, net, **kwargs):
        value = net.history[-1, self.monitor]
        gain = -value if self.monitor == "valid_loss" else value
        if gain > self.best_:
            self.best_, self.misses_ = gain, 0
            self.state_ = copy.deepcopy(net.module_.state_dict())
        else:
            self.misses_ += 1
        if self.misses_ >= self.n_iter_no_change:
            net.stop_training = True

    def on_train_end(self, net, **kwargs):
        if self.state_ is not None:
            net.module_.load_state_dict(self.state_)
        self.state_ = None

    @property
    def best_value(self):
        """The best score, or the smallest loss."""
        return -self.best_ if self.monitor == "valid_loss" else self.best_


class Thaw(Callback):
    """Train the embedding, too, once it has been frozen for some epochs.

    Parameters
    ----------
    after : int
        Epochs for which it stays as it was given.
    """

    def __init__(self, after):
        self.after = after

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) > self.after:  # the epoch that begins is counted
            net.module_.embedding.weight.requires_grad_(True)


class Reseed(Callback):
    """Seed torch's global generators before each epoch, for networks that draw from them.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed):
        self.seed = seed

    def on_epoch_begin(self, net, **kwargs):
        torch.manual_seed(self.seed + len(net.history))  # the epoch that begins is counted


class EpochBar(Callback):
    """A progress bar of epochs with the loss beside it."""

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs

    def on_train_begin(self, net, **kwargs):
        self.bar_ = tqdm(total=self.n_epochs, unit="epoch", leave=False)

    def on_epoch_begin(self, net, **kwargs):
        self.bar_.n = max(self.bar_.n, net.first_epoch)  # of a run that goes on

    def on_epoch_end(self, net, **kwargs):
        shown = ("train_loss", "valid_loss", "valid_score")
        values = {name: net.history[-1][name] for name in shown if name in net.history[-1]}
        self.bar_.set_postfix({name: f"{value:.4f}" for name, value in values.items()})
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        self.bar_.close()


def lr_callback(schedule, n_epochs, n_batches, monitor):
    """Make the callback of a learning-rate schedule.

    Parameters
    ----------
    schedule : {"step", "exponential", "cosine", "one_cycle", "plateau"} or callable
        A torch scheduler class, or a partial of one, is called with the optimizer.
    n_epochs, n_batches : int
        Length of training, and of an epoch.
    monitor : str
        What "plateau" watches in the history.
    """
    scheduler = torch.optim.lr_scheduler
    given = schedule.keywords if isinstance(schedule, partial) else {}
    policy = schedule.func if isinstance(schedule, partial) else schedule
    if schedule == "plateau" or policy is scheduler.ReduceLROnPlateau:
        params = {"mode": "max" if monitor == "valid_score" else "min", "patience": 2} | given
        return LRScheduler(scheduler.ReduceLROnPlateau, monitor=monitor, **params)
    # last_epoch=-1: a warm start runs the schedule anew.
    if schedule == "one_cycle":
        steps = n_epochs * n_batches + 1  # torch counts the start as a step
        return LRScheduler(OneCycle, step_every="batch", total_steps=steps, last_epoch=-1)
    known = {
        "step": (scheduler.StepLR, {"step_size": max(1, n_epochs // 3), "gamma": 0.1}),
        "exponential": (scheduler.ExponentialLR, {"gamma": 0.01 ** (1 / n_epochs)}),
        "cosine": (scheduler.CosineAnnealingLR, {"T_max": n_epochs}),
    }
    policy, params = known[schedule] if isinstance(schedule, str) else (policy, given)
    return LRScheduler(policy, last_epoch=-1, **params)


class OneCycle(torch.optim.lr_scheduler.OneCycleLR):
    """One cycle up to the optimizer's own learning rate and down again."""

    def __init__(self, optimizer, total_steps, last_epoch=-1):
        peak = [group["lr"] for group in optimizer.param_groups]
        has_momentum = "betas" in optimizer.defaults or optimizer.defaults.get("momentum")
        super().__init__(
            optimizer,
            max_lr=peak,
            total_steps=total_steps,
            cycle_momentum=bool(has_momentum),
            last_epoch=last_epoch,
        )

    def step(self, epoch=None):
        """Take a step, and stay at the end where a sampler draws more rows than there are."""
        if self.last_epoch + 1 < self.total_steps:
            super().step(epoch)


def watch(estimator, held):
    """Make the callbacks that look at the held-out rows.

    Parameters
    ----------
    estimator : classifier
        With ``scoring``, ``early_stopping`` and ``n_iter_no_change``.
    held : Part
        The held-out rows.

    Returns
    -------
    callbacks : dict of {str: Callback}
    """
    callbacks = {}
    monitor = "valid_loss"
    if estimator.scoring is not None:
        monitor = "valid_score"
        check_scorer(estimator.scoring, "scoring")
        refuse_unobserved(estimator.scoring, held.target)
        callbacks[monitor] = ValidationScore(estimator.scoring, estimator._labels, held)
    if estimator.early_stopping:
        callbacks["early_stopping"] = EarlyStopping(monitor, estimator.n_iter_no_change)
    return callbacks


def refuse_unobserved(scoring, target):
    """Say that scikit-learn's scores know of no label that was not observed."""
    if isinstance(scoring, str) and target.ndim == 2 and (target < 0).any():
        raise ValueError(
            f"scoring={scoring!r} needs all labels of the rows that are watched, and some are -1, "
            "not observed. Leave scoring=None, which watches the loss, or give rows with all "
            "labels as X_val and y_val."
        )


def copies(callbacks):
    """Copy the user's callbacks, which change as they run."""
    return copy.deepcopy(list(callbacks or []))


def look_at_gradients(callbacks):
    """Tell whether callbacks act between gradients and step; few are ready for sparse ones."""
    items = [item[1] if isinstance(item, tuple) else item for item in callbacks or []]
    kinds = [item if isinstance(item, type) else type(item) for item in items]
    for place, kind in enumerate(kinds):
        if not hasattr(kind, "on_grad_computed"):
            raise TypeError(
                f"callbacks[{place}] must be a callback of skorch, or a pair of a name and one; "
                f"got {items[place]!r}."
            )
    return any(kind.on_grad_computed is not Callback.on_grad_computed for kind in kinds)


def log_callbacks(verbose, n_epochs):
    """The callbacks that show progress: a bar at 1, a table from 2 on."""
    if verbose == 1:
        return [("progress", EpochBar(n_epochs))]
    return [("print_log", PrintLog())] if verbose > 1 else []
