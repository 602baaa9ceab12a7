"""Nets that train by batches and make their steps together."""

from dataclasses import replace
from functools import partial

import torch

from sktext import _threads
from sktext._training._batches import Batches
from sktext.model_selection._joint._block_steps import BlockSteps
from sktext.model_selection._joint._loss import JointLoss
from sktext.model_selection._joint._row_steps import RowSteps
from sktext.model_selection._joint._turns import run_in_turns


def train_on_shared_epochs(classifiers, runs, kind):
    """Train classifiers by an optimizer that treats each weight by itself.

    Each runs as it would alone, with its own early stopping, scores and end. When all
    have come to the steps of an epoch, these are made for all at once.

    Parameters
    ----------
    classifiers : list of classifier
        With the nets that their runs need, of one shape and seed.
    runs : list of TrainingRun
        On the same rows in the same order, with optimizers that differ in step size and
        weight decay only.
    kind : {MatrixEpochs, TokenEpochs}
        What makes the epochs.

    Returns
    -------
    errors : list of Exception or None
    """
    epochs = kind([classifier.net_ for classifier in classifiers], runs)
    # The nets' own optimizers would only take memory.
    runs = [replace(run, plan=replace(run.plan, factory=no_optimizer, options={})) for run in runs]
    members = [partial(run_alone, *pair) for pair in zip(classifiers, runs, strict=True)]
    return run_in_turns(members, epochs.answer)


def run_alone(classifier, run, ask):
    """Run the training of a classifier that asks for its epochs."""
    net = classifier.net_
    net.shared_epoch = ask
    try:
        classifier._run(run)
    finally:
        net.shared_epoch = None


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
    nets : list of Net
    runs : list of TrainingRun
    """

    def __init__(self, nets, runs):
        device, modules = nets[0].torch_device, [net.module_ for net in nets]
        plans = [run.plan for run in runs]
        kind = RowSteps if RowSteps.can_do(plans[0], device) else BlockSteps
        self.nets = nets
        self.steps = kind(modules, plans)
        self.train = numbered_batches(runs[0].train, device)
        weights = [run.train.weight for run in runs]
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
