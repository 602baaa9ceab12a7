"""Errors of batches that are too large for the memory."""

import torch

from sktext.modules import RaggedTokens

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class MemoryOfBatch:
    """Context of the batches of an epoch that raises with the batch if memory runs out.

    Parameters
    ----------
    net : Net
    prefix : {"train", "valid"}
    records : list
        Records of the batches so far.

    Attributes
    ----------
    batch : (Inputs, tensor)
        The batch that is run.
    """

    def __init__(self, net, prefix, records):
        self.net = net
        self.prefix = prefix
        self.records = records
        self.batch = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, RuntimeError) and is_out_of_memory(error) and self.batch is not None:
            raise MemoryError(
                f"Out of memory in epoch {len(self.net.history)}, {self.prefix} batch "
                f"{len(self.records)}: {describe(self.batch[0])}. Lower batch_size "
                "(gradient_accumulation_steps makes up for it) or max_length, take a smaller "
                "network, or set dtype='bfloat16' on a CUDA device, and of a pretrained encoder "
                "gradient_checkpointing=True."
            ) from error


def is_out_of_memory(error):
    """Return whether an error means that a device, or the machine, has no memory left."""
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)


def describe(inputs):
    """Describe how large a batch is."""
    if isinstance(inputs.x, RaggedTokens):
        return f"{len(inputs)} texts of up to {int(inputs.x.lengths.max())} tokens"
    return f"{len(inputs)} rows"
