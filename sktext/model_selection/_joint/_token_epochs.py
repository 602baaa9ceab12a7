"""Networks of tokens that read their batches together."""

import torch

from sktext import _threads
from sktext.model_selection._joint._look_ups import Reader
from sktext.model_selection._joint._row_steps import RULES
from sktext.model_selection._joint._shared_epochs import numbered_batches
from sktext.model_selection._joint._shared_products import together


class TokenEpochs:
    """The epochs of several networks of tokens.

    The token vectors of all nets lie side by side, so that a batch is read, and its rows
    are changed, for all at once. What comes after is computed net by net, forwards and
    backwards, in the operations of a net alone: scores are the same, and hidden values
    stay in the caches, which is worth more than larger products.

    Parameters
    ----------
    runs : list of TrainingRun
        With networks that look up alike, and plans that ``has_rule`` knows.

    Attributes
    ----------
    table : tensor of shape (n_met, n_nets * embedding_dim)
        The vectors of the rows that training meets.
    errors : dict of int to Exception
        What nets have raised, by their number; they make no further steps.
    """

    def __init__(self, runs):
        nets = [run.net for run in runs]
        self.device = nets[0].torch_device
        self.train = numbered_batches(runs[0].train_batches, self.device)
        self.reader = Reader(nets[0].module_, runs[0].train_batches.x)
        self.steps = [NetSteps(run) for run in runs]
        with torch.no_grad():
            met = self.reader.met
            self.table = together([net.module_.embedding.weight[met] for net in nets])
        self.state = torch.zeros_like(self.table)
        rates = torch.stack([one.rate for one in self.steps])
        self.rates = rates.repeat_interleave(self.table.shape[1] // len(nets))
        self.rule = self.steps[0].rule
        self.errors = {}

    def answer(self, asked):
        """Run an epoch of the nets that ask; give each its mean loss, or its error."""
        # Those that do not ask have ended, and may have gone back to their best weights.
        totals = dict.fromkeys(asked, 0.0)
        for i in asked:
            self.steps[i].module.train()
        for inputs, target in self.train:
            _threads.look()
            rows, target = inputs.weight.to(self.device), target.to(self.device)
            ids = inputs.x.to(self.device).padded()
            for i, loss in self.step(totals.keys() - self.errors, ids, target, rows).items():
                totals[i] += loss.double() * len(rows)
        for i in asked:
            with torch.no_grad():
                self.steps[i].module.embedding.weight[self.reader.met] = self.columns(self.table, i)
        means = {i: float(total) / len(self.train.x) for i, total in totals.items()}
        return means | {i: error for i, error in self.errors.items() if i in asked}

    def step(self, asked, ids, target, rows):
        """Make one step of the nets that ask; give each its loss, unless it fails."""
        look_ups = self.reader.look_ups(ids)
        read = look_ups.read(self.table)
        gradient = torch.zeros_like(read)
        losses = {}
        for i in asked:
            part = self.columns(read, i).contiguous()
            try:
                losses[i], own = self.steps[i].step(part, ids, target, rows)
            except Exception as error:
                self.errors[i] = error
            else:
                self.columns(gradient, i).copy_(own)
        for places, by_row in look_ups.gradients(gradient):
            tables = self.table, self.state
            found = [table.index_select(0, places) for table in tables]
            self.rule.step_rows(*found, by_row, self.rates)
            for table, changed in zip(tables, found, strict=True):
                table.index_copy_(0, places, changed)
        return losses

    def columns(self, wide, i):
        """Give the part of the net number i of a tensor for all nets."""
        return wide.unflatten(-1, (len(self.steps), -1))[..., i, :]


class NetSteps:
    """The steps of one network, but for its table.

    Parameters
    ----------
    run : TrainingRun
    """

    def __init__(self, run):
        net, weight = run.net, run.train_batches.weight
        self.weight = None if weight is None else weight.to(net.torch_device)
        self.criterion, self.module = net.criterion_, net.module_
        table = self.module.embedding.weight
        self.rule = RULES[run.plan.factory](run.plan.options)
        self.rate = table.new_tensor(run.plan.options["lr"])
        with torch.no_grad():
            others = [value for value in self.module.parameters() if value is not table]
            self.states = {value: torch.zeros_like(value) for value in others}

    def step(self, read, ids, target, rows):
        """Make one step.

        Parameters
        ----------
        read : tensor of shape (..., embedding_dim)
            What the network has read.
        ids : int64 tensor of shape (n_samples, length)
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
        rows : int64 tensor of shape (n_samples,)
            Which rows they are, to find their weights.

        Returns
        -------
        loss : tensor of shape ()
        gradient : tensor of the shape of ``read``
        """
        weight = None if self.weight is None else self.weight[rows]
        with torch.enable_grad():
            logits = self.module.logits_of(read.requires_grad_(), ids)
            loss = self.criterion(logits, target, weight)
            loss.backward()
        with torch.no_grad():
            for value, state in self.states.items():
                self.rule.step(value, state, value.grad, self.rate)
                value.grad = None
        return loss.detach(), read.grad
