"""Which optimizer trains a net, and how it is set up."""

import inspect
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from math import ceil

import torch

from sktext._training._lbfgs import StableLBFGS
from sktext._training._net import decayed
from sktext._user_warnings import warn

OPTIMIZERS = {
    "lbfgs": StableLBFGS,
    "adagrad": torch.optim.Adagrad,
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
}
# Chosen by benchmarks/defaults.py: (linear model, linear multilabel model, hidden layers,
# network of tokens).
LEARNING_RATES = {
    torch.optim.Adagrad: (0.5, 2.0, 0.05, 0.03),
    torch.optim.AdamW: (0.03, 0.03, 0.003, 0.002),
    torch.optim.Adam: (0.03, 0.03, 0.003, 0.002),
    torch.optim.SGD: (1.0, 1.0, 1.0, 0.5),
}
# A start at the best constant has a bias gradient of nothing but rounding, which Adagrad
# would blow up to a full step.
OPTIONS = {torch.optim.Adagrad: {"eps": 1e-7}}
# Factor of half the squared weights: (one label per sample, multilabel).
LBFGS_PENALTIES = (5e-6, 1e-6)
# Above this many weights the vectors that L-BFGS keeps cost more than its steps save.
MAX_LBFGS_WEIGHTS = 3_000_000
# Share of the sharpest bend that the flattest is taken for at least.
MIN_CURVATURE = 1e-12
# L-BFGS has converged when an epoch takes off less than this share of the loss.
TOLERANCE = 1e-3


# What skorch calls by these names, classifiers have parameters for.
OWN_PARAMETERS = {
    **{name: name for name in ("lr", "optimizer", "max_epochs", "batch_size", "callbacks")},
    **{name: name for name in ("verbose", "device", "warm_start")},
    "train_split": "early_stopping",
    "optimizer__lr": "lr",
    "optimizer__weight_decay": "weight_decay",
}


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


def choose(estimator, net, *, row_wise, online=False, draws=False):
    """Turn the optimizer parameters of a classifier into a plan.

    Parameters
    ----------
    estimator : classifier
        With ``optimizer``, ``lr``, ``weight_decay``, ``lr_schedule``, ``dropout``,
        ``callbacks`` and ``net_params``.
    net : Net
        With the built network and loss.
    row_wise : bool
        Whether a batch reads some rows of the first weights only, as sparse rows and
        tokens do.
    online : bool
        Whether training goes on later with other rows (``partial_fit``).
    draws : bool
        Whether every epoch draws its rows anew.

    Returns
    -------
    plan : OptimizerPlan
    """
    multilabel = net.criterion_.task_ == "multilabel"
    factory, reason = find_factory(estimator, net, online, draws)
    about = {"name": name_of(factory), "reason": reason}
    options = dict(OPTIONS.get(factory, {}))
    if estimator.lr != "auto":
        options["lr"] = estimator.lr
    elif factory in LEARNING_RATES:
        kind = int(multilabel) if is_linear(net.module_) else 3 if estimator._reads_tokens else 2
        options["lr"] = LEARNING_RATES[factory][kind]
    params = estimator.net_params or {}
    prefix = "optimizer__"
    options |= {k.removeprefix(prefix): params[k] for k in params if k.startswith(prefix)}
    groups = tuple((pattern, dict(own)) for pattern, own in options.pop("param_groups", ()))
    decay = estimator.weight_decay
    if factory is StableLBFGS:
        if groups:
            raise ValueError(
                "optimizer__param_groups are for optimizers that step by the batch, and 'lbfgs' "
                "searches one step for all weights; set optimizer='adamw'."
            )
        if decay == "auto":
            decay = LBFGS_PENALTIES[1 if multilabel else 0]
        # A multilabel loss is a mean over labels; each label keeps its own penalty.
        penalty = decay / (net.n_classes if multilabel else 1)
        return OptimizerPlan(factory, options, penalty=penalty, **about)
    if decay == "auto":
        decay = default_weight_decay(factory)
    if decay and not accepts(factory):
        raise ValueError(
            f"weight_decay={decay} is set, but {factory} does not know weight_decay; set it to 0."
        )
    row_wise = row_wise and updates_rows(factory) and not decay and has_wide_weights(net.module_)
    if factory in OPTIMIZERS.values() and not (row_wise or set(options) & {"foreach", "fused"}):
        # One pass over all weights in place of several; plain steps of SGD are one anyway.
        options |= {"foreach": False} if factory is torch.optim.SGD else {"fused": True}
    plan = OptimizerPlan(factory, options, weight_decay=decay, sparse_gradient=row_wise, **about)
    return replace(plan, groups=groups)


def check_net_params(net_params):
    """Refuse what a classifier has a parameter of its own for.

    Parameters
    ----------
    net_params : dict or None

    Returns
    -------
    net_params : dict
    """
    for name in net_params or {}:
        own = OWN_PARAMETERS.get(name)
        if own or name.startswith(("iterator_", "module", "criterion")):
            raise ValueError(
                f"net_params has {name!r}, which is not skorch's to say here; "
                + (f"set the parameter {own}." if own else "see the classifier's own parameters.")
            )
    return net_params or {}


