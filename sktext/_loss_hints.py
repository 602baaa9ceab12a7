"""What to write in place of a loss of torch's, or of a function."""

import torch

# Losses of torch, and the names of those that are the same here.
OF_TORCH = {
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "cross_entropy",
    "BCELoss": "bce",
    "BCEWithLogitsLoss": "bce",
    "MultiLabelSoftMarginLoss": "cross_entropy",
    "SoftMarginLoss": "cross_entropy",
    "MultiMarginLoss": "multi_margin",
}


def hint_of_loss(value):
    """Return which loss was probably meant by one that is no Loss.

    Parameters
    ----------
    value : object

    Returns
    -------
    hint : str or None
    """
    if isinstance(value, torch.nn.Module):
        kind = type(value).__name__
        if kind in OF_TORCH:
            return f"loss is {kind} of torch; write loss={OF_TORCH[kind]!r}."
        return f"loss is the torch module {kind}; write a subclass of sktext.losses.Loss around it."
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        return f"loss is the function {name}; write a subclass of sktext.losses.Loss around it."
    return None
