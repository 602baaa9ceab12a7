"""How a classifier makes its network, and what its training needs."""

from contextlib import nullcontext
from typing import Any

import torch

from sktext._torch_defaults import torch_defaults
from sktext._training._network_input import row_norm
from sktext.modules import MLP, SparseRows


class Network:
    """A network on rows of numbers.

    Parameters
    ----------
    make : callable
        From numbers of inputs and outputs, the scale of the rows and a seed to a module.
    dtype : str
        Name of the type of its weights.
    """

    # Arguments of the net beside those of all networks.
    options: dict[str, Any] = {}

    def __init__(self, make, dtype):
        self.make = make
        self.dtype = getattr(torch, dtype)

    def make_module(self, features, x, weight, n_outputs, seed):
        """Make the network for the rows that training starts with.

        Parameters
        ----------
        features : Features
            Fitted.
        x : tensor, SparseRows or RaggedTokens
            Input of the network.
        weight : ndarray of shape (n_samples,) or None
        n_outputs : int
        seed : int
        """
        norm = row_norm(x, weight)
        with torch_defaults():
            module = self.make(x.shape[1], n_outputs, norm, seed)
        if isinstance(module, MLP) and isinstance(x, SparseRows):
            module.start_at_zero_but(x)
        return module

    def grow(self, net, x):
        """Add weights to a trained network for what more rows contain; by default none."""

    def begin(self, module):
        """Prepare a module for a run of training, before its optimizer is chosen."""

    def step_sizes(self, module):
        """Return the step sizes that a module asks for; None for those of the optimizer."""
        return None

    def callbacks(self):
        """Return the callbacks that the network needs, as pairs of a name and a callback."""
        return []

    def training(self, net):
        """Return a context for the training of a net."""
        return nullcontext()

    def learned(self):
        """Return the fitted attributes of the classifier beside the net, by name."""
        return {}
