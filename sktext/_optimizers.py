"""Which optimizer trains a net, and how it is set up."""

import inspect
from dataclasses import dataclass, field
from functools import partial

import torch

from sktext._lbfgs import StableLBFGS
from sktext._net import decayed

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
    curvatures : tensor of shape (n_features + 1, n_outputs), default=None
        How sharply the loss of a linear model bends along each weight, and at last along
        the biases, for "lbfgs".
    """

    factory: object
    options: dict
    weight_decay: float = 0.0
    penalty: float = 0.0
    sparse_gradient: bool = False
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
        weights = decayed(module)
        ids = {id(weight) for weight in weights}
        biases = [value for value in module.parameters() if id(value) not in ids]
        return self.factory(self.parameter_groups(weights, biases), **self.options)

    def scales(self, head):
        """Give the units of weights and biases in which the loss bends alike."""
        bends = self.curvatures.clone()
        bends[:-1] += self.penalty
        bends.clamp_(min=MIN_CURVATURE * float(bends.max()))
        return bends.flatten().rsqrt_().to(head.weight)

    def parameter_groups(self, weights, biases):
        """Give parameters to an optimizer, each with its decay."""
        groups = [{"params": weights}, {"params": biases}]
        if accepts(self.factory):
            groups[0]["weight_decay"], groups[1]["weight_decay"] = self.weight_decay, 0.0
        return groups

    def has_converged(self, history, epoch):
        """Tell whether full-batch training has nothing more to gain."""
        if not self.full_batch or epoch == 0:
            return False
        before, now = history[-2:, "train_loss"]
        return before - now <= TOLERANCE * abs(before)


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
    factory = find_factory(estimator, net, online, draws)
    options = dict(OPTIONS.get(factory, {}))
    if estimator.lr != "auto":
        options["lr"] = estimator.lr
    elif factory in LEARNING_RATES:
        kind = int(multilabel) if is_linear(net.module_) else 3 if estimator._reads_tokens else 2
        options["lr"] = LEARNING_RATES[factory][kind]
    params = estimator.net_params or {}
    prefix = "optimizer__"
    options |= {k.removeprefix(prefix): params[k] for k in params if k.startswith(prefix)}
    decay = estimator.weight_decay
    if factory is StableLBFGS:
        if decay == "auto":
            decay = LBFGS_PENALTIES[1 if multilabel else 0]
        # A multilabel loss is a mean over labels; each label keeps its own penalty.
        return OptimizerPlan(factory, options, penalty=decay / (net.n_classes if multilabel else 1))
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
    return OptimizerPlan(factory, options, weight_decay=decay, sparse_gradient=row_wise)


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
    """Find the optimizer class that a name, or "auto", stands for."""
    factory = estimator.optimizer
    if factory == "auto":
        n_weights = sum(weight.numel() for weight in decayed(net.module_))
        linear = is_linear(net.module_) and not getattr(estimator, "dropout", 0)
        fits_all_rows = net.criterion_.suits_lbfgs and n_weights <= MAX_LBFGS_WEIGHTS
        one_run = not (online or draws or estimator.lr_schedule)
        few_rows = has_wide_weights(net.module_) or not estimator._reads_tokens
        by_batches = "adagrad" if few_rows else "adamw"
        factory = "lbfgs" if linear and fits_all_rows and one_run else by_batches
    factory = OPTIMIZERS[factory] if isinstance(factory, str) else factory
    if factory is torch.optim.LBFGS:
        raise ValueError(
            "optimizer=torch.optim.LBFGS wants all rows at once and no weight decay of its own; "
            "set optimizer='lbfgs', which is the same with reproducible sums."
        )
    if factory is StableLBFGS:
        refuse_what_needs_batches(estimator, online, draws)
    return factory


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
