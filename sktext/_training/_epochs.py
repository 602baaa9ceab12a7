"""An epoch of training or validation: its batches, their history, their callbacks."""

import torch
from skorch.callbacks import Callback

from sktext.modules import RaggedTokens

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class EpochsMixin:
    """The epochs of a skorch net, with little to do beside the steps.

    History and callbacks are those of skorch. Callbacks are told of what they listen to.
    """

    # Set where several nets train side by side: makes the steps of a whole epoch.
    shared_epoch = None

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run the batches of an epoch and write down their losses."""
        if iterator is None:
            return
        if training and self.shared_epoch is not None:
            batches = [{f"{prefix}_loss": self.shared_epoch(self)}]
            batches[0][f"{prefix}_batch_size"] = len(iterator.x)
            self.history[-1]["batches"].extend(batches)
            n_batches = len(iterator)
        else:
            batches = []
            try:
                self._run_batches(iterator, training, prefix, step_fn, batches)
            finally:
                read_losses(batches, f"{prefix}_loss")
            n_batches = len(batches)  # a sampler may draw more rows than there are, or fewer
        self.history.record(f"{prefix}_batch_count", n_batches)

    def _run_batches(self, iterator, training, prefix, step_fn, batches):
        """Run batches; ``batches`` gets what is written down of each."""
        loss_name, size_name = f"{prefix}_loss", f"{prefix}_batch_size"
        all_batches = self.history[-1]["batches"]
        beginning = listeners(self, "on_batch_begin")
        ending = listeners(self, "on_batch_end")
        for batch in iterator:
            record = {}
            batches.append(record)
            all_batches.append(record)
            for tell in beginning:
                tell(self, batch=batch, training=training)
            step = self._step_or_memory_error(step_fn, batch, prefix, len(batches))
            loss = step["loss"]
            # To read a number of a CUDA device is to wait until it has done all steps so far.
            record[loss_name] = loss.detach() if loss.is_cuda else loss.item()
            record[size_name] = len(batch[0])
            for tell in ending:
                tell(self, batch=batch, training=training, **step)

    def _step_or_memory_error(self, step_fn, batch, prefix, n_batch):
        """Make a step; say which batch was too large if memory runs out."""
        try:
            return step_fn(batch)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise MemoryError(
                f"Out of memory in epoch {len(self.history)}, {prefix} batch {n_batch}: "
                f"{describe(batch[0])}. Lower batch_size (gradient_accumulation_steps makes up for "
                "it) or max_length, take a smaller network, or set dtype='bfloat16' on a CUDA "
                "device."
            ) from error


def listeners(net, name):
    """Give the methods by which callbacks listen to an event; most have skorch's, which is empty.

    Parameters
    ----------
    net : NeuralNet
    name : str
        Such as "on_batch_end".

    Returns
    -------
    methods : list of callable
    """
    methods = [getattr(callback, name) for _, callback in net.callbacks_]
    silent = getattr(Callback, name)
    return [method for method in methods if getattr(method, "__func__", None) is not silent]


def read_losses(batches, name):
    """Turn the losses that are still on a device into numbers, all at once."""
    batches = [batch for batch in batches if isinstance(batch.get(name), torch.Tensor)]
    if batches:
        values = torch.stack([batch[name] for batch in batches]).tolist()
        for batch, value in zip(batches, values, strict=True):
            batch[name] = value


def is_out_of_memory(error):
    """Tell whether an error says that a device, or the machine, has no memory left."""
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)


def describe(inputs):
    """Say how large a batch is."""
    if isinstance(inputs.x, RaggedTokens):
        return f"{len(inputs)} texts of up to {int(inputs.x.lengths.max())} tokens"
    return f"{len(inputs)} rows"
