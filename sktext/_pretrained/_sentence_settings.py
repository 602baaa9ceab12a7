"""How a folder of sentence-transformers says that its encoder is to be used."""

import json
from dataclasses import dataclass, field
from typing import Any

# Names of the poolings in 1_Pooling/config.json, and ours, in the order in which they are joined.
POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len",
    "pooling_mode_weightedmean_tokens": "weighted_mean",
    "pooling_mode_lasttoken": "last",
}

# Files with the length, by the family that a model belonged to when it was saved.
FAMILIES = ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
LENGTH_FILES = tuple(f"sentence_{family}_config.json" for family in FAMILIES)
# Parts of a model that change nothing here: the encoder is loaded elsewhere, nothing is trained.
WITHOUT_EFFECT = ("Transformer", "Dropout")


@dataclass(frozen=True)
class SentenceSettings:
    """Pooling, normalisation, length and prompts of a sentence encoder.

    Parameters
    ----------
    poolings : tuple of str, default=("mean",)
        Several are joined side by side.
    normalize : bool, default=False
        Whether vectors have length one.
    max_length : int or None, default=None
        Tokens that are read, special ones included; None is all that the encoder can.
    lowercase : bool, default=False
        Whether texts are written in small letters first.
    prompts : dict of {str: str}, default={}
        Text that goes in front, by name.
    default_prompt : str or None, default=None
        Name of the prompt that is used if none is asked for.
    include_prompt : bool, default=True
        Whether the tokens of the prompt are pooled as well.
    dense : tuple of str, default=()
        Folders of dense layers behind the pooling.
    others : tuple of str, default=()
        Kinds of further parts, which are not read.
    """

    poolings: tuple[str, ...] = ("mean",)
    normalize: bool = False
    max_length: int | None = None
    lowercase: bool = False
    prompts: dict[str, str] = field(default_factory=dict)
    default_prompt: str | None = None
    include_prompt: bool = True
    dense: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def choose_pooling(encoder, settings):
    """Return the pooling that suits an encoder.

    Parameters
    ----------
    encoder : PretrainedEncoder
    settings : SentenceSettings or None
        What a model of sentence-transformers says.

    Returns
    -------
    pooling : {"cls", "mean", "max", "last"}
    """
    if settings is not None and len(settings.poolings) == 1:
        pooling = settings.poolings[0]  # the others are means with weights of the positions
        return pooling if pooling in ("cls", "max", "last") else "mean"
    return "last" if encoder.is_causal else "mean"


def read_settings(read):
    """Read the settings of a sentence encoder from its small JSON files.

    Parameters
    ----------
    read : callable
        From the name of a file to its bytes, or None if there is no such file.

    Returns
    -------
    settings : SentenceSettings or None
        None if the model does not come from sentence-transformers.
    """
    modules = _json(read, "modules.json")
    if modules is None:
        return None
    found: dict[str, Any] = {}
    dense, others = [], []
    for module in modules:
        kind = module["type"].rpartition(".")[2]
        if kind == "Pooling":
            found |= _pooling(_json(read, f"{module['path']}/config.json") or {})
        elif kind == "Normalize":
            found["normalize"] = True
        elif kind == "Dense" and "normalize" not in found:
            dense.append(module["path"])
        elif kind not in WITHOUT_EFFECT:
            others.append(kind)
    lengths = (_json(read, name) for name in LENGTH_FILES)
    sentence = next(filter(None, lengths), {})
    config = _json(read, "config_sentence_transformers.json") or {}
    return SentenceSettings(
        max_length=sentence.get("max_seq_length"),
        lowercase=bool(sentence.get("do_lower_case", False)),
        prompts=dict(config.get("prompts") or {}),
        default_prompt=config.get("default_prompt_name"),
        dense=tuple(dense),
        others=tuple(others),
        **found,
    )


def _pooling(config):
    """Return the settings in the configuration of the pooling, of old files and of new ones."""
    modes = config.get("pooling_mode")
    if modes is None:
        modes = [ours for theirs, ours in POOLINGS.items() if config.get(theirs)]
    elif isinstance(modes, str):
        modes = modes.split("+")
    names = {"lasttoken": "last", "mean_sqrt_len_tokens": "mean_sqrt_len"}
    names |= {"weightedmean": "weighted_mean"}
    poolings = tuple(names.get(mode, mode) for mode in modes) or ("mean",)
    return {"poolings": poolings, "include_prompt": bool(config.get("include_prompt", True))}


def _json(read, name):
    content = read(name)
    return None if content is None else json.loads(content)
