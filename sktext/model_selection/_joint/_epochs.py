"""Joint training by batches: the steps of an epoch are made for all nets at once."""

from dataclasses import replace
from functools import partial

import torch

from sktext import _threads
from sktext._training._batches import Batches
from sktext.model_selection._joint._block_steps import BlockSteps
from sktext.model_selection._joint._coroutines import run_in_turns
from sktext.model_selection._joint._loss import JointLoss
from sktext.model_selection._joint._row_steps import RowSteps


def train_by_epochs(trainers, runs, kind):
    """Train runs whose optimizer updates each weight independently of the others.

    Each runs as it would alone, with its own early stopping, scores and end. The steps of an
    epoch are made for all at once.

    Parameters
    ----------
    trainers : list of Trainer
    runs : list of TrainingRun
        With nets of the same shape and seed, on the same rows in the same order, with
        optimizers that differ in learning rate and weight decay only.
    kind : {MatrixEpochs, TokenEpochs}
        Class that runs the epochs.

    Returns
    -------
    errors : list of Exception or None
    """
    joint = kind(runs)
    # The optimizers of the nets would take memory and have no use.
    runs = [replace(run, plan=replace(run.plan, factory=no_optimizer, options={})) for run in runs]
    trainings = [trainer.epochs(run) for trainer, run in zip(trainers, runs, strict=True)]
    return run_in_turns(trainings, joint.answer)


def no_optimizer(groups):
    """Return no optimizer."""


def numbered_batches(batches, device):
    """Make batches with the indices of their rows in place of their weights.

    Weights differ between nets; the indices select those of a batch.
    """
    order = {"batch_size": batches.batch_size, "rng": batches.rng}
    indices = torch.arange(len(batches.x))
    return Batches(batches.x, batches.target, indices, **order).to(device)


class MatrixEpochs:
    """Joint epochs of several perceptrons or linear models.

    Parameters
    ----------
    runs : list of TrainingRun
    """

    def __init__(self, runs):
        nets = [run.net for run in runs]
        device, modules = nets[0].torch_device, [net.module_ for net in nets]
        plans = [run.plan for run in runs]
        kind = RowSteps if RowSteps.supports(plans[0], device) else BlockSteps
        self.nets = nets
        self.steps = kind(modules, plans)
        self.train = numbered_batches(runs[0].train_batches, device)
        weights = [run.train_batches.weight for run in runs]
        weights = [None if weight is None else weight.to(device) for weight in weights]
        self.loss = JointLoss([net.criterion_ for net in nets], weights)

    def answer(self, requests):
        """Run an epoch, copy weights to some nets, and return the mean loss or error of each."""
        losses = self.run_epoch(self.nets[0].torch_device).tolist()
        self.steps.copy_to({i: self.nets[i].module_ for i in requests})
        return {i: self.loss.errors.get(i, losses[i]) for i in requests}

    def run_epoch(self, device):
        """Make the steps of an epoch; return the mean loss of each net."""
        self.loss.refresh(device)
        total = torch.zeros(len(self.nets), dtype=torch.float64, device=device)
        with torch.enable_grad():
            for inputs, target in self.train:
                _threads.look()
                rows, target = inputs.weight.to(device), target.to(device)
                losses_of = partial(self.loss, target=target, rows=rows)
                total += self.steps.step(inputs.x.to(device), losses_of) * len(rows)
        return total / len(self.train.x)
