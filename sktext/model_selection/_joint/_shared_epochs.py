"""Nets that train by batches and make their steps together."""

from dataclasses import replace
from functools import partial

import torch

from sktext import _threads
from sktext._training._batches import Batches
from sktext.model_selection._joint._block_steps import BlockSteps
from sktext.model_selection._joint._loss import JointLoss
from sktext.model_selection._joint._row_steps import RowSteps


def train_on_shared_epochs(trainers, runs, kind):
    """Train runs whose optimizer treats each weight by itself.

    Each runs as it would alone, with its own early stopping, scores and end. When all
    have come to the steps of an epoch, these are made for all at once.

    Parameters
    ----------
    trainers : list of Trainer
    runs : list of TrainingRun
        With nets of one shape and seed, on the same rows in the same order, with optimizers
        that differ in step size and weight decay only.
    kind : {MatrixEpochs, TokenEpochs}
        What makes the epochs.

    Returns
    -------
    errors : list of Exception or None
    """
    joint = kind(runs)
    # The nets' own optimizers would only take memory.
    runs = [replace(run, plan=replace(run.plan, factory=no_optimizer, options={})) for run in runs]
    trained = [trainer.epochs(run) for trainer, run in zip(trainers, runs, strict=True)]
    return take_turns(trained, joint.answer)


def take_turns(trained, answer):
    """Run trainings side by side, epoch by epoch.

    Parameters
    ----------
    trained : list of generator
        Each yields when it wants an epoch, and is sent its mean loss.
    answer : callable
        From the numbers of those that want one to their losses, or what they have raised.

    Returns
    -------
    errors : list of Exception or None
    """
    errors, replies = [None] * len(trained), dict.fromkeys(range(len(trained)))
    try:
        while replies:
            asked = []
            for i, reply in replies.items():
                try:
                    go_on(trained[i], reply)
                    asked.append(i)
                except StopIteration:
                    pass
                except Exception as error:
                    errors[i] = error
            replies = answer(asked) if asked else {}
    finally:
        for generator in trained:
            generator.close()
    return errors


def go_on(generator, reply):
    """Send a generator its loss, or raise in it what has gone wrong."""
    return generator.throw(reply) if isinstance(reply, Exception) else generator.send(reply)


def no_optimizer(groups):
    """Make no optimizer."""


def numbered_batches(batches, device):
    """Make batches that come with the numbers of their rows, in place of their weights.

    Weights differ from net to net; the numbers tell which ones a batch has.
    """
    order = {"batch_size": batches.batch_size, "rng": batches.rng}
    numbers = torch.arange(len(batches.x))
    return Batches(batches.x, batches.target, numbers, **order).to(device)


class MatrixEpochs:
    """The epochs of several perceptrons or linear models.

    Parameters
    ----------
    runs : list of TrainingRun
    """

    def __init__(self, runs):
        nets = [run.net for run in runs]
        device, modules = nets[0].torch_device, [net.module_ for net in nets]
        plans = [run.plan for run in runs]
        kind = RowSteps if RowSteps.can_do(plans[0], device) else BlockSteps
        self.nets = nets
        self.steps = kind(modules, plans)
        self.train = numbered_batches(runs[0].train_batches, device)
        weights = [run.train_batches.weight for run in runs]
        weights = [None if weight is None else weight.to(device) for weight in weights]
        self.loss = JointLoss([net.criterion_ for net in nets], weights)

    def answer(self, asked):
        """Run an epoch, and give each net its weights and its mean loss."""
        losses = self.run_epoch(self.nets[0].torch_device).tolist()
        self.steps.copy_to({i: self.nets[i].module_ for i in asked})
        return {i: self.loss.errors.get(i, losses[i]) for i in asked}

    def run_epoch(self, device):
        """Make the steps of an epoch; give the mean loss of each net."""
        self.loss.refresh(device)
        total = torch.zeros(len(self.nets), dtype=torch.float64, device=device)
        with torch.enable_grad():
            for inputs, target in self.train:
                _threads.look()
                rows, target = inputs.weight.to(device), target.to(device)
                losses_of = partial(self.loss, target=target, rows=rows)
                total += self.steps.step(inputs.x.to(device), losses_of) * len(rows)
        return total / len(self.train.x)
