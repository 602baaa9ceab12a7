"""Networks that draw from torch's global generators while they are made and trained."""

from contextlib import contextmanager

from sktext._global_draws import own_draws
from sktext._training._callbacks import Reseed
from sktext._training._network import Network


class DrawingNetwork(Network):
    """A network that cannot be given a generator; its draws depend on a seed alone.

    Attributes
    ----------
    seed : int or None
        That of this fit, or of the one that training resumes from.
    """

    seed = None

    def make_module(self, features, x, weight, n_outputs, seed):
        self.seed = seed
        # Whoever waits here should not keep others from making their networks, as within.
        with own_draws(seed):
            return super().make_module(features, x, weight, n_outputs, seed)

    def callbacks(self):
        return [*super().callbacks(), ("reseed", Reseed(self.seed))]

    @contextmanager
    def training(self, net):
        with own_draws(self.seed, net.torch_device):
            yield

    def learned(self):
        return super().learned() | {"_draw_seed": self.seed}
