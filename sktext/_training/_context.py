"""The state of torch that every training starts from, whatever the program has set."""

from contextlib import contextmanager

import torch

from sktext import _threads
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._unchecked_gradients import unchecked_gradients


@contextmanager
def training_context():
    """Make a context to train in; put everything back.

    Whoever predicts or scores under ``torch.inference_mode`` may fit there, too.
    """
    with (
        _threads.choosing_threads(),
        torch.inference_mode(False),
        torch.enable_grad(),
        on_cpu_by_default(),
        unchecked_gradients(),
    ):
        yield
