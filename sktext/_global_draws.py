"""Draws of networks that cannot be given a generator: torch's global ones, locked and seeded."""

import os
import threading
from contextlib import contextmanager

import torch

CPU = torch.device("cpu")

# Re-entrant, as a callback of a fit may fit another classifier.
_lock = threading.RLock()


@contextmanager
def own_draws(seed, device=CPU):
    """Let what draws from torch's global generators depend on a seed alone.

    Threads wait for each other. The generators are put back as they were; what another thread
    draws in the meantime without asking for the lock is disturbed, and disturbs.

    Parameters
    ----------
    seed : int
    device : torch.device, default=CPU
        Whose generator is drawn from, next to that of the CPU.
    """
    with kept_generators(device):
        seed_draws(seed, device)
        yield


@contextmanager
def kept_generators(device=CPU):
    """Put torch's global generators back as they were; threads wait for each other.

    Parameters
    ----------
    device : torch.device, default=CPU
        Whose generator is put back, next to that of the CPU.
    """
    with _lock, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


def seed_draws(seed, device):
    """Seed the global generators of the CPU and of a device, and of no other device."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)


def _start_child():
    """Forget who holds the lock: in a forked process that thread does not exist."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_child)
