"""An optimizer before it has parameters: what makes it, and how it treats them."""

import inspect
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial

from sktext._training._lbfgs import StableLBFGS

# Share of the sharpest bend that the flattest is taken for at least.
MIN_CURVATURE = 1e-12
# L-BFGS has converged when an epoch takes off less than this share of the loss.
TOLERANCE = 1e-3


@dataclass(frozen=True)
class OptimizerPlan:
    """An optimizer before it has parameters.

    Parameters
    ----------
    factory : callable
        Optimizer class or partial of one.
    options : dict
        What it is called with, next to the parameters.
    weight_decay : float
        For all parameters but biases.
    penalty : float
        Factor of half the squared weights, added to the loss.
    sparse_gradient : bool
        Whether it updates only the rows that a batch of sparse rows has.
    groups : list of (str, dict)
        Patterns of the names of parameters, and options for those alone.
    name : str or None
        What ``optimizer=`` calls it, or that of its class; None of a function.
    reason : str
        Why "auto" chose it, empty if it did not choose.
    curvatures : tensor of shape (n_features + 1, n_outputs), default=None
        How sharply the loss of a linear model bends along each weight, and at last along
        the biases, for "lbfgs".
    """

    factory: object
    options: dict
    weight_decay: float = 0.0
    penalty: float = 0.0
    sparse_gradient: bool = False
    groups: tuple = ()
    name: str | None = None
    reason: str = field(default="", compare=False)
    curvatures: object = field(default=None, compare=False)

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
            scales = None if self.curvatures is None else self.scales(module.head)
            return self.factory(list(module.parameters()), **self.options, scales=scales)
        return self.factory(self.groups_of(module), **self.options)

    def scales(self, head):
        """Give the units of weights and biases in which the loss bends alike."""
        bends = self.curvatures.clone()
        bends[:-1] += self.penalty
        bends.clamp_(min=MIN_CURVATURE * float(bends.max()))
        return bends.flatten().rsqrt_().to(head.weight)

    def groups_of(self, module):
        """Divide the parameters of a module by the patterns, and by whether they decay."""
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
        """Give parameters to an optimizer, each with its decay."""
        groups = [{"params": weights}, {"params": biases}]
        if accepts(self.factory):
            groups[0]["weight_decay"], groups[1]["weight_decay"] = self.weight_decay, 0.0
        return groups

    def continues(self, other):
        """Tell whether training may go on with another plan's optimizer, at another step size."""
        return alike(self, other) and alike_but_lr(self.options, other.options)

    def set_lr(self, optimizer, before):
        """Give an optimizer that goes on the step size, where it is a new one."""
        lr = self.options.get("lr")
        if lr == before.options.get("lr"):
            return
        for group in optimizer.param_groups:
            if not group.get("own_lr"):
                group["lr"] = optimizer.defaults["lr"] if lr is None else lr

    def has_converged(self, history, epoch):
        """Tell whether full-batch training has nothing more to gain."""
        if not self.full_batch or epoch == 0:
            return False
        before, now = history[-2:, "train_loss"]
        return before - now <= TOLERANCE * abs(before)


def by_decay(parameters):
    """Divide parameters into those that weight decay is for, and biases and scales."""
    parameters = list(parameters)
    return [value for value in parameters if value.ndim > 1], [
        value for value in parameters if value.ndim <= 1
    ]


def alike(plan, other):
    """Tell whether plans are the same but for their options; partials are compared by content."""
    factories = [
        (one.factory.func, one.factory.args, one.factory.keywords)
        if isinstance(one.factory, partial)
        else one.factory
        for one in (plan, other)
    ]
    same = replace(plan, factory=None, options={}) == replace(other, factory=None, options={})
    return same and factories[0] == factories[1]


def alike_but_lr(options, others):
    """Tell whether options differ in the step size at most."""
    return {**options, "lr": None} == {**others, "lr": None}


def accepts(factory, name="weight_decay"):
    """Tell whether an optimizer knows a parameter."""
    return name in inspect.signature(factory).parameters
