"""Draws that depend on a seed alone while a network is made."""

from contextlib import contextmanager

import torch

from sktext._torch_defaults import torch_defaults


@contextmanager
def seeded(seed):
    """Let torch's layers draw their start weights from a seed; put the generator back.

    Only the generator of the CPU is touched, where networks are made, of float32. Threads
    wait for each other, so that each network gets the draws of its own seed.
    """
    with torch_defaults(), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def draw_seed():
    """Draw the seed of a part; within ``seeded`` it depends on the network's seed alone."""
    return int(torch.randint(2**31, ()))
