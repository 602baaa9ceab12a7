"""A kill in the middle of training, as a callback."""

from skorch.callbacks import Callback


class KilledError(Exception):
    """What a kill looks like from inside."""


class KillAfter(Callback):
    """End training after some epochs, as a kill would."""

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) > self.n_epochs:
            raise KilledError
