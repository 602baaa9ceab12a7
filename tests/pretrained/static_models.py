"""Small static models in the layouts in which real ones come, and their vectors to compare with."""

import json

import numpy as np
import tokenizers
from safetensors.numpy import save_file
from tokenizers import normalizers, pre_tokenizers, processors

DIM = 4
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
PIECES = [*SPECIAL, "the", "late", "parcel", "##s", "bill", "again", "[", "]", "sep"]
TABLE = np.random.RandomState(0).standard_normal((len(PIECES), DIM)).astype(np.float16)
VECTORS = dict(zip(PIECES, TABLE.astype(np.float32), strict=True))
# What the texts are split into by hand, unknown pieces left out.
SPLIT = {
    "The late parcel, the bill": ["the", "late", "parcel", "the", "bill"],
    "PARCELS again": ["parcel", "##s", "again"],
    "late": ["late"],
    "late [SEP] bill": ["late", "[", "sep", "]", "bill"],
    "[PAD]": ["[", "]"],
    "nobody knows me": [],
    "": [],
}
TEXTS = list(SPLIT)


def write_tokenizer(path):
    """Write the tokenizer of the pieces, as a model of the family of BERT has it."""
    ids = {piece: number for number, piece in enumerate(PIECES)}
    backend = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.add_special_tokens(SPECIAL)
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    backend.save(str(path))
    return path


def model2vec(folder, normalize=True, **tensors):
    """Write a folder as model2vec does."""
    (folder / "config.json").write_text(json.dumps({"normalize": normalize}))
    save_file({"embeddings": TABLE, **tensors}, folder / "model.safetensors")
    write_tokenizer(folder / "tokenizer.json")
    return folder


def quantized_model2vec(folder):
    """Write the same vectors as few rows, which pieces share, and a weight for each piece."""
    weights = np.linspace(0.5, 2, len(PIECES))
    rows = np.arange(len(PIECES))[::-1].copy()
    table = (TABLE.astype(np.float64) / weights[:, None])[::-1].astype(np.float32)
    return model2vec(folder, embeddings=table, mapping=rows, weights=weights)


def sentence_transformers(folder, normalize=True):
    """Write a folder as sentence-transformers does for its StaticEmbedding."""
    prefix = "sentence_transformers.models."
    modules = [{"idx": 0, "path": "0_StaticEmbedding", "type": f"{prefix}StaticEmbedding"}]
    if normalize:
        modules.append({"idx": 1, "path": "1_Normalize", "type": f"{prefix}Normalize"})
    (folder / "modules.json").write_text(json.dumps(modules))
    inner = folder / "0_StaticEmbedding"
    inner.mkdir()
    save_file({"embedding.weight": TABLE}, inner / "model.safetensors")
    write_tokenizer(inner / "tokenizer.json")
    return folder


def pair_of_files(folder):
    """Write the vectors and the tokenizer side by side, under names of their own."""
    save_file({"embedding.weight": TABLE}, folder / "table.safetensors")
    return folder / "table.safetensors", write_tokenizer(folder / "pieces.json")


def in_cache(cache, name, make, commit="0" * 40):
    """Write a model where one of the hub is after its download, and return its folder."""
    model = cache / f"models--{name.replace('/', '--')}"
    folder = model / "snapshots" / commit
    folder.mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs/main").write_text(commit)
    make(folder)
    return folder


def glove(folder, vectors=VECTORS):
    """Write words and their numbers line by line."""
    path = folder / "glove.txt"
    lines = (f"{word} {' '.join(map(str, row))}\n" for word, row in vectors.items())
    path.write_text("".join(lines), encoding="utf-8")
    return path


OF_PIECES = {
    "model2vec": model2vec,
    "quantized model2vec": quantized_model2vec,
    "sentence-transformers": sentence_transformers,
    "pair of files": pair_of_files,
}
