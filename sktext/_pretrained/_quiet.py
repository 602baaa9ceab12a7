"""Loading without the bars and the logs of transformers, and without draws."""

import logging
from contextlib import contextmanager

from sktext._global_draws import kept_generators
from sktext._optional import import_optional
from sktext._torch_defaults import torch_defaults


@contextmanager
def quiet():
    """Switch off the progress bars and the information that transformers prints."""
    logs = import_optional("transformers.utils.logging", "pretrained")
    shows_bars, verbosity = logs.is_progress_bar_enabled(), logs.get_verbosity()
    logs.disable_progress_bar()
    logs.set_verbosity(max(verbosity, logging.ERROR))
    try:
        yield
    finally:
        logs.set_verbosity(verbosity)
        if shows_bars:
            logs.enable_progress_bar()


@contextmanager
def without_draws():
    """Let a network be made in float32 on the CPU; torch's global generator is left as found."""
    with kept_generators(), torch_defaults(), quiet():
        yield
