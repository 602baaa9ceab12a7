"""The choice of an optimizer and of its options."""

import functools
import inspect
from dataclasses import replace
from math import ceil

import torch

from sktext._training._lbfgs import StableLBFGS
from sktext._training._loop import decayed
from sktext._training._optimizer_plan import OptimizerPlan, accepts
from sktext._user_warnings import warn

OPTIMIZERS = {
    "lbfgs": StableLBFGS,
    "adagrad": torch.optim.Adagrad,
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
}
# Chosen by benchmarks/defaults.py, by the kind of network.
KINDS = ("linear", "linear_multilabel", "hidden_layers", "tokens")
LEARNING_RATES = {
    torch.optim.Adagrad: dict(zip(KINDS, (0.5, 2.0, 0.05, 0.1), strict=True)),
    torch.optim.AdamW: dict(zip(KINDS, (0.03, 0.03, 0.003, 0.002), strict=True)),
    torch.optim.Adam: dict(zip(KINDS, (0.03, 0.03, 0.003, 0.002), strict=True)),
    torch.optim.SGD: dict(zip(KINDS, (1.0, 1.0, 1.0, 0.5), strict=True)),
}
# At the best constant the gradient of the bias is rounding error, which Adagrad would scale up to
# a full step.
OPTIONS = {torch.optim.Adagrad: {"eps": 1e-7}}
# Factor of half the squared weights: (one label per sample, multilabel).
LBFGS_PENALTIES = (5e-6, 1e-6)
# Vectors of the size of all weights that L-BFGS keeps, and the bytes that they may take.
LBFGS_VECTORS = 26
MAX_LBFGS_BYTES = 2**32
# With fewer features, what is not used costs nothing.
MIN_COSTLY_COLUMNS = 100_000

# Names of skorch, and the parameters of the classifiers that stand for them.
OWN_PARAMETERS = {
    **{name: name for name in ("lr", "optimizer", "max_epochs", "batch_size", "callbacks")},
    **{name: name for name in ("verbose", "device", "warm_start")},
    "train_split": "early_stopping",
    "optimizer__lr": "lr",
    "optimizer__weight_decay": "weight_decay",
}


def choose(
    settings, net, *, reads_tokens, row_wise, n_values=0, partial=False, draws=False, sizes=None
):
    """Make a plan from the optimizer parameters of a classifier.

    Parameters
    ----------
    settings : Settings
    net : Net
        With the built network and loss.
    reads_tokens : bool
        Whether the network reads tokens, not columns of numbers.
    row_wise : bool
        Whether a batch reads only some rows of the first weights, as sparse rows and tokens
        do.
    n_values : int
        Number of stored values of the rows.
    partial : bool
        Whether this is one pass of ``partial_fit``.
    draws : bool
        Whether every epoch draws its rows.
    sizes : StepSizes, default=None
        The step sizes that the network asks for.

    Returns
    -------
    plan : OptimizerPlan
    """
    multilabel = net.criterion_.task_ == "multilabel"
    factory, reason = find_factory(settings, net, reads_tokens, n_values, partial, draws)
    about = {"name": name_of(factory), "reason": reason}
    options = dict(OPTIONS.get(factory, {}))
    if settings.lr != "auto":
        options["lr"] = settings.lr
    elif factory in LEARNING_RATES:
        kind = network_kind(net, reads_tokens)
        options["lr"] = LEARNING_RATES[factory][kind] if sizes is None else sizes.lr
    params = settings.net_params or {}
    prefix = "optimizer__"
    options |= {k.removeprefix(prefix): params[k] for k in params if k.startswith(prefix)}
    groups = tuple((pattern, dict(own)) for pattern, own in options.pop("param_groups", ()))
    decay = settings.weight_decay
    if factory is StableLBFGS:
        if groups:
            raise ValueError(
                "optimizer__param_groups are for optimizers that step by the batch, and 'lbfgs' "
                "searches one step for all weights; set optimizer='adamw'."
            )
        if decay == "auto":
            decay = LBFGS_PENALTIES[1 if multilabel else 0] * (net.criterion_.curvature or 1.0)
        about |= {"weight_decay": decay, "penalty": penalty_of(decay, net)}
        return OptimizerPlan(factory, options, sizes=sizes, **about)
    if decay == "auto":
        decay = default_weight_decay(factory)
    if decay and not accepts(factory):
        raise ValueError(
            f"weight_decay={decay} is set, but {factory} has no such parameter; set it to 0."
        )
    row_wise = row_wise and updates_rows(factory) and not decay and has_wide_weights(net.module_)
    if factory in OPTIMIZERS.values() and not (row_wise or set(options) & {"foreach", "fused"}):
        # One pass over all weights instead of several; plain steps of SGD are one anyway.
        options |= {"foreach": False} if factory is torch.optim.SGD else {"fused": True}
    plan = OptimizerPlan(factory, options, weight_decay=decay, sparse_gradient=row_wise, **about)
    return replace(plan, groups=groups, sizes=sizes)


def penalty_of(decay, net):
    """Return the factor of half the squared weights in a loss that is a mean over the labels.

    Each label has the same penalty as alone.
    """
    return decay / (net.n_classes if net.criterion_.task_ == "multilabel" else 1)


