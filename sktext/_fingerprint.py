"""What tells one parameter from another, the same in every process."""

from functools import partial

import joblib
import torch


def fingerprint(value):
    """Hash a parameter by its content; functions and classes go by their names.

    Parameters
    ----------
    value : object
        Anything an estimator is made with: numbers, arrays, estimators, networks, functions.

    Returns
    -------
    digest : str
        Of a value that cannot be pickled, what it prints as.
    """
    try:
        return joblib.hash(content(value))
    except Exception:  # pickle raises errors of any kind
        return repr(value)


def content(value):
    """Return what a value consists of, in types that hash by content."""
    if isinstance(value, dict):
        return {name: content(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(content, value)]
    if isinstance(value, partial):
        return [content(value.func), content(value.args), content(value.keywords)]
    if hasattr(value, "__qualname__"):  # a class or a function
        return [getattr(value, "__module__", None), value.__qualname__]
    if hasattr(value, "get_params"):
        return [content(type(value)), content(value.get_params(deep=False))]
    if isinstance(value, torch.nn.Module):
        weights = {name: part.detach().cpu() for name, part in value.state_dict().items()}
        return [content(type(value)), repr(value), content(weights)]
    if isinstance(value, torch.Tensor):
        return [str(value.dtype), value.double().numpy()]
    return value
