"""Plans of optimizers: how they are made from a network, and how they treat its parameters."""

import inspect
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial

from sktext._training._lbfgs import StableLBFGS

# Smallest entry of the Hessian diagonal, as a fraction of the largest.
MIN_FRACTION = 1e-12
# L-BFGS has converged when the loss of an epoch decreases by less than this fraction.
TOLERANCE = 1e-3


@dataclass(frozen=True)
class OptimizerPlan:
    """An optimizer before it has parameters.

    Parameters
    ----------
    factory : callable
        Optimizer class or partial of one.
    options : dict
        Its arguments beside the parameters.
    weight_decay : float
        Of all parameters except biases.
    penalty : float
        Factor of half the squared weights, added to the loss.
    sparse_gradient : bool
        Whether it updates only the rows that a batch of sparse rows has.
    groups : list of (str, dict)
        Patterns of names of parameters, and the options of these parameters.
    name : str or None
        Name for ``optimizer=``, or name of the class; None of a function.
    reason : str
        Why "auto" chose it; empty if the user did.
    hessian_diagonal : tensor of shape (n_features + 1, n_outputs), default=None
        Estimated second derivatives of the loss of a linear model by each weight and, in the
        last row, by the biases, for "lbfgs".
    """

    factory: object
    options: dict
    weight_decay: float = 0.0
    penalty: float = 0.0
    sparse_gradient: bool = False
    groups: tuple = ()
    name: str | None = None
    reason: str = field(default="", compare=False)
    hessian_diagonal: object = field(default=None, compare=False)

    @property
    def full_batch(self):
        """Whether every step sees all rows."""
        return self.factory is StableLBFGS

    def make(self, module):
        """Make the optimizer of a module."""
        for layer in module.modules():
            if hasattr(layer, "sparse_gradient"):
                layer.sparse_gradient = self.sparse_gradient
        if self.full_batch:
            known = self.hessian_diagonal is not None
            preconditioner = self.preconditioner(module.head) if known else None
            parameters = list(module.parameters())
            return self.factory(parameters, **self.options, preconditioner=preconditioner)
        return self.factory(self.groups_of(module), **self.options)

    def preconditioner(self, head):
        """Compute the diagonal preconditioner of weights and biases: 1 / sqrt(diagonal)."""
        diagonal = self.hessian_diagonal.clone()
        diagonal[:-1] += self.penalty
        diagonal.clamp_(min=MIN_FRACTION * float(diagonal.max()))
        return diagonal.flatten().rsqrt_().to(head.weight)

    def groups_of(self, module):
        """Make the parameter groups of a module, by the patterns and by weight decay."""
        left = dict(module.named_parameters())
        made = []
        for pattern, options in self.groups:
            found = [left.pop(name) for name in list(left) if fnmatchcase(name, pattern)]
            if not found:
                names = ", ".join(name for name, _ in module.named_parameters())
                raise ValueError(
                    f"optimizer__param_groups has the pattern {pattern!r}, which no parameter that "
                    f"is left matches; the network has {names}."
                )
            own = options | {"own_lr": True} if "lr" in options else options
            made += [group | own for group in self.parameter_groups(*by_decay(found))]
        groups = made + self.parameter_groups(*by_decay(left.values()))
        return [group for group in groups if group["params"] or not self.groups]

    def parameter_groups(self, weights, biases):
        """Make the parameter groups of weights and of biases, each with its weight decay."""
        groups = [{"params": weights}, {"params": biases}]
        if accepts(self.factory):
            groups[0]["weight_decay"], groups[1]["weight_decay"] = self.weight_decay, 0.0
        return groups

    def can_resume(self, other):
        """Return whether the optimizer of another plan can be kept, at another learning rate."""
        return alike(self, other) and alike_but_lr(self.options, other.options)

    def set_lr(self, optimizer, before):
        """Set the learning rate of an optimizer that is kept, if it has changed."""
        lr = self.options.get("lr")
        if lr == before.options.get("lr"):
            return
        for group in optimizer.param_groups:
            if not group.get("own_lr"):
                group["lr"] = optimizer.defaults["lr"] if lr is None else lr

    def has_converged(self, history, epoch):
        """Return whether full-batch training has converged."""
        if not self.full_batch or epoch == 0:
            return False
        before, now = history[-2:, "train_loss"]
        return before - now <= TOLERANCE * abs(before)


def by_decay(parameters):
    """Split parameters into those with weight decay, and biases and scales."""
    parameters = list(parameters)
    return [value for value in parameters if value.ndim > 1], [
        value for value in parameters if value.ndim <= 1
    ]


def alike(plan, other):
    """Return whether plans are equal except for options; partials are compared by content."""
    factories = [
        (one.factory.func, one.factory.args, one.factory.keywords)
        if isinstance(one.factory, partial)
        else one.factory
        for one in (plan, other)
    ]
    same = replace(plan, factory=None, options={}) == replace(other, factory=None, options={})
    return same and factories[0] == factories[1]


def alike_but_lr(options, others):
    """Return whether options are equal except for the learning rate."""
    return {**options, "lr": None} == {**others, "lr": None}


def accepts(factory, name="weight_decay"):
    """Return whether an optimizer has a parameter."""
    return name in inspect.signature(factory).parameters
