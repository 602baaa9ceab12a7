"""Steps that are made in other ways than one after each batch by torch's own optimizers."""

from functools import partial

import torch

from sktext._training._loop import Steps, loss_of


class ScaledSteps(Steps):
    """Steps in float16 on CUDA, whose losses are scaled so that small gradients are not zero.

    Parameters
    ----------
    net : Net
    """

    def backward(self, loss):
        self.net.scaler_.scale(loss).backward()

    def finish(self, batch):
        scaler, optimizer = self.net.scaler_, self.net.optimizer_
        scaler.unscale_(optimizer)
        self.tell_of_gradients(batch)
        scaler.step(optimizer)
        scaler.update()


class ClosureSteps(Steps):
    """Steps of optimizers that may compute the loss several times, such as L-BFGS.

    Parameters
    ----------
    net : Net
    """

    def __init__(self, net):
        super().__init__(net)
        self.gathered = []

    def step(self, batch):
        inputs, _ = batch
        if inputs.share == 1:
            return self.step_alone(batch)
        if inputs.first:
            self.drop_gradients()
            self.gathered = []
        made = self.evaluate(batch)
        self.gathered.append((batch, made["loss"].detach()))
        if inputs.last:
            evaluate = partial(self.evaluate_again, versions(self.net.module_))
            self.net.optimizer_.step(evaluate)
            self.gathered = []
        return made

    def step_alone(self, batch):
        """Make the step of a batch that is a step by itself; return its last evaluation."""
        made = {}

        def evaluate():
            self.drop_gradients()
            made.update(self.evaluate(batch))
            self.tell_of_gradients(batch)
            return made["loss"]

        self.net.optimizer_.step(evaluate)
        return made

    def drop_gradients(self):
        """Let the optimizer do it, which may be one of the user's."""
        self.net.optimizer_.zero_grad()

    def evaluate(self, batch):
        """Compute the loss of a batch, and add its fraction of the gradients."""
        if not self.net.module_.training:
            self.net.set_training(True)
        inputs, target = batch
        logits = self.net.infer(inputs)
        loss = loss_of(self.net, logits, target, inputs.weight, training=True)
        self.backward(loss if inputs.share == 1 else loss * inputs.share)
        return {"loss": loss, "y_pred": logits}

    def evaluate_again(self, seen):
        """Compute the loss and the gradients of all batches of a step.

        They are there already if the weights are still those that the batches were seen with.
        """
        batches = [batch for batch, _ in self.gathered]
        losses = [loss for _, loss in self.gathered]
        if versions(self.net.module_) != seen:
            with torch.enable_grad():
                self.drop_gradients()
                losses = [self.evaluate(batch)["loss"].detach() for batch in batches]
        self.tell_of_gradients(batches[-1])
        shares = [inputs.share for inputs, _ in batches]
        return sum(share * loss for share, loss in zip(shares, losses, strict=True))


def steps_of(net):
    """Choose how the steps of a net are made, by its optimizer and its precision."""
    if net.scaler_ is not None:
        return ScaledSteps(net)
    return (ClosureSteps if evaluates_again(net.optimizer_) else Steps)(net)


def versions(module):
    """Return what tells weights and gradients from those of another time."""
    pairs = [(value, value.grad) for value in module.parameters()]
    return [  # torch counts how often a tensor was written to
        (value._version, None if gradient is None else (id(gradient), gradient._version))
        for value, gradient in pairs
    ]


def evaluates_again(optimizer):
    """Return whether an optimizer may want to compute the loss several times in a step.

    Parameters
    ----------
    optimizer : Optimizer

    Returns
    -------
    answer : bool
        L-BFGS does; of those that are not torch's own one cannot know.
    """
    kind = type(optimizer)
    return not kind.__module__.startswith("torch.optim.") or issubclass(kind, torch.optim.LBFGS)
