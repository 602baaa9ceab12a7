"""Networks of users, which may draw from torch's global generators."""

from contextlib import contextmanager

from sktext._training._callbacks import Reseed
from sktext._training._global_draws import own_draws
from sktext._training._token_network import TokenNetwork


class UserNetwork(TokenNetwork):
    """A network on tokens that draws from torch's global generators while it is trained.

    Parameters
    ----------
    *args : object
        Arguments of ``TokenNetwork``.
    seed : int or None
        Seed of an earlier fit.
    """

    def __init__(self, *args, seed=None):
        super().__init__(*args)
        self.seed = seed

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
