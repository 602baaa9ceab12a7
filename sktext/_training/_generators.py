"""The generators of the dropout layers of a network, and their states."""

import torch

from sktext.modules import SeededDropout


def dropouts(module):
    """Return the layers that draw from a generator of their own."""
    return [layer for layer in module.modules() if isinstance(layer, SeededDropout)]


def generator_state(layer):
    """Return the state of a layer's generator, or None if it has drawn nothing yet."""
    return None if layer._generator is None else layer._generator.get_state()


def set_generator(layer, state, device):
    """Restore the state of a layer's generator."""
    if state is not None:
        layer._generator = torch.Generator(device)
        layer._generator.set_state(state.cpu())
