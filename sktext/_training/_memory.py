"""Errors of batches that are too large for the memory."""

from sktext._out_of_memory import is_out_of_memory, naming_batch
from sktext.modules import RaggedTokens


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
        if is_out_of_memory(error) and self.batch is not None:
            raise MemoryError(
                f"Out of memory in epoch {len(self.net.history)}, {self.prefix} batch "
                f"{len(self.records)}: {describe(self.batch[0].x)}. Lower batch_size "
                "(gradient_accumulation_steps makes up for it) or max_length, take a smaller "
                "network, or set dtype='bfloat16' on a CUDA device, and of a pretrained encoder "
                "gradient_checkpointing=True."
            ) from error


def memory_of_prediction(x):
    """Make a context that raises with the batch if memory runs out in prediction."""
    advice = (
        "Lower max_length, set dtype='bfloat16' on a CUDA device, or predict with device='cpu'."
    )
    return naming_batch(f"the prediction of {describe(x)}", advice)


def describe(x):
    """Describe how large the rows of a batch are."""
    if isinstance(x, RaggedTokens):
        return f"{len(x)} texts of up to {int(x.lengths.max())} tokens"
    return f"{len(x)} rows"
