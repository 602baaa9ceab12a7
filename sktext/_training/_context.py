"""The state of torch during training, independent of what the program has set."""

from contextlib import contextmanager

import torch

from sktext import _threads
from sktext._torch_defaults import on_cpu_by_default


@contextmanager
def training_context():
    """Return a context for training; afterwards the settings of torch are restored.

    It allows to fit under ``torch.inference_mode`` as well.
    """
    with (
        _threads.choosing_threads(),
        torch.inference_mode(False),
        torch.enable_grad(),
        on_cpu_by_default(),
        # torch warns of every sparse gradient unless checks are turned off.
        torch.sparse.check_sparse_tensor_invariants(enable=False),
    ):
        yield
