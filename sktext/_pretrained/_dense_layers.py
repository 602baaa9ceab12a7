"""Dense layers that a sentence encoder has behind its pooling."""

import io
import json

import safetensors.torch
import torch
from torch import nn

from sktext._pretrained._loading import read_file
from sktext._pretrained._quiet import without_draws
from sktext._pretrained._source import find_source


def load_dense_layers(model, folders, **options):
    """Load the dense layers of a sentence encoder.

    Parameters
    ----------
    model : str or PathLike
    folders : sequence of str
        Their folders inside that of the model.
    **options
        As of ``find_source``.

    Returns
    -------
    layers : Sequential
        From pooled vectors to others; empty if there are no folders.
    """
    source = find_source(model, **options) if folders else None
    layers = [_load(source, folder) for folder in folders]
    return nn.Sequential(*(part for layer in layers for part in layer))


def _load(source, folder):
    """Return the linear map in a folder, and the function behind it."""
    config = json.loads(_read(source, f"{folder}/config.json"))
    activation = config.get("activation_function", "torch.nn.modules.activation.Tanh")
    kind = getattr(nn, activation.rpartition(".")[2], None)
    known = isinstance(kind, type) and activation.startswith("torch.nn.")
    if not known or config.get("use_residual", False):
        raise ValueError(
            f"The dense layer {folder!r} of model={source.name!r} must be a linear map and a "
            f"function of torch.nn; got {config}. Set pooling='mean' to leave it out."
        )
    with without_draws():
        linear = nn.Linear(config["in_features"], config["out_features"], config.get("bias", True))
    weights = _weights(source, folder)
    linear.load_state_dict({name.removeprefix("linear."): x for name, x in weights.items()})
    return linear, kind()


def _weights(source, folder):
    content = read_file(source, f"{folder}/model.safetensors")
    if content is not None:
        return safetensors.torch.load(content)
    content = _read(source, f"{folder}/pytorch_model.bin")
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _read(source, name):
    content = read_file(source, name)
    if content is None:
        raise OSError(
            f"model={source.name!r} names a dense layer in modules.json, whose file {name!r} is "
            "not there. Save the model anew with sentence-transformers, or set pooling='mean' to "
            "leave the layer out."
        )
    return content
