"""Joint steps of several nets that update only the weights of the features of a batch."""

import numpy as np
import torch
from scipy import sparse

from sktext.model_selection._joint._mlp import JointMLP
from sktext.modules import SparseRows


class RowSteps:
    """Joint steps of nets on sparse rows, by Adagrad or SGD.

    The features of a batch are sorted once for all nets, and a step updates only their weights.
    Torch's optimizers do the same for one net with one learning rate.

    Parameters
    ----------
    modules : list of MLP
    plans : list of OptimizerPlan
        They differ in learning rate only.
    """

    def __init__(self, modules, plans):
        self.joint = JointMLP(modules)
        self.first = self.joint.first.weight
        self.rule = RULES[plans[0].factory](plans[0].options)
        rates = torch.tensor([plan.options["lr"] for plan in plans], dtype=self.first.dtype)
        by_column = rates.repeat_interleave(self.first.shape[1] // len(plans))
        self.rates = {
            parameter: rates[:, None, None] if parameter.ndim == 3 else by_column
            for parameter in self.joint.parameters()
            if parameter.requires_grad
        }
        self.states = {parameter: torch.zeros_like(parameter) for parameter in self.rates}

    @staticmethod
    def supports(plan, device):
        """Return whether this class makes steps of a plan on a device."""
        return has_rule(plan) and device.type == "cpu"

    def step(self, x, losses_of):
        """Make one step; return the loss of each net.

        Parameters
        ----------
        x : SparseRows
        losses_of : callable
            From logits of shape (n_nets, n_samples, n_outputs) to losses.

        Returns
        -------
        losses : tensor of shape (n_nets,)
        """
        x = self.joint.before(x)
        product = (x @ self.first.detach()).requires_grad_()
        losses = losses_of(self.joint.after(product))
        losses.sum().backward()  # each loss depends on the weights of its own net only
        with torch.no_grad():
            self.update_rows(*by_columns(x, product.grad))
            for parameter in self.rates:
                if parameter is not self.first:
                    state, rates = self.states[parameter], self.rates[parameter]
                    self.rule.step(parameter, state, parameter.grad, rates)
                    parameter.grad = None
        return losses.detach()

    def copy_to(self, modules):
        """Copy the weights of some nets to networks of their own, by number."""
        for i, module in modules.items():
            self.joint.copy_to(module, i)

    def update_rows(self, rows, gradient):
        """Update some rows of the first weights."""
        state = self.states[self.first].index_select(0, rows)
        weight = self.first.index_select(0, rows)
        self.rule.step_rows(weight, state, gradient, self.rates[self.first])
        self.states[self.first].index_copy_(0, rows, state)
        self.first.index_copy_(0, rows, weight)


class Adagrad:
    """The rule of torch.optim.Adagrad, with the same rounding."""

    def __init__(self, options):
        self.eps = options.get("eps", 1e-10)

    def step(self, weight, state, gradient, rates):
        """Update weights and their state."""
        divisor = state.addcmul_(gradient, gradient).sqrt().add_(self.eps)
        weight.sub_((gradient * rates).div_(divisor))

    def step_rows(self, weight, state, gradient, rates):
        """Update weights of which only some rows have a gradient, and their state."""
        divisor = state.add_(gradient.square()).sqrt().add_(self.eps)
        weight.addcmul_(gradient / divisor, rates, value=-1)


class SGD:
    """The rule of torch.optim.SGD."""

    def __init__(self, options):
        pass

    def step(self, weight, state, gradient, rates):
        """Update weights."""
        weight.addcmul_(gradient, rates, value=-1)

    step_rows = step


RULES = {torch.optim.Adagrad: Adagrad, torch.optim.SGD: SGD}


def has_rule(plan):
    """Return whether a plan updates only the rows of a batch, by one of ``RULES``."""
    return (
        plan.sparse_gradient
        and plan.factory in RULES
        and set(plan.options) <= {"lr", "eps"}
        and "lr" in plan.options
    )


def by_columns(x, gradient):
    """Compute the gradients of the weights of the features of some rows.

    Parameters
    ----------
    x : SparseRows
    gradient : tensor of shape (n_samples, n_outputs)
        Gradient of the product of the rows with the weights.

    Returns
    -------
    features : tensor of shape (n_found,), int64
    by_weight : tensor of shape (n_found, n_outputs)
    """
    offsets, indices, values = x.bag()
    indptr = np.append(offsets.numpy(), len(indices)).astype(offsets.numpy().dtype)
    matrix = sparse.csr_array((values.numpy(), indices.numpy(), indptr), shape=x.shape).tocsc()
    features = np.flatnonzero(np.diff(matrix.indptr))
    starts = np.append(matrix.indptr[features], matrix.nnz).astype(indptr.dtype)
    parts = (torch.from_numpy(part) for part in (starts, matrix.indices, matrix.data))
    return torch.from_numpy(features), SparseRows(*parts, len(x)) @ gradient
