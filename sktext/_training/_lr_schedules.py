"""Schedules of the learning rate."""

import math
from functools import partial

import torch
from skorch.callbacks import LRScheduler

LR_SCHEDULES = (
    "step",
    "exponential",
    "cosine",
    "one_cycle",
    "plateau",
    "warmup_linear",
    "warmup_cosine",
)
# Fraction of the steps in which the learning rate rises.
WARMUP = 0.1


def lr_callback(schedule, n_epochs, n_steps, stopper):
    """Make the callback of a learning-rate schedule.

    Parameters
    ----------
    schedule : str or callable
        A name in ``LR_SCHEDULES``; or a torch scheduler class, or a partial of one, called with
        the optimizer.
    n_epochs, n_steps : int
        Number of epochs, and of optimizer steps in an epoch.
    stopper : EarlyStopping or None
        "plateau" monitors the same as it; without it, the loss of the training rows.
    """
    scheduler = torch.optim.lr_scheduler
    given = schedule.keywords if isinstance(schedule, partial) else {}
    policy = schedule.func if isinstance(schedule, partial) else schedule
    if schedule == "plateau" or policy is scheduler.ReduceLROnPlateau:
        by_score = stopper is not None and stopper.monitor == "valid_score"
        params = {"mode": "max" if by_score else "min", "patience": 2} | given
        return Plateau(scheduler.ReduceLROnPlateau, monitor=Monitored(stopper), **params)
    # last_epoch=-1: a warm start begins the schedule again.
    if schedule == "one_cycle":
        steps = n_epochs * n_steps + 1  # torch counts the start as a step
        return EachStep(OneCycle, step_every="batch", total_steps=steps, last_epoch=-1)
    factor = warmup_of(schedule, n_epochs * n_steps)
    if factor is not None:
        return EachStep(scheduler.LambdaLR, step_every="batch", lr_lambda=factor, last_epoch=-1)
    known = {
        "step": (scheduler.StepLR, {"step_size": max(1, n_epochs // 3), "gamma": 0.1}),
        "exponential": (scheduler.ExponentialLR, {"gamma": 0.01 ** (1 / n_epochs)}),
        "cosine": (scheduler.CosineAnnealingLR, {"T_max": n_epochs}),
    }
    policy, params = known[schedule] if isinstance(schedule, str) else (policy, given)
    return LRScheduler(policy, last_epoch=-1, **params)


def warmup_of(schedule, n_steps):
    """Return the factors of a schedule whose learning rate rises first; None of others.

    Parameters
    ----------
    schedule : str, callable or None
    n_steps : int
        All steps of the run.

    Returns
    -------
    factor : Warmup or None
    """
    if schedule not in ("warmup_linear", "warmup_cosine"):
        return None
    return Warmup(n_steps, schedule == "warmup_cosine")


class Monitored:
    """What early stopping monitors, which may change from the score to the loss.

    Parameters
    ----------
    stopper : EarlyStopping or None
    """

    def __init__(self, stopper):
        self.stopper = stopper

    @property
    def name(self):
        """Name in the history."""
        return "train_loss" if self.stopper is None else self.stopper.monitor_

    def __call__(self, net):
        """Return the value of the last epoch."""
        return net.history[-1, self.name]


class Plateau(LRScheduler):
    """Reduce the learning rate when the monitored value no longer improves."""

    def on_epoch_end(self, net, **kwargs):
        """Make a step; smaller values are better once a loss is monitored."""
        if self.lr_scheduler_.mode == "max" and self.monitor.name == "valid_loss":
            params = self.kwargs | {"mode": "min"}
            self.lr_scheduler_ = self.policy_(net.optimizer_, **params)
        super().on_epoch_end(net, **kwargs)


class Warmup:
    """Factor of the learning rate that rises for some steps, and then decreases to zero.

    Parameters
    ----------
    n_steps : int
        All steps of the run.
    cosine : bool
        Whether it decreases along a cosine, or else a line.
    """

    def __init__(self, n_steps, cosine):
        self.n_steps = n_steps
        self.n_rising = max(1, math.ceil(WARMUP * n_steps))
        self.cosine = cosine

    def __call__(self, step):
        """Return the factor of a step, numbered from 0 on; the last step is not yet zero."""
        if step < self.n_rising:
            return (step + 1) / self.n_rising
        n_falling = self.n_steps - self.n_rising + 1
        left = max(0, self.n_steps - step) / n_falling  # a sampler may draw more rows
        return (1 - math.cos(math.pi * left)) / 2 if self.cosine else left


class EachStep(LRScheduler):
    """A schedule with a step per optimizer step, not per batch that only adds gradients."""

    def on_batch_end(self, net, training, batch=None, **kwargs):
        """Make a step if the optimizer has made one."""
        if training and batch[0].last:
            super().on_batch_end(net, training, batch=batch, **kwargs)


class OneCycle(torch.optim.lr_scheduler.OneCycleLR):
    """One cycle up to the learning rate of the optimizer and down again."""

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
        """Make a step; stay at the end if a sampler draws more rows than there are."""
        if self.last_epoch + 1 < self.total_steps:
            super().step(epoch)
