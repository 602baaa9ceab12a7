"""The generators that the dropout of a network draws from, and their states."""

import torch

from sktext.modules import SeededDropout


def dropouts(module):
    """Give the layers that draw from generators of their own."""
    return [layer for layer in module.modules() if isinstance(layer, SeededDropout)]


def generator_state(layer):
    """Give the state of a layer's generator, None if it has drawn nothing yet."""
    return None if layer._generator is None else layer._generator.get_state()


def set_generator(layer, state, device):
    """Put a generator's state back."""
    if state is not None:
        layer._generator = torch.Generator(device)
        layer._generator.set_state(state.cpu())
