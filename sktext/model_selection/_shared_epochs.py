"""Perceptrons and linear models that train by batches and make their steps together."""

from collections import defaultdict
from dataclasses import replace
from functools import partial

import torch

from sktext._batches import Batches
from sktext.model_selection._joint_loss import JointLoss
from sktext.model_selection._joint_mlp import JointMLP
from sktext.model_selection._turns import run_in_turns


def train_on_shared_epochs(classifiers, runs):
    """Train classifiers by an optimizer that treats each weight by itself.

    Each runs as it would alone, with its own early stopping, scores and end. When all
    have come to the steps of an epoch, these are made for all at once.

    Parameters
    ----------
    classifiers : list of classifier
        With the nets that their runs need: perceptrons of one shape and seed.
    runs : list of TrainingRun
        On the same rows in the same order, with optimizers that differ in step size and
        weight decay only.

    Returns
    -------
    errors : list of Exception or None
    """
    epochs = SharedEpochs([classifier.net_ for classifier in classifiers], runs)
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


class SharedEpochs:
    """The epochs of several nets.

    Parameters
    ----------
    nets : list of Net
    runs : list of TrainingRun
    """

    def __init__(self, nets, runs):
        blocks = defaultdict(list)
        for i, run in enumerate(runs):
            blocks[run.plan.options.get("lr"), run.plan.weight_decay].append(i)
        plans = [runs[numbers[0]].plan for numbers in blocks.values()]
        self.blocks = list(blocks.values())
        self.order = [i for block in self.blocks for i in block]
        self.nets = [nets[i] for i in self.order]
        device = nets[0].torch_device
        train = runs[0].train
        # What travels with the rows is their numbers; weights differ from net to net.
        self.train = Batches(
            train.x, train.target, torch.arange(len(train.x)), train.batch_size, train.rng
        ).to(device)
        weights = [runs[i].train.weight for i in self.order]
        weights = [None if weight is None else weight.to(device) for weight in weights]
        self.loss = JointLoss([net.criterion_ for net in self.nets], weights)
        modules = [[nets[i].module_ for i in block] for block in self.blocks]
        self.modules = [JointMLP(block) for block in modules]
        for module in self.modules:
            module.first.sparse_gradient = plans[0].sparse_gradient
        self.optimizer = make_optimizer(plans, self.modules)

    def answer(self, asked):
        """Run an epoch, and give each net its weights and its mean loss."""
        losses = self.run_epoch(self.nets[0].torch_device)
        places = ((module, k) for module in self.modules for k in range(module.n_nets))
        for i, net, (module, k) in zip(self.order, self.nets, places, strict=True):
            if i in asked:
                module.copy_to(net.module_, k)
        means = dict(zip(self.order, losses.tolist(), strict=True))
        return {i: means[i] for i in asked}

    def run_epoch(self, device):
        """Make the steps of an epoch; give the mean loss of each net."""
        self.loss.refresh()
        total = torch.zeros(len(self.nets), dtype=torch.float64, device=device)
        with torch.enable_grad():
            for inputs, target in self.train:
                rows, target = inputs.weight.to(device), target.to(device)
                x = inputs.x.to(device)
                self.optimizer.zero_grad()
                logits = torch.cat([module(x) for module in self.modules])
                losses = self.loss(logits, target, rows)
                losses.sum().backward()  # each depends on the weights of its own net only
                self.optimizer.step()
                total += losses.detach() * len(rows)
        return total / len(self.train.x)


def make_optimizer(plans, modules):
    """Make the optimizer of nets in blocks, each with its step size and decay."""
    groups = []
    for plan, module in zip(plans, modules, strict=True):
        step_size = {"lr": plan.options["lr"]} if "lr" in plan.options else {}
        for group in plan.parameter_groups(*module.split_parameters()):
            groups.append(group | step_size)
    return plans[0].factory(groups, **plans[0].options)
