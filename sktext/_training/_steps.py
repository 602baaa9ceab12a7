"""Steps in float16, and steps of optimizers that call a closure."""

from functools import partial

import torch

from sktext._training._batches import Inputs
from sktext._training._loop import Steps


class ScaledSteps(Steps):
    """Steps in float16 on CUDA, with scaled losses so that small gradients do not become zero.

    Parameters
    ----------
    net : Net
    """

    def backward(self, loss):
        self.net.scaler_.scale(loss).backward()

    def finish(self, batch):
        scaler, optimizer = self.net.scaler_, self.net.optimizer_
        scaler.unscale_(optimizer)
        self.notify_of_gradients(batch)
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
        self.accumulated = []

    def step(self, batch):
        inputs, _ = batch
        if inputs.fraction == 1:
            return self.step_alone(batch)
        if inputs.first:
            self.drop_gradients()
            self.accumulated = []
        made = self.evaluate(batch)
        self.accumulated.append((batch, made["loss"].detach()))
        if inputs.last:
            evaluate = partial(self.evaluate_again, versions(self.net.module_))
            self.net.optimizer_.step(evaluate)
            self.accumulated = []
        return made

    def step_alone(self, batch):
        """Make the step of a single batch; return its last evaluation."""
        made = {}

        def evaluate():
            self.drop_gradients()
            made.update(self.evaluate(batch))
            self.notify_of_gradients(batch)
            return made["loss"]

        self.net.optimizer_.step(evaluate)
        return made

    def drop_gradients(self):
        """Call ``zero_grad`` of the optimizer, which may be one of the user's."""
        self.net.optimizer_.zero_grad()

    def evaluate(self, batch):
        """Compute the loss of a batch, and add its fraction of the gradients."""
        inputs, target = batch
        within = Inputs(inputs.x, inputs.weight, inputs.fraction, first=False, last=False)
        return super().step((within, target))

    def evaluate_again(self, seen):
        """Compute the loss and the gradients of all batches of a step.

        They are known if the weights have not changed since the batches were evaluated.
        """
        batches = [batch for batch, _ in self.accumulated]
        losses = [loss for _, loss in self.accumulated]
        if versions(self.net.module_) != seen:
            with torch.enable_grad():
                self.drop_gradients()
                losses = [self.evaluate(batch)["loss"].detach() for batch in batches]
        self.notify_of_gradients(batches[-1])
        fractions = [inputs.fraction for inputs, _ in batches]
        return sum(part * loss for part, loss in zip(fractions, losses, strict=True))


def steps_of(net):
    """Return the kind of steps that the optimizer and the precision of a net need."""
    if net.scaler_ is not None:
        return ScaledSteps(net)
    return (ClosureSteps if evaluates_again(net.optimizer_) else Steps)(net)


def versions(module):
    """Return the versions of weights and gradients, which change with their values."""
    pairs = [(value, value.grad) for value in module.parameters()]
    return [  # torch counts the writes to a tensor
        (value._version, None if gradient is None else (id(gradient), gradient._version))
        for value, gradient in pairs
    ]


def evaluates_again(optimizer):
    """Return whether an optimizer may compute the loss several times in a step.

    Parameters
    ----------
    optimizer : Optimizer

    Returns
    -------
    answer : bool
        True of L-BFGS, and of all that are not torch's own, as it cannot be known.
    """
    kind = type(optimizer)
    return not kind.__module__.startswith("torch.optim.") or issubclass(kind, torch.optim.LBFGS)
