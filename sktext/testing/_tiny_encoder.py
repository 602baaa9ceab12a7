"""Small random encoders, for tests without a network."""

import string
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Literal

import torch

from sktext._optional import import_optional
from sktext._pretrained._quiet import without_draws

# Special tokens by their roles: padding, unknown, before and behind a text.
BERT = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
ROBERTA = {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}
GPT = {"unk": "<unk>", "sep": "<|endoftext|>"}
# Class of the configuration of each family, and its special tokens in the order of their ids.
FAMILIES = {
    "bert": ("BertConfig", BERT),
    "roberta": ("RobertaConfig", ROBERTA),
    "xlm-roberta": ("XLMRobertaConfig", ROBERTA),
    "distilbert": ("DistilBertConfig", BERT),
    "deberta": ("DebertaV2Config", BERT),
    "modernbert": ("ModernBertConfig", BERT),
    "gpt2": ("GPT2Config", GPT),
}


def make_tiny_encoder(
    folder: str | PathLike,
    family: Literal[
        "bert", "roberta", "xlm-roberta", "distilbert", "deberta", "modernbert", "gpt2"
    ] = "bert",
    words: Sequence[str] = (),
    *,
    hidden_size: int = 16,
    n_layers: int = 2,
    n_positions: int = 64,
    seed: int = 0,
) -> str:
    """Save a small random encoder with its tokenizer, as a model of the hub is saved.

    Use it in tests of what is built on :class:`sktext.TransformerClassifier` or
    :class:`sktext.features.SentenceEncoder`, which then need no network and take milliseconds.
    Do not use it to classify: it has not been trained.

    Parameters
    ----------
    folder : str or path
        Where to save it; made if it does not exist.
    family : {"bert", "roberta", "xlm-roberta", "distilbert", "deberta", "modernbert", "gpt2"}, \
            default="bert"
        Kind of the network.
    words : sequence of str, default=()
        Words that are one piece each; others are read letter by letter.
    hidden_size : int, default=16
        Length of a state, a multiple of 2.
    n_layers : int, default=2
        Number of layers.
    n_positions : int, default=64
        Tokens that it reads at most, special ones included.
    seed : int, default=0
        Decides the weights.

    Returns
    -------
    folder : str

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sktext.testing import make_tiny_encoder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(make_tiny_encoder(folder, words=["refund", "parcel"]))
    ...     sorted(file.name for file in path.iterdir())
    ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']
    """
    transformers = import_optional("transformers", "pretrained")
    if family not in FAMILIES:
        raise ValueError(f"family={family!r} is unknown; choose one of {', '.join(FAMILIES)}.")
    name, special = FAMILIES[family]
    tokenizer = _tokenizer(special, words, n_positions)
    sizes = _sizes(family, hidden_size, n_layers, n_positions)
    ids = {role: tokenizer.convert_tokens_to_ids(token) for role, token in special.items()}
    if family == "modernbert":
        sizes |= {"cls_token_id": ids["cls"], "sep_token_id": ids["sep"]}
    config = getattr(transformers, name)(
        vocab_size=len(tokenizer),
        pad_token_id=ids.get("pad"),
        bos_token_id=ids.get("cls", ids["sep"]),
        eos_token_id=ids["sep"],
        **sizes,
    )
    with without_draws():
        torch.manual_seed(seed)
        model = transformers.AutoModel.from_config(config)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return str(Path(folder))


def _tokenizer(special, words, n_positions):
    """Make a tokenizer that knows some words and all ASCII letters, digits and signs."""
    transformers = import_optional("transformers", "pretrained")
    tokenizers = import_optional("tokenizers", "pretrained")
    signs = [sign for sign in string.printable if sign.strip()]
    pieces = [*special.values(), *signs, *(f"##{sign}" for sign in signs)]
    pieces += [word.lower() for word in words if word.lower() not in pieces]
    ids = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    backend = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token=special["unk"]))
    backend.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    if "cls" in special:
        backend.post_processor = tokenizers.processors.TemplateProcessing(
            single=f"{special['cls']} $A {special['sep']}",
            special_tokens=[(special[role], ids[special[role]]) for role in ("cls", "sep")],
        )
    named = {f"{role}_token": token for role, token in special.items()}
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend, model_max_length=n_positions, **named
    )


def _sizes(family, hidden_size, n_layers, n_positions):
    """Return the sizes of a family, by the names of its configuration."""
    heads = 2
    if family == "distilbert":
        return {
            "dim": hidden_size,
            "n_layers": n_layers,
            "n_heads": heads,
            "hidden_dim": 2 * hidden_size,
            "max_position_embeddings": n_positions,
        }
    if family == "gpt2":
        return {
            "n_embd": hidden_size,
            "n_layer": n_layers,
            "n_head": heads,
            "n_positions": n_positions,
        }
    # The table of RoBERTa has rows up to that of padding, which no token uses.
    n_rows = n_positions + 2 if "roberta" in family else n_positions
    sizes = {
        "hidden_size": hidden_size,
        "num_hidden_layers": n_layers,
        "num_attention_heads": heads,
        "intermediate_size": 2 * hidden_size,
        "max_position_embeddings": n_rows,
    }
    if family == "modernbert":  # its last layers read all, the others only what is near
        return sizes | {"global_attn_every_n_layers": 2, "local_attention": 8}
    return sizes
