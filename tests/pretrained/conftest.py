"""Folders as sentence-transformers saves them."""

import json
from pathlib import Path

import pytest
import torch

from sktext.testing import make_tiny_encoder

TYPES = "sentence_transformers.models."
WORDS = ["refund", "parcel", "invoice", "late", "the", "my", "is", "not"]


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def sentence_folder(tmp_path):
    """Maker of a small random encoder with the files that say how it is used."""

    def make(
        *,
        family="bert",
        poolings=("mean_tokens",),
        normalize=True,
        dense=None,
        max_length=64,
        lowercase=False,
        prompts=None,
        default_prompt=None,
        include_prompt=True,
        others=(),
        seed=0,
    ):
        folder = tmp_path / f"model{len(list(tmp_path.iterdir()))}"
        make_tiny_encoder(folder, family, WORDS, seed=seed)
        parts = [("", "Transformer"), ("1_Pooling", "Pooling")]
        flags = {f"pooling_mode_{name}": True for name in poolings}
        write(folder / "1_Pooling/config.json", flags | {"include_prompt": include_prompt})
        if dense is not None:
            parts.append(("2_Dense", "Dense"))
            save_dense(folder / "2_Dense", dense)
        parts += [("3_Normalize", "Normalize")] * normalize
        parts += [("4_Other", kind) for kind in others]
        modules = [{"path": path, "type": TYPES + kind} for path, kind in parts]
        write(folder / "modules.json", modules)
        lengths = {"max_seq_length": max_length, "do_lower_case": lowercase}
        write(folder / "sentence_bert_config.json", lengths)
        config = {"prompts": prompts or {}, "default_prompt_name": default_prompt}
        write(folder / "config_sentence_transformers.json", config)
        return str(folder)

    return make


def save_dense(folder, linear):
    """Save a linear layer with tanh as a dense layer."""
    save_file = pytest.importorskip("safetensors.torch").save_file
    config = {"in_features": linear.in_features, "out_features": linear.out_features}
    config |= {"bias": True, "activation_function": "torch.nn.modules.activation.Tanh"}
    write(Path(folder) / "config.json", config)
    weights = {f"linear.{name}": x.detach() for name, x in linear.named_parameters()}
    save_file(weights, Path(folder) / "model.safetensors")


@pytest.fixture
def states_of():
    """Function from a folder and a text to the states of its tokens, by transformers alone."""
    transformers = pytest.importorskip("transformers")

    def states(folder, text, max_length=64):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        model = transformers.AutoModel.from_pretrained(folder).eval()
        ids = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            return model(input_ids=ids["input_ids"]).last_hidden_state[0]

    return states
