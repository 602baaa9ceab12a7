"""The training loop: epochs, their batches, the step of each batch and its loss."""

import torch

from sktext._devices import move
from sktext._sums import stable_dot
from sktext._training._divergence import refuse_bad_losses
from sktext._training._listeners import listeners
from sktext._training._memory import MemoryOfBatch


def epochs(net, train, validation, max_epochs, steps):
    """Run epochs until the end, convergence, or a callback that sets ``net.stop_training``.

    Parameters
    ----------
    net : Net
        After ``begin``.
    train : Batches
    validation : Batches or None
    max_epochs : int
    steps : Steps or None
        Makes the step of each batch. None leaves the steps of an epoch to the caller, who
        sends their mean loss.

    Yields
    ------
    net : Net
        Before the steps of each epoch, if ``steps`` is None.
    """
    datasets = {"dataset_train": train, "dataset_valid": validation}
    for epoch in range(net.first_epoch, max_epochs):
        if net.stop_training:  # a run may be resumed after it was told to stop
            return
        net.criterion_.set_progress(epoch / max_epochs)
        net.notify("on_epoch_begin", **datasets)
        if steps is None:
            record_epoch(net, train, (yield net))
        else:
            run_batches(net, train, "train", steps.step)
        if validation is not None:
            run_batches(net, validation, "valid", net.validation_step)
        refuse_bad_losses(losses_of_epoch(net), epoch)
        net.notify("on_epoch_end", **datasets)
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
    on_begin, on_end = listeners(net, "on_batch_begin"), listeners(net, "on_batch_end")
    memory = MemoryOfBatch(net, prefix, records)
    try:
        with memory:
            for batch in batches:
                record = {}
                records.append(record)
                all_records.append(record)
                memory.batch = batch
                for notify in on_begin:
                    notify(net, batch=batch, training=training)
                made = step(batch)
                loss = made["loss"]
                # Reading a number from a CUDA device waits until it has done all steps so far.
                record[f"{prefix}_loss"] = loss.detach() if loss.is_cuda else loss.item()
                record[f"{prefix}_batch_size"] = len(batch[0])
                for notify in on_end:
                    notify(net, batch=batch, training=training, **made)
    finally:
        read_losses(records, f"{prefix}_loss")
    # A sampler may draw more or fewer rows than there are.
    net.history.record(f"{prefix}_batch_count", len(records))


class Steps:
    """Steps of an optimizer, each by the gradients of one batch or of several.

    Parameters
    ----------
    net : Net
    """

    def __init__(self, net):
        self.net = net
        self.gradient_listeners = listeners(net, "on_grad_computed")

    def step(self, batch):
        """Make a step, or add the gradients of a batch to those of the next step.

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
        self.backward(loss if inputs.fraction == 1 else loss * inputs.fraction)
        if inputs.last:
            self.finish(batch)
        return {"loss": loss, "y_pred": logits}

    def drop_gradients(self):
        """Do what ``zero_grad`` does, without its records for a profiler, which take longer."""
        for group in self.net.optimizer_.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def backward(self, loss):
        """Add the gradients of a loss."""
        loss.backward()

    def finish(self, batch):
        """Update the weights by the gradients."""
        self.notify_of_gradients(batch)
        self.net.optimizer_.step()

    def notify_of_gradients(self, batch):
        """Let callbacks read the gradients of a step, and change them."""
        for notify in self.gradient_listeners:
            parameters = self.net.module_.named_parameters()
            notify(self.net, named_parameters=parameters, batch=batch, training=True)


def loss_of(net, logits, target, weight, *, training):
    """Compute the weighted loss, with the penalty on the weights in training."""
    device = net.torch_device
    weight = None if weight is None else move(weight, device)
    loss = net.criterion_(logits, move(target, device), weight)
    return penalized(loss, net.criterion_, net.module_, net.optimizer.penalty) if training else loss


def penalized(loss, criterion, module, penalty):
    """Add half the squared weights, times a factor, and what the criterion asks of the weights."""
    if penalty:
        loss = loss + penalty * sum(HalfSquares.apply(weight) for weight in decayed(module))
    added = criterion.penalty(module)
    return loss if added is None else loss + added


def decayed(module):
    """Return the parameters with weight decay: all except biases and scales."""
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
    """Record an epoch whose steps the caller has made, as one batch of all rows."""
    net.history[-1]["batches"].append({"train_loss": loss, "train_batch_size": len(batches.x)})
    net.history.record("train_batch_count", len(batches))


def losses_of_epoch(net):
    """Return the losses of the training batches of the last epoch."""
    return [batch["train_loss"] for batch in net.history[-1]["batches"] if "train_loss" in batch]


def read_losses(records, name):
    """Replace losses that are still on a device by numbers, all at once."""
    records = [record for record in records if isinstance(record.get(name), torch.Tensor)]
    if records:
        values = torch.stack([record[name] for record in records]).tolist()
        for record, value in zip(records, values, strict=True):
            record[name] = value
