"""State of a training run on disk, from which a killed run goes on as if nothing had been."""

import os
import pickle
from numbers import Integral
from pathlib import Path

import torch
from skorch.callbacks import Callback, LRScheduler

from sktext._devices import find_device
from sktext._fingerprint import fingerprint
from sktext._training._callbacks import look_at_gradients
from sktext._training._generators import dropouts, generator_state, set_generator
from sktext._training._watching import EarlyStopping

# What does not change the result, or cannot be told apart.
GOES_ON = (
    "checkpoint_dir is for runs that begin anew, and what warm_start=True or partial_fit go on "
    "from is in no file; leave one of them out."
)
NOT_OF_THE_RUN = ("callbacks", "checkpoint_dir", "device", "keep_optimizer", "verbose")


class Checkpoint(Callback):
    """Save the run after each epoch; at the start, go on from what is there.

    Parameters
    ----------
    path : Path
        Its name is made of the data and the parameters, so that the fits of a search
        may share a folder.
    batches : Batches
        Their generator is part of the state.
    """

    def __init__(self, path, batches):
        self.path = path
        self.batches = batches

    def on_train_begin(self, net, **kwargs):
        if self.path.exists():
            self.restore(net, load_state(self.path, net.torch_device))

    def on_epoch_end(self, net, **kwargs):
        part = self.path.with_suffix(".part")
        torch.save(self.state(net), part)
        os.replace(part, self.path)  # a kill leaves the old file or the new one, never half

    def state(self, net):
        """Gather all that the next epochs depend on."""
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
        """Put everything back."""
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
    """Read what a run saved; our own file, which holds the history besides tensors."""
    try:
        return torch.load(path, map_location=device, weights_only=False)
    except (EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise ValueError(
            f"checkpoint_dir must hold whole files; {path} cannot be read ({error}). Delete it, "
            "and the run begins anew."
        ) from error


def find_checkpoint(estimator, part, held):
    """Name the file of a run in ``checkpoint_dir``, by the parameters and the data.

    Parameters
    ----------
    estimator : classifier
        Some have no checkpoints.
    part, held : Part
        The rows before anything is learned from them; held may be None.

    Returns
    -------
    path : Path or None
        None if the run is not to be saved.

    Raises
    ------
    ValueError
        If ``random_state`` is no int, or training goes on from an earlier fit.
    """
    folder = getattr(estimator, "checkpoint_dir", None)
    if folder is None:
        return None
    if estimator.warm_start:
        raise ValueError(GOES_ON)
    if not isinstance(estimator.random_state, Integral):
        raise ValueError(
            "checkpoint_dir needs an int random_state, as a run that goes on can equal one that "
            f"was never interrupted only if its seeds are the same; got "
            f"random_state={estimator.random_state!r}."
        )
    params = estimator.get_params(deep=False)
    of_run = {name: params[name] for name in params if name not in NOT_OF_THE_RUN}
    # Callbacks that look at gradients get dense ones, and the draws of a device are its own.
    way = [look_at_gradients(estimator.callbacks), find_device(estimator.device).type]
    name = fingerprint([type(estimator), of_run, way, tuple(part), tuple(held or ())])
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path / f"{name}.pt"


def refuse_checkpoint(estimator):
    """Raise if a run that goes on from an earlier one is to be saved."""
    if getattr(estimator, "checkpoint_dir", None) is not None:
        raise ValueError(GOES_ON)


def callback_state(callback):
    """Give what a callback of the package's remembers between epochs."""
    if isinstance(callback, LRScheduler):
        return callback.lr_scheduler_.state_dict()
    return dict(vars(callback)) if isinstance(callback, EarlyStopping) else None


def set_callback(callback, state):
    """Put it back; others begin anew."""
    if state is None:
        return
    if isinstance(callback, LRScheduler):
        callback.lr_scheduler_.load_state_dict(state)
    else:
        vars(callback).update(state)
