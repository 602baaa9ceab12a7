"""Early stopping, and the callbacks that evaluate the validation rows."""

import copy

import numpy as np
import torch
from skorch.callbacks import Callback

from sktext._scorers import check_scorer
from sktext._training._divergence import refuse_bad_losses
from sktext._training._validation_score import (
    ValidationScore,
    missing_in,
    name_of_scoring,
    refuse_unobserved,
)
from sktext._user_warnings import warn


class EarlyStopping(Callback):
    """Stop when the score of the validation rows no longer improves; restore the best weights.

    If the score has no value in the first epoch, the loss is monitored instead; later epochs
    without a value count as no improvement.

    Parameters
    ----------
    monitor : {"valid_loss", "valid_score"}
    n_iter_no_change : int
        Epochs without improvement after which training stops.
    name, why : str
        Name of the score, and the labels that the validation rows lack, for warnings.
    """

    def __init__(self, monitor, n_iter_no_change, name, why):
        self.monitor = monitor
        self.n_iter_no_change = n_iter_no_change
        self.name = name
        self.why = why

    def on_train_begin(self, net, **kwargs):
        self.monitor_ = self.monitor
        self.best_ = -np.inf
        self.misses_ = 0
        self.n_without_value_ = 0
        self.state_ = None

    def on_epoch_end(self, net, **kwargs):
        value = net.history[-1, self.monitor_]
        if self.state_ is None and not np.isfinite(value) and self.monitor_ == "valid_score":
            self.monitor_loss(value)
            value = net.history[-1, self.monitor_]
        if self.state_ is None and not np.isfinite(value):
            refuse_bad_losses([value], net.n_epochs - 1, "The loss of the validation rows")
        gain = -value if self.monitor_ == "valid_loss" else value
        if np.isfinite(gain) and gain > self.best_:
            self.best_, self.misses_ = gain, 0
            self.state_ = trained_state(net)
        else:
            self.misses_ += 1
            self.n_without_value_ += not np.isfinite(gain)
        if self.misses_ >= self.n_iter_no_change:
            net.stop_training = True

    def monitor_loss(self, value):
        """Monitor the loss instead of the score, and warn that the score has no value."""
        self.monitor_ = "valid_loss"
        warn(
            f"{self.name} has no value ({value}) on the validation rows"
            + (f", which have {self.why}" if self.why else "")
            + "; early stopping monitors the loss instead. Give X_val and y_val that have all "
            "labels, raise validation_fraction, or choose another scoring."
        )

    def on_train_end(self, net, **kwargs):
        if self.state_ is not None:
            net.module_.load_state_dict(self.state_, strict=False)
        self.state_ = None
        if self.n_without_value_:
            name = self.name if self.monitor_ == "valid_score" else "The loss"
            warn(
                f"{name} had no value on the validation rows in {self.n_without_value_} of "
                f"{len(net.history)} epochs, which counted as no improvement."
            )

    @property
    def best_value(self):
        """The best score, or the smallest loss; None before the first."""
        if not np.isfinite(self.best_):
            return None
        return -self.best_ if self.monitor_ == "valid_loss" else self.best_


def trained_state(net):
    """Copy the state that training changes to the CPU; weights that stay as they are need no copy.

    Parameters
    ----------
    net : Net

    Returns
    -------
    state : dict of {str: tensor}
    """
    sizes = net.optimizer.sizes
    fixed = () if sizes is None else sizes.fixed
    return {
        name: value.detach().to("cpu", copy=True)
        if isinstance(value, torch.Tensor)
        else copy.deepcopy(value)
        for name, value in net.module_.state_dict().items()
        if name not in fixed
    }


def validation_callbacks(settings, labels, validation):
    """Make the callbacks that evaluate the validation rows.

    Parameters
    ----------
    settings : Settings
    labels : Labels
    validation : Rows
        Validation rows.

    Returns
    -------
    callbacks : dict of {str: Callback}
    """
    callbacks = {}
    monitor = "valid_loss"
    if settings.scoring is not None:
        monitor = "valid_score"
        check_scorer(settings.scoring, "scoring")
        refuse_unobserved(settings.scoring, validation.target)
        callbacks[monitor] = ValidationScore(settings.scoring, labels, validation)
    if settings.early_stopping:
        name = f"scoring={name_of_scoring(settings.scoring)}"
        why = missing_in(labels, validation.target)
        callbacks["early_stopping"] = EarlyStopping(monitor, settings.n_iter_no_change, name, why)
    return callbacks
