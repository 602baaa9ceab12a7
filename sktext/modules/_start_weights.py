"""Layers of torch's whose start weights are drawn from a generator that is passed.

Their own constructors draw from the one generator that all threads of a program share, where
another thread may draw or seed in between. The distributions here are torch's, and so are the
numbers that a seed gives.
"""

from functools import singledispatch

import torch
from torch import nn


def drawn(kind, *args, generator, **params):
    """Make a layer of float32 on the CPU.

    Parameters
    ----------
    kind : type
        Of a layer that ``draw_weights`` knows.
    *args, **params
        What it is made from.
    generator : torch.Generator

    Returns
    -------
    layer : Module
    """
    # Where tensors have no values, the constructor has nothing to draw.
    layer = kind(*args, **params, device="meta", dtype=torch.float32).to_empty(device="cpu")
    draw_weights(layer, generator)
    return layer


def drawn_seed(generator):
    """Draw the seed of a part that has a generator of its own."""
    return int(torch.randint(2**31, (), generator=generator, device="cpu"))


@singledispatch
def draw_weights(layer, generator):
    """Draw the start weights of a layer as its ``reset_parameters`` does."""
    raise TypeError(
        f"layer must be an Embedding, a Linear, a Conv1d, an LSTM or a GRU; got a "
        f"{type(layer).__name__}. Write draw_weights for it."
    )


@draw_weights.register
def draw_vectors(layer: nn.Embedding, generator: torch.Generator) -> None:
    """Draw vectors from a normal distribution; that of padding is zero."""
    nn.init.normal_(layer.weight, generator=generator)
    if layer.padding_idx is not None:
        with torch.no_grad():
            layer.weight[layer.padding_idx] = 0


@draw_weights.register(nn.Linear)
@draw_weights.register(nn.Conv1d)
def draw_by_inputs(layer, generator):
    """Draw uniformly, the closer to zero the more inputs an output has."""
    nn.init.kaiming_uniform_(layer.weight, a=5**0.5, generator=generator)
    if layer.bias is not None:
        bound = layer.weight[0].numel() ** -0.5
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


@draw_weights.register
def draw_cells(layer: nn.RNNBase, generator: torch.Generator) -> None:
    """Draw uniformly, the closer to zero the larger the state is."""
    bound = layer.hidden_size**-0.5
    for weight in layer.parameters():
        nn.init.uniform_(weight, -bound, bound, generator=generator)
