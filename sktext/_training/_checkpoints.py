"""State of a training run on disk, from which a killed run resumes exactly."""

import os
import pickle
from numbers import Integral
from pathlib import Path

import torch
from skorch.callbacks import Callback, LRScheduler

from sktext._devices import find_device
from sktext._fingerprint import fingerprint
from sktext._training._callbacks import look_at_gradients
from sktext._training._early_stopping import EarlyStopping
from sktext._training._generators import dropouts, generator_state, set_generator

NO_RESUMED_FIT = (
    "checkpoint_dir is for runs that begin anew, and the state that warm_start=True or partial_fit "
    "resume from is in no file; leave one of them out."
)
# Parameters that do not change the result, or that cannot be compared.
NOT_OF_THE_RUN = ("callbacks", "checkpoint_dir", "device", "keep_optimizer", "verbose")


class Checkpoint(Callback):
    """Save the run after each epoch; at the start, resume from the file if there is one.

    Parameters
    ----------
    path : Path
        Its name depends on the data and the parameters, so that the fits of a search can
        share a folder.
    batches : Batches
        The state of their generator is saved as well.
    """

    def __init__(self, path, batches):
        self.path = path
        self.batches = batches

    def on_train_begin(self, net, **kwargs):
        if self.path.exists():
            self.restore(net, load_state(self.path, net.torch_device))

    def on_epoch_end(self, net, **kwargs):
        temporary = self.path.with_suffix(".part")
        torch.save(self.state(net), temporary)
        os.replace(temporary, self.path)  # a kill leaves a whole file, the old or the new one

    def state(self, net):
        """Collect the state that the next epochs depend on."""
        return {
            "epoch": len(net.history),
            "history": net.history_.to_list(),
            "module": net.module_.state_dict(),
            "trainable": [value.requires_grad for value in net.module_.parameters()],
            "optimizer": net.optimizer_.state_dict(),
            "scaler": net.scaler_.state_dict() if net.scaler_ else None,
            "order": self.batches.rng.get_state() if self.batches.rng else None,
            "dropout": [generator_state(layer) for layer in dropouts(net.module_)],
            "stop_training": net.stop_training,
            "callbacks": {name: callback_state(callback) for name, callback in net.callbacks_},
        }

    def restore(self, net, state):
        """Restore the state."""
        net.first_epoch = state["epoch"]
        net.stop_training = state["stop_training"]
        net.history_[:] = state["history"]
        net.module_.load_state_dict(state["module"])
        for value, trainable in zip(net.module_.parameters(), state["trainable"], strict=True):
            value.requires_grad_(trainable)
        net.optimizer_.load_state_dict(state["optimizer"])
        if net.scaler_:
            net.scaler_.load_state_dict(state["scaler"])
        if self.batches.rng:
            self.batches.rng.set_state(state["order"])
        for layer, generator in zip(dropouts(net.module_), state["dropout"], strict=True):
            set_generator(layer, generator, net.torch_device)
        for name, callback in net.callbacks_:
            set_callback(callback, state["callbacks"].get(name))


def load_state(path, device):
    """Read the file of a run, which holds tensors and the history."""
    try:
        return torch.load(path, map_location=device, weights_only=False)
    except (EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise ValueError(
            f"checkpoint_dir must hold whole files; {path} cannot be read ({error}). Delete it, "
            "and the run begins anew."
        ) from error


def find_checkpoint(estimator, train, validation):
    """Return the file of a run in ``checkpoint_dir``, named by the parameters and the data.

    Parameters
    ----------
    estimator : classifier
        Not all have ``checkpoint_dir``.
    train : Rows
        Training rows before their features are computed.
    validation : Rows or None

    Returns
    -------
    path : Path or None
        None if the run is not to be saved.

    Raises
    ------
    ValueError
        If ``random_state`` is not an int, or training resumes from an earlier fit.
    """
    folder = getattr(estimator, "checkpoint_dir", None)
    if folder is None:
        return None
    if estimator.warm_start:
        raise ValueError(NO_RESUMED_FIT)
    if not isinstance(estimator.random_state, Integral):
        raise ValueError(
            "checkpoint_dir needs an int random_state, as a resumed run can equal one that was "
            "never interrupted only if its seeds are the same; got "
            f"random_state={estimator.random_state!r}."
        )
    params = estimator.get_params(deep=False)
    of_run = {name: params[name] for name in params if name not in NOT_OF_THE_RUN}
    # Callbacks that act on gradients get dense ones; generators depend on the kind of device.
    how = [look_at_gradients(estimator.callbacks), find_device(estimator.device).type]
    name = fingerprint([type(estimator), of_run, how, tuple(train), tuple(validation or ())])
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path / f"{name}.pt"


def refuse_checkpoint(estimator):
    """Raise if a run that resumes from an earlier fit is to be saved."""
    if getattr(estimator, "checkpoint_dir", None) is not None:
        raise ValueError(NO_RESUMED_FIT)


def callback_state(callback):
    """Return the state of one of the package's callbacks; None of others."""
    if isinstance(callback, LRScheduler):
        return callback.lr_scheduler_.state_dict()
    return dict(vars(callback)) if isinstance(callback, EarlyStopping) else None


def set_callback(callback, state):
    """Restore the state of a callback; None leaves it as it begins."""
    if state is None:
        return
    if isinstance(callback, LRScheduler):
        callback.lr_scheduler_.load_state_dict(state)
    else:
        vars(callback).update(state)
