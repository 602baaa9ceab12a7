"""Optimizer steps of several networks of tokens, which change only the rows a batch has."""

import torch
from torch import nn
from torch.func import functional_call

from sktext.model_selection._joint_tables import JointTables, rows_met, with_table
from sktext.model_selection._row_steps import RULES


class TokenSteps:
    """Steps of networks that read texts alike, by Adagrad or SGD.

    The token vectors of all nets lie side by side, so that a batch is read once; what
    comes after is computed for all nets by ``torch.vmap``.

    Parameters
    ----------
    modules : list of TextCNN or list of FastText
    plans : list of OptimizerPlan
        That differ in step size only.
    x : RaggedTokens
        All texts that there will be steps on.
    """

    def __init__(self, modules, plans, x):
        tables = [module.embedding.weight for module in modules]
        self.tables = JointTables(tables, rows_met(modules[0], x))
        self.logits = [LogitsOf(with_table(module, self.tables).train()) for module in modules]
        self.stacked = {
            name: torch.stack(values).detach().requires_grad_()
            for name, values in by_name(modules).items()
        }
        self.rule = RULES[plans[0].factory](plans[0].options)
        self.rates = tables[0].new_tensor([plan.options["lr"] for plan in plans])
        self.by_column = self.rates.repeat_interleave(tables[0].shape[1])
        parts = self.tables.weight, *self.stacked.values()
        self.states = {part: torch.zeros_like(part) for part in parts}

    def step(self, x, losses_of):
        """Make one step; give the loss of each net.

        Parameters
        ----------
        x : RaggedTokens
        losses_of : callable
            From logits of shape (n_nets, n_samples, n_outputs) to losses.

        Returns
        -------
        losses : tensor of shape (n_nets,)
        """
        ids = x.padded()
        with torch.no_grad():
            read = self.logits[0].network.read(ids)
        read.requires_grad_()
        losses = losses_of(self.logits_of_all(read, ids))
        losses.sum().backward()  # each depends on the weights of its own net only
        with torch.no_grad():
            self.update_rows(*self.tables.row_gradient(read.grad))
            for parameter in self.stacked.values():
                rates = self.rates.view(-1, *[1] * (parameter.ndim - 1))
                self.rule.step(parameter, self.states[parameter], parameter.grad, rates)
                parameter.grad = None
        return losses.detach()

    def logits_of_all(self, read, ids):
        """Map what the nets have read, of shape (..., n_nets * dim), to their logits."""
        by_net = zip(*(values.unbind() for values in self.stacked.values()), strict=True)
        parameters = [dict(zip(self.stacked, values, strict=True)) for values in by_net]
        parts = read.unflatten(-1, (len(parameters), -1)).unbind(-2)
        nets = zip(self.logits, parameters, parts, strict=True)
        return torch.stack([functional_call(net, own, (part, ids)) for net, own, part in nets])

    def update_rows(self, places, gradient):
        """Change some rows of the tables."""
        weight, state = self.tables.weight, self.states[self.tables.weight]
        rows = [part.index_select(0, places) for part in (weight, state)]
        self.rule.step_rows(*rows, gradient, self.by_column)
        for part, changed in zip((weight, state), rows, strict=True):
            part.index_copy_(0, places, changed)

    def copy_to(self, modules):
        """Copy the weights of some nets, by number, to networks of their own."""
        for i, module in modules.items():
            self.tables.copy_to(module.embedding.weight, i)
            with torch.no_grad():
                for name, (own,) in by_name([module]).items():
                    own.copy_(self.stacked[name][i])


class LogitsOf(nn.Module):
    """What a network does with what it has read.

    Parameters
    ----------
    network : TextCNN or FastText
    """

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, read, ids):
        """Map it to logits."""
        return self.network.logits_of(read, ids)


def by_name(modules):
    """Give the parameters of networks but for their tables, by the names in ``LogitsOf``."""
    named = [dict(LogitsOf(module).named_parameters()) for module in modules]
    return {
        name: [parameters[name] for parameters in named]
        for name in named[0]
        if name != "network.embedding.weight"
    }
