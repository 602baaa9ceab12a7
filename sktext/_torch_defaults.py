"""Work that does not depend on what a program has set as torch's defaults."""

import os
import threading
from contextlib import contextmanager, nullcontext

import torch

# The default type belongs to all threads.
GLOBAL_SETTINGS = threading.RLock()


def on_cpu_by_default():
    """Make a context in which tensors made without a device are on the CPU.

    Only where ``torch.set_default_device`` says otherwise is there anything to do; it would
    slow down every operation.
    """
    # The setting is of one thread, as is this one.
    is_cpu = torch.get_default_device().type == "cpu"
    return nullcontext() if is_cpu else torch.device("cpu")


@contextmanager
def torch_defaults():
    """Let a network be made of float32 on the CPU; put the defaults back.

    Threads wait for each other.
    """
    with GLOBAL_SETTINGS, on_cpu_by_default():
        dtype = torch.get_default_dtype()
        if dtype == torch.float32:
            yield
            return
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)


def _start_child():
    """Forget who holds the lock: in a forked process that thread does not exist."""
    global GLOBAL_SETTINGS
    GLOBAL_SETTINGS = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_child)
