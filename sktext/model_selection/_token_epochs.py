"""Networks of tokens that read their batches together."""

import torch

from sktext.model_selection._look_ups import Reader
from sktext.model_selection._row_steps import RULES
from sktext.model_selection._shared_epochs import numbered_batches


class TokenEpochs:
    """The epochs of several networks of tokens.

    What a batch looks up is found and sorted once. What each net does with its vectors is
    computed net by net, forwards and backwards, in the operations and the order of a net
    alone: scores are the same, and hidden values stay in the caches, which is worth more
    than larger products.

    Parameters
    ----------
    nets : list of Net
        With networks that look up alike, which are trained in place.
    runs : list of TrainingRun
        With plans that ``has_rule`` knows.
    """

    def __init__(self, nets, runs):
        self.device = nets[0].torch_device
        self.train = numbered_batches(runs[0].train, self.device)
        self.reader = Reader(nets[0].module_)
        self.steps = [NetSteps(*pair) for pair in zip(nets, runs, strict=True)]

    def answer(self, asked):
        """Run an epoch of the nets that ask; give each its mean loss."""
        # Those that do not ask have ended, and may have gone back to their best weights.
        steps = {i: self.steps[i] for i in asked}
        totals = dict.fromkeys(asked, 0.0)
        for one in steps.values():
            one.module.train()
        for inputs, target in self.train:
            rows, target = inputs.weight.to(self.device), target.to(self.device)
            ids = inputs.x.to(self.device).padded()
            look_ups = self.reader.look_ups(ids)
            for i, one in steps.items():
                totals[i] += one.step(look_ups, ids, target, rows).double() * len(rows)
        return {i: float(total) / len(self.train.x) for i, total in totals.items()}


class NetSteps:
    """The steps of one network, which change only the vectors that a batch has.

    Parameters
    ----------
    net : Net
    run : TrainingRun
    """

    def __init__(self, net, run):
        weight = run.train.weight
        self.weight = None if weight is None else weight.to(net.torch_device)
        self.criterion, self.module = net.criterion_, net.module_
        self.table = self.module.embedding.weight
        self.others = [value for value in self.module.parameters() if value is not self.table]
        self.rule = RULES[run.plan.factory](run.plan.options)
        self.rate = self.table.new_tensor(run.plan.options["lr"])
        self.by_column = self.rate.repeat(self.table.shape[1])
        with torch.no_grad():
            self.states = {value: torch.zeros_like(value) for value in self.module.parameters()}

    def step(self, look_ups, ids, target, rows):
        """Make one step.

        Parameters
        ----------
        look_ups : LookUps
            Those of the batch.
        ids : int64 tensor of shape (n_samples, length)
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
        rows : int64 tensor of shape (n_samples,)
            Which rows they are, to find their weights.

        Returns
        -------
        loss : tensor of shape ()
        """
        weight = None if self.weight is None else self.weight[rows]
        with torch.enable_grad():
            read = look_ups.read(self.table.detach()).requires_grad_()
            loss = self.criterion(self.module.logits_of(read, ids), target, weight)
            loss.backward()
        with torch.no_grad():
            self.update_rows(look_ups.different, look_ups.gradient(read.grad))
            for value in self.others:
                self.rule.step(value, self.states[value], value.grad, self.rate)
                value.grad = None
        return loss.detach()

    def update_rows(self, rows, gradient):
        """Change some vectors of the table."""
        tables = self.table, self.states[self.table]
        found = [table.index_select(0, rows) for table in tables]
        self.rule.step_rows(*found, gradient, self.by_column)
        for table, changed in zip(tables, found, strict=True):
            table.index_copy_(0, rows, changed)
