"""One step of training: mixed precision, gradients of several batches, memory that runs out."""

import torch

from sktext.modules import RaggedTokens

HALF = {"bfloat16": torch.bfloat16, "float16": torch.float16}
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class StepsMixin:
    """The steps of a skorch net whose batches know their share of an optimizer step."""

    # Set by ``begin``; a net that only predicts has neither.
    scaler_ = None
    compiled_ = None
    # Set where several nets train side by side: computes the gradients of a batch together
    # with those of the others, or makes the steps of a whole epoch.
    shared_gradients = None
    shared_epoch = None

    def infer(self, x, **fit_params):
        """Map the rows of a batch to logits."""
        rows = x.to(self.torch_device).x
        forward = self.module_ if self.compiled_ is None else self.compiled_
        return self.forward_in_precision(forward, rows)

    def forward_in_precision(self, forward, rows):
        """Run the network on rows, in half precision where it was asked for."""
        rows = rows.padded() if isinstance(rows, RaggedTokens) else rows
        if self.half is None:
            return forward(rows)
        with torch.autocast(self.torch_device.type, HALF[self.half]):
            logits = forward(rows)
        return logits.float()

    def start_steps(self):
        """Make what the steps of a run need."""
        scales = self.half == "float16" and self.torch_device.type == "cuda"
        self.scaler_ = torch.amp.GradScaler("cuda") if scales else None
        # skorch refuses modules that are set outside of its own initialize methods.
        vars(self)["compiled_"] = self.compile_module() if self.compiles else None

    def compile_module(self):
        """Compile the network, for batches of any length."""
        return torch.compile(self.module_, dynamic=True)

    def train_step(self, batch, **fit_params):
        """Make one step, or gather gradients for one."""
        inputs, _ = batch
        if inputs.share == 1 and self.scaler_ is None:
            return super().train_step(batch, **fit_params)
        if inputs.first:
            self._zero_grad_optimizer()
        step = self.train_step_single(batch, **fit_params)
        if inputs.last:
            self._finish_step(batch)
        return step

    def train_step_single(self, batch, **fit_params):
        """Compute the loss of a batch and its share of the gradients."""
        self._set_training(True)
        if self.shared_gradients is not None:
            return self.shared_gradients(self, batch)
        inputs, target = batch
        logits = self.infer(inputs, **fit_params)
        loss = self.get_loss(logits, target, X=inputs, training=True)
        scaled = loss if inputs.share == 1 else loss * inputs.share
        (scaled if self.scaler_ is None else self.scaler_.scale(scaled)).backward()
        return {"loss": loss, "y_pred": logits}

    def _finish_step(self, batch):
        if self.scaler_ is not None:
            self.scaler_.unscale_(self.optimizer_)
        named = self.module_.named_parameters
        self.notify("on_grad_computed", named_parameters=named(), batch=batch, training=True)
        if self.scaler_ is None:
            self.optimizer_.step()
        else:
            self.scaler_.step(self.optimizer_)
            self.scaler_.update()

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; say which batch was too large if memory runs out."""
        if training and self.shared_epoch is not None:
            self.history.new_batch()
            self.history.record_batch(f"{prefix}_loss", self.shared_epoch(self))
            self.history.record_batch(f"{prefix}_batch_size", len(iterator.x))
            self.history.record(f"{prefix}_batch_count", len(iterator))
            return
        if iterator is None:
            return
        current = []
        try:
            self._run_batches(iterator, training, prefix, step_fn, current)
        except RuntimeError as error:
            if not is_out_of_memory(error) or not current:
                raise
            epoch, done = len(self.history), self.history[-1]["batches"]
            n_batch = sum(f"{prefix}_loss" in batch for batch in done) + 1
            raise MemoryError(
                f"Out of memory in epoch {epoch}, {prefix} batch {n_batch}: {describe(current[0])}."
                " Lower batch_size (gradient_accumulation_steps makes up for it) or max_length, "
                "take a smaller network, or set dtype='bfloat16' on a CUDA device."
            ) from error
        finally:
            self._read_losses(f"{prefix}_loss")

    def _run_batches(self, iterator, training, prefix, step_fn, current):
        """Run the batches of an epoch; ``current`` holds the inputs of the one that runs."""
        n_batches = 0
        for batch in iterator:
            current[:] = [batch[0]]
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch)
            loss = step["loss"].detach()
            # To read a number of a CUDA device is to wait until it has done all steps so far.
            self.history.record_batch(f"{prefix}_loss", loss if loss.is_cuda else loss.item())
            self.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
            self.notify("on_batch_end", batch=batch, training=training, **step)
            n_batches += 1
        self.history.record(f"{prefix}_batch_count", n_batches)

    def _read_losses(self, name):
        """Turn the losses that are still on the device into numbers, all at once."""
        batches = self.history[-1]["batches"]
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
