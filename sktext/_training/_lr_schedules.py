"""How the step size changes over the epochs."""

from functools import partial

import torch
from skorch.callbacks import LRScheduler

LR_SCHEDULES = ("step", "exponential", "cosine", "one_cycle", "plateau")


def lr_callback(schedule, n_epochs, n_steps, stopper):
    """Make the callback of a learning-rate schedule.

    Parameters
    ----------
    schedule : {"step", "exponential", "cosine", "one_cycle", "plateau"} or callable
        A torch scheduler class, or a partial of one, is called with the optimizer.
    n_epochs, n_steps : int
        Length of training, and steps of the optimizer in an epoch.
    stopper : EarlyStopping or None
        What it watches, "plateau" watches; else the loss of the training rows.
    """
    scheduler = torch.optim.lr_scheduler
    given = schedule.keywords if isinstance(schedule, partial) else {}
    policy = schedule.func if isinstance(schedule, partial) else schedule
    if schedule == "plateau" or policy is scheduler.ReduceLROnPlateau:
        by_score = stopper is not None and stopper.monitor == "valid_score"
        params = {"mode": "max" if by_score else "min", "patience": 2} | given
        return Plateau(scheduler.ReduceLROnPlateau, monitor=Watched(stopper), **params)
    # last_epoch=-1: a warm start runs the schedule anew.
    if schedule == "one_cycle":
        steps = n_epochs * n_steps + 1  # torch counts the start as a step
        return EachStep(OneCycle, step_every="batch", total_steps=steps, last_epoch=-1)
    known = {
        "step": (scheduler.StepLR, {"step_size": max(1, n_epochs // 3), "gamma": 0.1}),
        "exponential": (scheduler.ExponentialLR, {"gamma": 0.01 ** (1 / n_epochs)}),
        "cosine": (scheduler.CosineAnnealingLR, {"T_max": n_epochs}),
    }
    policy, params = known[schedule] if isinstance(schedule, str) else (policy, given)
    return LRScheduler(policy, last_epoch=-1, **params)


class Watched:
    """What early stopping watches, which may change from the score to the loss.

    Parameters
    ----------
    stopper : EarlyStopping or None
    """

    def __init__(self, stopper):
        self.stopper = stopper

    @property
    def name(self):
        """Its name in the history."""
        return "train_loss" if self.stopper is None else self.stopper.monitor_

    def __call__(self, net):
        """Give the value of the last epoch."""
        return net.history[-1, self.name]


class Plateau(LRScheduler):
    """Smaller steps when what is watched gets no better."""

    def on_epoch_end(self, net, **kwargs):
        """Take a step, and look for small values once a loss is watched."""
        if self.lr_scheduler_.mode == "max" and self.monitor.name == "valid_loss":
            params = self.kwargs | {"mode": "min"}
            self.lr_scheduler_ = self.policy_(net.optimizer_, **params)
        super().on_epoch_end(net, **kwargs)


class EachStep(LRScheduler):
    """A schedule that moves on with the optimizer, not with batches that only gather gradients."""

    def on_batch_end(self, net, training, batch=None, **kwargs):
        """Move on if the batch has made a step."""
        if training and batch[0].last:
            super().on_batch_end(net, training, batch=batch, **kwargs)


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
