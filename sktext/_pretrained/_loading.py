"""Loading the encoder, the tokenizer and the settings of a pretrained model."""

import copy
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import torch

from sktext._optional import import_optional
from sktext._pretrained._encoder import PretrainedEncoder, without_pooler
from sktext._pretrained._pieces import Pieces
from sktext._pretrained._quiet import quiet, without_draws
from sktext._pretrained._sentence_settings import read_settings
from sktext._pretrained._source import explain_missing, find_source

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


def load_encoder(model, **options):
    """Load the encoder of a pretrained model, with weights in float32.

    Parameters
    ----------
    model : str, PathLike or (PreTrainedModel, tokenizer)
        Objects are copied.
    **options
        As of ``find_source``.

    Returns
    -------
    encoder : PretrainedEncoder

    Raises
    ------
    OSError
        If the model, or a network to fetch it, is not there.
    """
    if is_pair(model):
        given = getattr(model[0], "base_model", model[0])
        copied = copy.deepcopy(given).to("cpu", torch.float32)
        if without_pooler(type(copied)):
            copied.pooler = None
        return as_encoder(copied)
    return load_from(find_source(model, **options))


def load_from(source):
    """Load the encoder of a model from a folder or the hub.

    Parameters
    ----------
    source : Source

    Returns
    -------
    encoder : PretrainedEncoder
    """
    transformers = import_optional("transformers", "pretrained")
    with without_draws():
        try:
            config = transformers.AutoConfig.from_pretrained(source.name, **source.options)
            kind, more = transformers.AutoModel, {"config": config}
            known = transformers.MODEL_MAPPING.get(type(config), None)
            if isinstance(known, type) and not source.trust_remote_code:
                kind, more = known, more | without_pooler(known)
            loaded = kind.from_pretrained(
                source.name, dtype=torch.float32, **more, **source.options
            )
        except (OSError, ValueError) as error:
            if asks_for_remote_code(error):
                raise ValueError(
                    f"model={source.name!r} brings code of its own, which is not run unasked. If "
                    "you trust it, set trust_remote_code=True."
                ) from error
            raise explain_missing(source, error) from error
    return as_encoder(loaded)


def load_pieces(model, **options):
    """Load the tokenizer of a pretrained model.

    Parameters
    ----------
    model : str, PathLike or (PreTrainedModel, tokenizer)
        Or the path of a file ``tokenizer.json``.
    **options
        As of ``find_source``.

    Returns
    -------
    pieces : Pieces
    """
    if is_pair(model):
        return as_pieces(model[1])
    if is_file(model):
        return Pieces(Path(model).expanduser().read_text(encoding="utf-8"))
    source = find_source(model, **options)
    transformers = import_optional("transformers", "pretrained")
    with quiet():
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(source.name, **source.options)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
            raise explain_missing(source, error, "tokenizer") from error
    pieces = as_pieces(tokenizer)
    # Without its files, transformers makes a tokenizer that knows its special tokens alone.
    if pieces.n_pieces <= len(pieces.backend.get_added_tokens_decoder()):
        raise explain_missing(source, "its files are not there", "tokenizer")
    return pieces


def load_sentence_settings(model, **options):
    """Load how a model of sentence-transformers is to be used.

    Returns
    -------
    settings : SentenceSettings or None
        None if the model says nothing.
    """
    if is_pair(model):
        return None
    source = find_source(model, **options)
    return read_settings(lambda name: read_file(source, name))


def read_file(source, name):
    """Return the bytes of a file of a model, or None if there is none of that name."""
    hub = import_optional("transformers.utils", "pretrained")
    if source.is_folder:
        path = Path(source.name) / name
        return path.read_bytes() if path.is_file() else None
    options = {key: source.options[key] for key in ("revision", "local_files_only")}
    try:
        path = hub.cached_file(source.name, name, **options)
    except OSError:  # there is no such file, or only those downloaded earlier are used
        return None
    return None if path is None else Path(path).read_bytes()


def as_encoder(model):
    """Wrap a model of transformers; of one with a decoder, its encoder."""
    if isinstance(model, PretrainedEncoder):  # of a pickle of an estimator that was given objects
        return model.requires_grad_(True).eval()
    if without_pooler(type(model)):  # as of models that are loaded by name
        model.pooler = None
    is_part = bool(getattr(model.config, "is_encoder_decoder", False))
    encoder = PretrainedEncoder(model.get_encoder() if is_part else model, is_part)
    if not isinstance(getattr(encoder.config, "hidden_size", None), int):
        raise ValueError(
            f"model must be an encoder of texts, whose configuration has hidden_size; got a "
            f"{type(model).__name__}. Use a model that AutoModel loads for texts."
        )
    return encoder.requires_grad_(True).eval()


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


def asks_for_remote_code(error):
    """Return whether transformers refused a model because it brings code of its own."""
    return "trust_remote_code" in str(error)


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


def is_file(model):
    """Return whether a model is the path of a file."""
    return Path(model).expanduser().is_file()
