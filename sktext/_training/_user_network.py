"""Networks of users, which may draw from torch's global generators."""

from sktext._training._drawing_network import DrawingNetwork
from sktext._training._token_network import TokenNetwork


class UserNetwork(DrawingNetwork, TokenNetwork):
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
