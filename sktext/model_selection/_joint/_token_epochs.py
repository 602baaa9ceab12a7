"""Joint epochs of several networks of tokens."""

import torch

from sktext import _threads
from sktext.model_selection._joint._embedding_rows import SeenRows
from sktext.model_selection._joint._epochs import numbered_batches
from sktext.model_selection._joint._products import concatenated
from sktext.model_selection._joint._row_steps import RULES


class TokenEpochs:
    """Joint epochs of several networks of tokens.

    The token vectors of all nets are in one table, side by side, so that the rows of a batch are
    read and updated for all at once. The other layers are computed net by net, forward and
    backward, with the operations of a net alone: scores are the same, and hidden values stay in
    the caches, which saves more time than larger products.

    Parameters
    ----------
    runs : list of TrainingRun
        With networks that look up the same rows, and plans for which ``has_rule`` is true.

    Attributes
    ----------
    table : tensor of shape (n_seen, n_nets * embedding_dim)
        The vectors of the rows that training reads.
    errors : dict of int to Exception
        Errors that nets have raised, by number; these nets make no further steps.
    """

    def __init__(self, runs):
        nets = [run.net for run in runs]
        self.device = nets[0].torch_device
        self.train = numbered_batches(runs[0].train_batches, self.device)
        self.embedding = SeenRows(nets[0].module_, runs[0].train_batches.x)
        self.steps = [NetSteps(run) for run in runs]
        with torch.no_grad():
            seen = self.embedding.seen
            self.table = concatenated([net.module_.embedding.weight[seen] for net in nets])
        self.state = torch.zeros_like(self.table)
        self.rule = self.steps[0].rule
        self.errors = {}

    def answer(self, requests):
        """Run an epoch of some nets, by number; return the mean loss or the error of each."""
        # The others have ended, and early stopping may have restored their best weights.
        totals = dict.fromkeys(requests, 0.0)
        for i in requests:
            self.steps[i].module.train()
        for inputs, target in self.train:
            _threads.look()
            rows, target = inputs.weight.to(self.device), target.to(self.device)
            ids = inputs.x.to(self.device).padded()
            for i, loss in self.step(totals.keys() - self.errors, ids, target, rows).items():
                totals[i] += loss.double() * len(rows)
        for i in requests:
            with torch.no_grad():
                weight = self.steps[i].module.embedding.weight
                weight[self.embedding.seen] = self.columns(self.table, i)
        means = {i: float(total) / len(self.train.x) for i, total in totals.items()}
        return means | {i: error for i, error in self.errors.items() if i in requests}

    def step(self, numbers, ids, target, rows):
        """Make one step of some nets; return the loss of each, unless it fails."""
        embedding_rows = self.embedding.rows_of(ids)
        read = embedding_rows.look_up(self.table)
        gradient = torch.zeros_like(read)
        losses = {}
        rates = torch.stack([one.rate() for one in self.steps])
        for i in numbers:
            own_read = self.columns(read, i).contiguous()
            try:
                losses[i], own = self.steps[i].step(own_read, ids, target, rows, rates[i])
            except Exception as error:
                self.errors[i] = error
            else:
                self.columns(gradient, i).copy_(own)
        rates = rates.repeat_interleave(self.table.shape[1] // len(self.steps))
        for places, by_row in embedding_rows.gradients(gradient):
            tables = self.table, self.state
            found = [table.index_select(0, places) for table in tables]
            self.rule.step_rows(*found, by_row, rates)
            for table, changed in zip(tables, found, strict=True):
                table.index_copy_(0, places, changed)
        return losses

    def columns(self, wide, i):
        """Return the columns of net ``i`` in a tensor for all nets."""
        return wide.unflatten(-1, (len(self.steps), -1))[..., i, :]


class NetSteps:
    """The steps of one network, except for its embedding.

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
        self.table, self.lr = table, run.plan.options["lr"]
        self.lr_factor, self.n_steps = run.lr_factor, 0
        with torch.no_grad():
            others = [value for value in self.module.parameters() if value is not table]
            self.states = {value: torch.zeros_like(value) for value in others}

    def rate(self):
        """Compute the learning rate of the next step."""
        factor = 1 if self.lr_factor is None else self.lr_factor(self.n_steps)
        return self.table.new_tensor(self.lr * factor)

    def step(self, read, ids, target, rows, rate):
        """Make one step.

        Parameters
        ----------
        read : tensor of shape (..., embedding_dim)
            Token vectors that the network has looked up.
        ids : int64 tensor of shape (n_samples, length)
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
        rows : int64 tensor of shape (n_samples,)
            Indices of the rows, which select their weights.
        rate : tensor of shape ()
            The learning rate.

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
                self.rule.step(value, state, value.grad, rate)
                value.grad = None
        self.n_steps += 1
        return loss.detach(), read.grad
