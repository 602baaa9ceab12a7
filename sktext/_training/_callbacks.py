"""Callbacks of the training loop: frozen layers, seeds, progress, and those of the user."""

import copy

from skorch.callbacks import Callback, PrintLog
from torch import nn
from tqdm.auto import tqdm

from sktext._global_draws import seed_draws


class Unfreezer(Callback):
    """Train the embedding as well after it has been frozen for some epochs.

    Parameters
    ----------
    after : int
        Number of epochs for which it is frozen.
    """

    def __init__(self, after):
        self.after = after

    def on_epoch_begin(self, net, **kwargs):
        if net.n_epochs > self.after:  # the epoch that begins is counted
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
        # The epoch that begins is counted.
        seed_draws(self.seed + net.n_epochs, net.torch_device)


class GradientClipping(Callback):
    """Clip the norm of the gradients of each step, whatever number of batches it has.

    Parameters
    ----------
    max_norm : float
    """

    def __init__(self, max_norm):
        self.max_norm = max_norm

    def on_grad_computed(self, net, named_parameters, **kwargs):
        nn.utils.clip_grad_norm_([value for _, value in named_parameters], self.max_norm)


class EpochBar(Callback):
    """A progress bar of epochs that shows the loss."""

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs

    def on_train_begin(self, net, **kwargs):
        self.bar_ = tqdm(total=self.n_epochs, unit="epoch", leave=False)

    def on_epoch_begin(self, net, **kwargs):
        self.bar_.n = max(self.bar_.n, net.first_epoch)  # a resumed run starts there

    def on_epoch_end(self, net, **kwargs):
        shown = ("train_loss", "valid_loss", "valid_score")
        values = {name: net.history[-1][name] for name in shown if name in net.history[-1]}
        self.bar_.set_postfix({name: f"{value:.4f}" for name, value in values.items()})
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        self.bar_.close()


def copies(callbacks):
    """Copy the user's callbacks, which change as they run."""
    return copy.deepcopy(list(callbacks or []))


def look_at_gradients(callbacks):
    """Return whether callbacks act on gradients; few of these take sparse ones."""
    kinds = kinds_of(callbacks)
    return any(kind.on_grad_computed is not Callback.on_grad_computed for kind in kinds)


def check_callbacks(callbacks):
    """Raise if one of the user's callbacks is not one of skorch."""
    for place, kind in enumerate(kinds_of(callbacks)):
        if not hasattr(kind, "on_grad_computed"):
            raise TypeError(
                f"callbacks[{place}] must be a callback of skorch, or a pair of a name and one; "
                f"got {callbacks[place]!r}."
            )


def kinds_of(callbacks):
    """Return the classes of callbacks, which may be pairs of a name and a callback."""
    items = [item[1] if isinstance(item, tuple) else item for item in callbacks or []]
    return [item if isinstance(item, type) else type(item) for item in items]


def log_callbacks(verbose, n_epochs):
    """Return the callbacks that show progress: a bar for 1, a table from 2 on."""
    if verbose == 1:
        return [("progress", EpochBar(n_epochs))]
    return [("print_log", PrintLog())] if verbose > 1 else []