def find_factory(estimator, net, online, draws):
    """Find the optimizer class that a name, or "auto", stands for, and why "auto" does."""
    factory, reason = estimator.optimizer, ""
    if factory == "auto":
        factory, reason = choose_by_itself(estimator, net, online, draws)
    factory = OPTIMIZERS[factory] if isinstance(factory, str) else factory
    if factory is torch.optim.LBFGS:
        raise ValueError(
            "optimizer=torch.optim.LBFGS wants all rows at once and no weight decay of its own; "
            "set optimizer='lbfgs', which is the same with reproducible sums."
        )
    if factory is StableLBFGS:
        refuse_what_needs_batches(estimator, online, draws)
    return factory, reason


def choose_by_itself(estimator, net, online, draws):
    """Choose an optimizer by the network, the loss and the data, and say why.

    Returns
    -------
    name : str
    reason : str
    """
    few_rows = has_wide_weights(net.module_) or not estimator._reads_tokens
    by_batches = "adagrad" if few_rows else "adamw"
    why_not = {
        "the network is not linear": not is_linear(net.module_),
        f"dropout={getattr(estimator, 'dropout', 0)} draws anew at each step": getattr(
            estimator, "dropout", 0
        ),
        f"{type(net.criterion_).__name__} does not suit 'lbfgs'": not net.criterion_.suits_lbfgs,
        "partial_fit sees a part of the rows": online,
        f"sampler={estimator.sampler!r} draws batches": draws,
        f"lr_schedule={estimator.lr_schedule!r} is for steps by the batch": estimator.lr_schedule,
    }
    reasons = [reason for reason, holds in why_not.items() if holds]
    if reasons:
        return by_batches, " and ".join(reasons)
    n_weights = sum(weight.numel() for weight in decayed(net.module_))
    if n_weights <= MAX_LBFGS_WEIGHTS:
        return "lbfgs", "the model is linear and the loss smooth"
    reason = (
        # Rounded up, so that Python shows the same words for all folds once.
        f"the model has {ceil(n_weights / 1e5) / 10} million weights, and above "
        f"{MAX_LBFGS_WEIGHTS / 1e6} million 'auto' leaves 'lbfgs'"
    )
    warn(
        f"optimizer='auto' takes {by_batches!r}, as {reason}. That is another model, often a "
        "worse one. Take fewer features (min_df=2, max_features, n_features), set "
        f"optimizer='lbfgs', or set optimizer={by_batches!r} if it is what you want."
    )
    return by_batches, reason


def name_of(factory):
    """Name an optimizer class as ``optimizer=`` does, or as torch does; None of a function."""
    factory = factory.func if isinstance(factory, partial) else factory
    names = [name for name, known in OPTIMIZERS.items() if known is factory]
    if names:
        return names[0]
    return factory.__name__ if isinstance(factory, type) else None


def is_linear(module):
    """Tell whether a network has no hidden layer; one that does not say has some."""
    return getattr(module, "is_linear", False)


def has_wide_weights(module):
    """Tell whether a network has weights of which a batch reads only some rows."""
    return any(hasattr(part, "sparse_gradient") for part in module.modules())


def default_weight_decay(factory):
    """The optimizer's own default, or zero if it knows none."""
    if not accepts(factory):
        return 0.0
    default = inspect.signature(factory).parameters["weight_decay"].default
    return default if isinstance(default, (int, float)) else 0.0


def updates_rows(factory):
    """Tell whether an optimizer takes gradients that hold a few rows only."""
    if isinstance(factory, partial):
        plain = not set(factory.keywords) & {"momentum", "weight_decay", "fused"}
        return plain and updates_rows(factory.func)
    return factory in (torch.optim.Adagrad, torch.optim.SGD, torch.optim.SparseAdam)


def refuse_what_needs_batches(estimator, online, draws):
    """Say that full-batch L-BFGS knows neither schedules nor chunks nor draws."""
    if draws:
        raise ValueError(
            f"sampler={estimator.sampler!r} draws batches, and optimizer='lbfgs' takes all rows "
            "at once; set optimizer='auto' or 'adagrad'."
        )
    if getattr(estimator, "gradient_accumulation_steps", 1) > 1 or estimator.dtype == "float16":
        raise ValueError(
            "gradient_accumulation_steps and dtype='float16' are for optimizers that step by the "
            "batch, and optimizer='lbfgs' takes all rows at once; set optimizer='auto'."
        )
    if online:
        raise ValueError(
            "partial_fit sees one part of the data at a time, and optimizer='lbfgs' needs all of "
            "it; set optimizer='auto' or 'adagrad'."
        )
    if estimator.lr_schedule:
        raise ValueError(
            f"lr_schedule={estimator.lr_schedule!r} has no effect on optimizer='lbfgs', which "
            "searches its own step size; set lr_schedule=None or another optimizer."
        )
