"""Plans of optimizers: how they are made from a network, and how they treat its parameters."""

import inspect
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial

from sktext._training._lbfgs import StableLBFGS

# Smallest entry of the Hessian diagonal, as a fraction of the largest.
MIN_FRACTION = 1e-12
# Power of the Hessian diagonal that takes the place of the Hessian, between 1 and 0, of which the
# first is best where all directions have the estimated curvature, and the other where none has.
POWER = 0.65
# L-BFGS has converged when the loss of an epoch decreases by less than this fraction.
TOLERANCE = 1e-3


@dataclass(frozen=True)
class StepSizes:
    """The step sizes that a network asks for, and what of it is not trained.

    Parameters
    ----------
    lr : float
        Learning rate if the user has chosen none.
    groups : tuple of (tuple of str, dict)
        Patterns of names of parameters, and their options: ``lr``, or ``lr_factor`` for a
        multiple of the learning rate of the others.
    fixed : tuple of str
        Names of the parameters that are never trained.
    """

    lr: float
    groups: tuple = ()
    fixed: tuple = ()

    @property
    def without_rates(self):
        """Which parameters are in which group."""
        patterns = tuple(patterns for patterns, _ in self.groups)
        return replace(self, lr=0.0, groups=patterns)


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
        Factor of half the squared weights, added to the loss: ``weight_decay`` of each label.
    scale : float
        Factor of the weights and biases of the head, once they are fitted.
    sparse_gradient : bool
        Whether it updates only the rows that a batch of sparse rows has.
    groups : list of (str, dict)
        Patterns of names of parameters, and the options of these parameters.
    sizes : StepSizes or None
        What the network asks for, where ``groups`` have nothing else.
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
    scale: float = 1.0
    sparse_gradient: bool = False
    groups: tuple = ()
    sizes: StepSizes | None = None
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
            parameters = list(self.trained(module).values())
            return self.factory(parameters, **self.options, preconditioner=preconditioner)
        optimizer = self.factory(self.groups_of(module), **self.options)
        for group in getattr(optimizer, "param_groups", ()):  # joint fits make none
            if "lr_factor" in group:
                group["lr"] = group["lr"] * group["lr_factor"]
        return optimizer

    def preconditioner(self, head):
        """Compute the diagonal preconditioner of weights and biases."""
        diagonal = self.hessian_diagonal.clone()
        diagonal[:-1] += self.penalty
        diagonal.clamp_(min=MIN_FRACTION * float(diagonal.max()))
        return diagonal.flatten().pow_(-POWER / 2).to(head.weight)

    def trained(self, module):
        """Return the parameters that are trained, by name."""
        fixed = () if self.sizes is None else self.sizes.fixed
        return {name: value for name, value in module.named_parameters() if name not in fixed}

    def groups_of(self, module):
        """Make the parameter groups of a module, by the patterns and by weight decay."""
        left = self.trained(module)
        made = []
        for pattern, options in self.groups:
            found = take_matching(left, (pattern,))
            if not found:
                names = ", ".join(self.trained(module))
                raise ValueError(
                    f"optimizer__param_groups has the pattern {pattern!r}, which no parameter that "
                    f"is left matches; the network has {names}."
                )
            made += self.groups_with(found, options)
        for i, (patterns, options) in enumerate(() if self.sizes is None else self.sizes.groups):
            found = take_matching(left, patterns)
            made += self.groups_with(found, options | {"of_network": i})
        groups = made + self.groups_with(left.values(), {})
        return [group for group in groups if group["params"] or not made]

    def groups_with(self, parameters, options):
        """Make the groups of some parameters, which have options of their own."""
        own = options | {"own_lr": True} if "lr" in options else options
        return [group | own for group in self.parameter_groups(*by_decay(parameters))]

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
        """Set the learning rates of an optimizer that is kept, if they have changed."""
        lr = self.options.get("lr")
        if (lr, self.sizes) == (before.options.get("lr"), before.sizes):
            return
        base = optimizer.defaults["lr"] if lr is None else lr
        for group in optimizer.param_groups:
            if "of_network" in group:
                group.update(self.sizes.groups[group["of_network"]][1])
            if not group.get("own_lr"):
                group["lr"] = base * group.get("lr_factor", 1)

    def has_converged(self, history, epoch):
        """Return whether full-batch training has converged."""
        if not self.full_batch or epoch == 0:
            return False
        before, now = history[-2:, "train_loss"]
        return before - now <= TOLERANCE * abs(before)


def take_matching(left, patterns):
    """Take the parameters out of a dict whose names match one of some patterns."""
    matches = [name for name in left if any(fnmatchcase(name, pattern) for pattern in patterns)]
    return [left.pop(name) for name in matches]


def by_decay(parameters):
    """Split parameters into those with weight decay, and biases and scales."""
    parameters = list(parameters)
    return [value for value in parameters if value.ndim > 1], [
        value for value in parameters if value.ndim <= 1
    ]


def alike(plan, other):
    """Return whether plans are equal but for options and rates; partials go by content."""
    factories = [
        (one.factory.func, one.factory.args, one.factory.keywords)
        if isinstance(one.factory, partial)
        else one.factory
        for one in (plan, other)
    ]
    bare = [
        replace(one, factory=None, options={}, sizes=one.sizes and one.sizes.without_rates)
        for one in (plan, other)
    ]
    return bare[0] == bare[1] and factories[0] == factories[1]


def alike_but_lr(options, others):
    """Return whether options are equal except for the learning rate."""
    return {**options, "lr": None} == {**others, "lr": None}


def accepts(factory, name="weight_decay"):
    """Return whether an optimizer has a parameter."""
    return name in inspect.signature(factory).parameters