def check_net_params(net_params):
    """Raise if skorch is given what a classifier has a parameter for.

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
                f"net_params must not have {name!r}; "
                + (
                    f"set the parameter {own}."
                    if own
                    else "use the parameters of the classifier instead."
                )
            )
    return net_params or {}


def find_factory(settings, net, reads_tokens, n_values, partial, draws):
    """Return the optimizer class, and the reason if "auto" chose it."""
    factory, reason = settings.optimizer, ""
    if factory == "auto":
        factory, reason = choose_automatically(
            settings, net, reads_tokens, n_values, partial, draws
        )
    factory = OPTIMIZERS[factory] if isinstance(factory, str) else factory
    if factory is torch.optim.LBFGS:
        raise ValueError(
            "optimizer=torch.optim.LBFGS needs all rows at once and has no weight decay; set "
            "optimizer='lbfgs', which is the same with reproducible sums."
        )
    if factory is StableLBFGS:
        refuse_what_needs_batches(settings, partial, draws)
    return factory, reason


def choose_automatically(settings, net, reads_tokens, n_values, partial, draws):
    """Choose an optimizer by the network, the loss and the data.

    Returns
    -------
    name : str
    reason : str
        Why it was chosen, for messages.
    """
    few_rows = has_wide_weights(net.module_) or not reads_tokens
    by_batches = "adagrad" if few_rows else "adamw"
    why_not = {
        "the network is not linear": not is_linear(net.module_),
        f"dropout={settings.dropout} draws random numbers in each step": settings.dropout,
        f"{type(net.criterion_).__name__} does not suit 'lbfgs'": not net.criterion_.suits_lbfgs,
        "partial_fit sees a part of the rows": partial,
        f"sampler={settings.sampler!r} draws batches": draws,
        f"lr_schedule={settings.lr_schedule!r} is for steps by the batch": settings.lr_schedule,
    }
    reasons = [reason for reason, holds in why_not.items() if holds]
    if reasons:
        return by_batches, " and ".join(reasons)
    reason = why_costly(net.module_, n_values)
    if reason is None:
        return "lbfgs", "the model is linear and the loss smooth"
    warn(
        f"optimizer='auto' takes {by_batches!r}, as {reason}. That is a different model, often "
        "a worse one. Take fewer features (min_df=2, max_features, n_features), set "
        f"optimizer='lbfgs', or set optimizer={by_batches!r} if it is what you want."
    )
    return by_batches, reason


def why_costly(module, n_values):
    """Return why L-BFGS would cost much more than steps by the batch; None if it would not.

    Each of its iterations reads and writes all weights several times, and the rows once.
    """
    weights = decayed(module)
    n_weights = sum(weight.numel() for weight in weights)
    n_bytes = LBFGS_VECTORS * sum(weight.nbytes for weight in weights)
    if n_bytes > MAX_LBFGS_BYTES:
        # Rounded up, so that all folds warn in the same words, which Python shows once.
        return (
            f"the model has {ceil(n_weights / 1e6)} million weights, for which 'lbfgs' would need "
            f"more than {MAX_LBFGS_BYTES / 2**30:.0f} GiB"
        )
    n_columns = max(len(weight) for weight in weights)
    if n_columns > max(n_values, MIN_COSTLY_COLUMNS):
        return f"{n_columns} features are more than the rows have values, so that most are unused"
    return None


def name_of(factory):
    """Return the name of an optimizer for ``optimizer=``, or that of its class, or None."""
    factory = factory.func if isinstance(factory, functools.partial) else factory
    names = [name for name, known in OPTIMIZERS.items() if known is factory]
    if names:
        return names[0]
    return factory.__name__ if isinstance(factory, type) else None


def network_kind(net, reads_tokens):
    """Return the kind of a network, on which the learning rate depends."""
    if is_linear(net.module_):
        return "linear_multilabel" if net.criterion_.task_ == "multilabel" else "linear"
    return "tokens" if reads_tokens else "hidden_layers"


def is_linear(module):
    """Return whether a network has no hidden layers; a network without ``is_linear`` has some."""
    return getattr(module, "is_linear", False)


def has_wide_weights(module):
    """Return whether a network has weights of which a batch reads only some rows."""
    return any(hasattr(part, "sparse_gradient") for part in module.modules())


def default_weight_decay(factory):
    """Return the optimizer's default, or zero if it has none."""
    if not accepts(factory):
        return 0.0
    default = inspect.signature(factory).parameters["weight_decay"].default
    return default if isinstance(default, (int, float)) else 0.0


def updates_rows(factory):
    """Return whether an optimizer takes gradients of a few rows only."""
    if isinstance(factory, functools.partial):
        plain = not set(factory.keywords) & {"momentum", "weight_decay", "fused"}
        return plain and updates_rows(factory.func)
    return factory in (torch.optim.Adagrad, torch.optim.SGD, torch.optim.SparseAdam)


def refuse_what_needs_batches(settings, partial, draws):
    """Raise if a setting needs batches, which full-batch L-BFGS does not have."""
    if draws:
        raise ValueError(
            f"sampler={settings.sampler!r} draws batches, and optimizer='lbfgs' takes all rows "
            "at once; set optimizer='auto' or 'adagrad'."
        )
    if settings.gradient_accumulation_steps > 1 or settings.dtype == "float16":
        raise ValueError(
            "gradient_accumulation_steps and dtype='float16' are for optimizers that step by the "
            "batch, and optimizer='lbfgs' takes all rows at once; set optimizer='auto'."
        )
    if partial:
        raise ValueError(
            "partial_fit sees one part of the data at a time, and optimizer='lbfgs' needs all of "
            "it; set optimizer='auto' or 'adagrad'."
        )
    if settings.lr_schedule:
        raise ValueError(
            f"lr_schedule={settings.lr_schedule!r} has no effect on optimizer='lbfgs', which "
            "has a line search; set lr_schedule=None or another optimizer."
        )
