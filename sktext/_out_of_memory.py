"""Errors of batches that are too large for the memory, in words that help."""

from contextlib import contextmanager

import torch

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def is_out_of_memory(error):
    """Return whether an error means that a device, or the machine, has no memory left."""
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in OUT_OF_MEMORY)


@contextmanager
def naming_batch(batch, advice):
    """Raise an error that names the batch and what to do if memory runs out.

    Parameters
    ----------
    batch : str
        What was computed, and how large it was.
    advice : str
        A sentence.
    """
    try:
        yield
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryError(f"Out of memory in {batch}. {advice}") from error
