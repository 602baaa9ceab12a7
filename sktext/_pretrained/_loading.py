"""Loading the encoder, the tokenizer and the settings of a pretrained model."""

import json
from pathlib import Path
from pickle import UnpicklingError

import torch

from sktext._optional import import_optional
from sktext._pretrained._encoder import without_pooler
from sktext._pretrained._given_objects import as_encoder, as_pieces, base_of, is_pair
from sktext._pretrained._missing_weights import warn_of_random_weights
from sktext._pretrained._pieces import Pieces
from sktext._pretrained._quiet import quiet, without_draws
from sktext._pretrained._sentence_settings import read_settings
from sktext._pretrained._source import explain_missing, find_source


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
        return as_encoder(base_of(model[0]).to("cpu", torch.float32))
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
            loaded, report = kind.from_pretrained(
                source.name,
                dtype=torch.float32,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # refused below, with the name of one
                **more,
                **source.options,
            )
        except damage() as error:
            if asks_for_remote_code(error):
                raise ValueError(
                    f"model={source.name!r} brings code of its own, which is not run unasked. If "
                    "you trust it, set trust_remote_code=True."
                ) from error
            raise explain(source, error) from error
    encoder = as_encoder(loaded)
    for name, found, expected in sorted(report["mismatched_keys"]):
        sizes = f"{name} has the shape {tuple(found)}, not {tuple(expected)} as config.json says"
        raise explain(source, sizes)
    warn_of_random_weights(source, loaded, encoder, report["missing_keys"])
    return encoder


def damage():
    """Return what transformers raises where files of a model are missing, damaged or of another."""
    safetensors = import_optional("safetensors", "pretrained")
    return OSError, ValueError, RuntimeError, UnpicklingError, safetensors.SafetensorError


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
            raise explain(source, error, "tokenizer") from error
    pieces = as_pieces(tokenizer)
    # Without its files, transformers makes a tokenizer that knows its special tokens alone.
    if pieces.n_pieces <= len(pieces.backend.get_added_tokens_decoder()):
        raise explain(source, "its files are not there", "tokenizer")
    return pieces


def explain(source, error, what="model"):
    """Return an error that says why a model or a part of it was not found, or what was instead."""
    adapters = read_file(source, "adapter_config.json")
    if adapters is None:
        return explain_missing(source, error, what)
    base = json.loads(adapters).get("base_model_name_or_path")
    return ValueError(
        f"model={source.name!r} must be a model; it has adapters of peft alone, for {base!r}. "
        "Merge them by PeftModel.from_pretrained(base, adapters).merge_and_unload(), and save the "
        "result and the tokenizer with save_pretrained(folder)."
    )


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
    try:
        return read_settings(lambda name: read_file(source, name))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"model={source.name!r} must have modules.json, and the files that it names, as "
            f"sentence-transformers writes them; they cannot be read ({type(error).__name__}: "
            f"{str(error).rstrip('.')}). Save the model again, or remove modules.json."
        ) from error


def read_file(source, name):
    """Return the bytes of a file of a model, or None if there is none of that name."""
    path = find_file(source, name)
    return None if path is None else path.read_bytes()


def find_file(source, name, required=False):
    """Return where a file of a model is on this machine, after fetching it if need be.

    Parameters
    ----------
    source : Source
    name : str
        Path inside the model.
    required : bool, default=False
        Whether to raise if there is no such file; otherwise the answer is None.
    """
    hub = import_optional("transformers.utils", "pretrained")
    if source.is_folder:
        path = Path(source.name) / name
        return path if path.is_file() else None
    options = {key: source.options[key] for key in ("revision", "local_files_only")}
    try:
        path = hub.cached_file(source.name, name, **options)
    except OSError as error:  # no such file, or only those downloaded earlier are used
        if required:
            raise explain_missing(source, error) from error
        return None
    return None if path is None else Path(path)


def asks_for_remote_code(error):
    """Return whether transformers refused a model because it brings code of its own."""
    return "trust_remote_code" in str(error)


def is_file(model):
    """Return whether a model is the path of a file."""
    return Path(model).expanduser().is_file()
