"""Models and tokenizers that are given as objects."""

import copy
from dataclasses import dataclass
from os import PathLike

from sktext._optional import import_optional
from sktext._pretrained._adapters import without_adapters
from sktext._pretrained._encoder import PretrainedEncoder, without_pooler
from sktext._pretrained._pieces import Pieces

# Tokenizers that know no longest text say that it has more tokens than this.
NO_LIMIT = 10**6


@dataclass(frozen=True)
class ModelOfFile:
    """Stands for the objects that a loaded classifier was given, whose weights are in no file.

    Parameters
    ----------
    name : str
        What the model was.
    """

    name: str


def is_pair(model):
    """Return whether a model is given as objects, with its tokenizer."""
    if isinstance(model, (str, PathLike)):
        return False
    if isinstance(model, (tuple, list)) and len(model) == 2:
        return True
    if isinstance(model, ModelOfFile):
        raise ValueError(
            f"model was a {model.name} object, of which the file that this classifier comes from "
            "holds the trained weights only, not those that a fit starts from. Give it again: "
            "set_params(model=(model, tokenizer))."
        )
    raise TypeError(
        "model must be a folder, a name on the hub, or a pair of a model and a tokenizer of "
        f"transformers; got {type(model).__name__}."
    )


def base_of(model):
    """Copy a model of transformers, without its head and with its adapters merged."""
    if isinstance(model, PretrainedEncoder):  # of a pickle of an estimator that was given objects
        return copy.deepcopy(model)
    transformers = import_optional("transformers", "pretrained")
    if hasattr(model, "peft_config"):
        model = without_adapters(copy.deepcopy(model))
    if not isinstance(model, transformers.PreTrainedModel):
        raise TypeError(
            "model must be a folder, a name on the hub, or a pair of a model and a tokenizer of "
            f"transformers, in this order; the first of the pair is a {type(model).__name__}. "
            "Load it with AutoModel."
        )
    return copy.deepcopy(model.base_model)


def as_encoder(model):
    """Wrap a model of transformers; of one with a decoder, its encoder."""
    if isinstance(model, PretrainedEncoder):  # of a pickle of an estimator that was given objects
        return model.requires_grad_(True).eval()
    if without_pooler(type(model)):  # as of models that are loaded by name
        model.pooler = None
    is_part = has_decoder(model)
    encoder = model.get_encoder() if is_part else model
    reads_ids = getattr(model, "main_input_name", "input_ids") == "input_ids"
    if not (reads_ids and isinstance(getattr(encoder.config, "hidden_size", None), int)):
        raise ValueError(
            "model must be an encoder of texts, which reads input_ids and whose configuration has "
            f"hidden_size; got a {type(model).__name__}. Use a model of texts."
        )
    return PretrainedEncoder(encoder.eval(), is_part).requires_grad_(True).eval()


def has_decoder(model):
    """Return whether a model is of a family with a decoder beside the encoder.

    The configuration of an encoder that was saved alone, as T5EncoderModel, says that it has none.
    """
    if getattr(model.config, "is_encoder_decoder", False):
        return True
    has_both = hasattr(model, "encoder") and hasattr(model, "decoder")
    return has_both or type(model).__name__.endswith("EncoderModel")


def as_pieces(tokenizer):
    """Make pieces from a tokenizer object of transformers or tokenizers."""
    if isinstance(tokenizer, Pieces):
        return copy.deepcopy(tokenizer)
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not hasattr(backend, "to_str"):
        raise ValueError(
            f"The tokenizer must be one of the fast kind, which has a file tokenizer.json; got "
            f"{type(tokenizer).__name__}. Load it with AutoTokenizer."
        )
    longest = getattr(tokenizer, "model_max_length", None)
    known = isinstance(longest, int) and longest < NO_LIMIT
    return Pieces(backend.to_str(), longest if known else None)
