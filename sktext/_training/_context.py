"""The state of torch during training, independent of what the program has set."""

from contextlib import contextmanager

import torch

from sktext import _threads
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._unchecked_gradients import unchecked_gradients


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
        unchecked_gradients(),
    ):
        yield
