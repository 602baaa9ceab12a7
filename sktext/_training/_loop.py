"""The training loop: epochs, their batches, the step of a batch, its loss."""

import torch

from sktext._devices import move
from sktext._sums import stable_dot
from sktext._training._divergence import refuse_bad_losses
from sktext._training._listeners import listeners
from sktext._training._memory import MemoryOfBatch


def epochs(net, train, valid, max_epochs, steps):
    """Run epochs until the end, convergence, or a callback that sets ``net.stop_training``.

    Parameters
    ----------
    net : Net
        Set up by ``begin``.
    train : Batches
    valid : Batches or None
    max_epochs : int
    steps : Steps or None
        Makes the step of each batch. None leaves the steps of an epoch to whoever iterates:
        it is sent their mean loss.

    Yields
    ------
    net : Net
        Before the steps of each epoch, if ``steps`` is None.
    """
    parts = {"dataset_train": train, "dataset_valid": valid}
    for epoch in range(net.first_epoch, max_epochs):
        if net.stop_training:  # a run that goes on may have been about to stop
            return
        net.criterion_.set_progress(epoch / max_epochs)
        net.notify("on_epoch_begin", **parts)
        if steps is None:
            record_epoch(net, train, (yield net))
        else:
            run_batches(net, train, "train", steps.step)
        if valid is not None:
            run_batches(net, valid, "valid", net.validation_step)
        refuse_bad_losses(losses_of_epoch(net), epoch)
        net.notify("on_epoch_end", **parts)
        if net.optimizer.has_converged(net.history, epoch):
            return


def run_batches(net, batches, prefix, step):
    """Run the batches of an epoch, and record the loss of each.

    Parameters
    ----------
    net : Net
    batches : Batches
    prefix : {"train", "valid"}
    step : callable
        From a batch to a dict of its loss and its logits.
    """
    training = prefix == "train"
    all_records, records = net.history[-1]["batches"], []
    beginning, ending = listeners(net, "on_batch_begin"), listeners(net, "on_batch_end")
    memory = MemoryOfBatch(net, prefix, records)
    try:
        with memory:
            for batch in batches:
                record = {}
                records.append(record)
                all_records.append(record)
                memory.batch = batch
                for tell in beginning:
                    tell(net, batch=batch, training=training)
                made = step(batch)
                loss = made["loss"]
                # To read a number of a CUDA device is to wait until it has done all steps so far.
                record[f"{prefix}_loss"] = loss.detach() if loss.is_cuda else loss.item()
                record[f"{prefix}_batch_size"] = len(batch[0])
                for tell in ending:
                    tell(net, batch=batch, training=training, **made)
    finally:
        read_losses(records, f"{prefix}_loss")
    # A sampler may draw more rows than there are, or fewer.
    net.history.record(f"{prefix}_batch_count", len(records))


class Steps:
    """Steps of an optimizer, each by the gradients of one batch or of several.

    Parameters
    ----------
    net : Net
    """

    def __init__(self, net):
        self.net = net
        self.told_of_gradients = listeners(net, "on_grad_computed")

    def step(self, batch):
        """Make a step, or add the gradients of a batch for one.

        Parameters
        ----------
        batch : (Inputs, tensor)

        Returns
        -------
        made : dict
            The ``loss`` of the batch, and its logits as ``y_pred``.
        """
        inputs, target = batch
        if inputs.first:
            self.drop_gradients()
        if not self.net.module_.training:
            self.net.set_training(True)
        logits = self.net.infer(inputs)
        loss = loss_of(self.net, logits, target, inputs.weight, training=True)
        self.backward(loss if inputs.share == 1 else loss * inputs.share)
        if inputs.last:
            self.finish(batch)
        return {"loss": loss, "y_pred": logits}

    def drop_gradients(self):
        """Do what ``zero_grad`` does, without its records for a profiler, which cost more."""
        for group in self.net.optimizer_.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def backward(self, loss):
        """Add the gradients of a loss."""
        loss.backward()

    def finish(self, batch):
        """Change the weights by the gradients."""
        self.tell_of_gradients(batch)
        self.net.optimizer_.step()

    def tell_of_gradients(self, batch):
        """Let callbacks look at the gradients of a step, and change them."""
        for tell in self.told_of_gradients:
            parameters = self.net.module_.named_parameters()
            tell(self.net, named_parameters=parameters, batch=batch, training=True)


def loss_of(net, logits, target, weight, *, training):
    """Compute the weighted loss, in training with the penalty on the weights."""
    device = net.torch_device
    weight = None if weight is None else move(weight, device)
    loss = net.criterion_(logits, move(target, device), weight)
    if training and net.optimizer.penalty:
        squares = sum(HalfSquares.apply(weight) for weight in decayed(net.module_))
        loss = loss + net.optimizer.penalty * squares
    added = net.criterion_.penalty(net.module_) if training else None
    return loss if added is None else loss + added


def decayed(module):
    """Return the parameters that weight decay is for: all but biases and scales."""
    return [value for value in module.parameters() if value.ndim > 1]


class HalfSquares(torch.autograd.Function):
    """Half the sum of squares of a tensor; its gradient is the tensor."""

    @staticmethod
    def forward(ctx, weight):
        ctx.save_for_backward(weight)
        flat = weight.flatten()
        return stable_dot(flat, flat) / 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0]


def record_epoch(net, batches, loss):
    """Record an epoch whose steps were made elsewhere, as one batch of all rows."""
    net.history[-1]["batches"].append({"train_loss": loss, "train_batch_size": len(batches.x)})
    net.history.record("train_batch_count", len(batches))


def losses_of_epoch(net):
    """Return the losses of the training batches of the last epoch."""
    return [batch["train_loss"] for batch in net.history[-1]["batches"] if "train_loss" in batch]


def read_losses(records, name):
    """Turn the losses that are still on a device into numbers, all at once."""
    records = [record for record in records if isinstance(record.get(name), torch.Tensor)]
    if records:
        values = torch.stack([record[name] for record in records]).tolist()
        for record, value in zip(records, values, strict=True):
            record[name] = value
