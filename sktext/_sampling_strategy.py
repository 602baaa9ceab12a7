"""The classes that a user's sampling_strategy names, as class numbers."""

import numpy as np


def encode_strategy(sampler, classes):
    """Let a sampler that knows labels work on class numbers.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        Written to. Its ``sampling_strategy``, and that of its parts, may be a dict or a
        list of labels, or a function of the labels.
    classes : ndarray of shape (n_classes,)
        The label of each class number.

    Returns
    -------
    sampler : imbalanced-learn sampler
    """
    params = sampler.get_params(deep=True)
    names = [name for name in params if name.split("__")[-1] == "sampling_strategy"]
    return sampler.set_params(**{name: encoded(params[name], classes) for name in names})


def encoded(strategy, classes):
    """Encode the labels of a strategy; "auto", numbers and the like stay as they are."""
    if isinstance(strategy, dict):
        return {number_of(label, classes): strategy[label] for label in strategy}
    if isinstance(strategy, (list, tuple)):
        return [number_of(label, classes) for label in strategy]
    if callable(strategy):
        return lambda codes: encoded(strategy(classes[codes]), classes)
    return strategy


def number_of(label, classes):
    """Find the number of a label."""
    found = np.flatnonzero(classes == label)
    if not len(found):
        raise ValueError(
            f"sampling_strategy names the class {label!r}, which is not among the classes "
            f"{classes.tolist()}."
        )
    return int(found[0])
