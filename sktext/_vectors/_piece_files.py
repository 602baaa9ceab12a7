"""Where the table of a static model is: vectors of pieces, and the tokenizer that makes these."""

import json
import os
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from posixpath import join, normpath

from sktext._pretrained import Source, find_file, looks_like_a_path

# What a folder of sentence-transformers may have beside the table.
MODULES = {"StaticEmbedding", "Normalize"}
# How names of files of vectors end, which the hub is not asked for.
FILES = {".txt", ".vec", ".bin", ".gz", ".zip", ".csv", ".tsv", ".json", ".npy", ".npz", ".model"}


@dataclass(frozen=True)
class PieceFiles:
    """The files of a static model.

    Parameters
    ----------
    table : Path
        A file of safetensors with the vectors.
    tokenizer : Path
        A file tokenizer.json.
    normalize : bool, default=True
        Whether vectors of texts have length one.
    """

    table: Path
    tokenizer: Path
    normalize: bool = True


def find_piece_files(vectors, revision=None, local_files_only=False):
    """Return the files of a static model.

    Parameters
    ----------
    vectors : str, PathLike, pair of paths, PieceFiles, or any other source of vectors
        A folder of model2vec or sentence-transformers, its name on the hub, or the file of the
        vectors and that of the tokenizer.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.

    Returns
    -------
    files : PieceFiles or None
        None if it is another source.

    Raises
    ------
    OSError
        If a file is not there.
    ValueError
        If the folder is one of another kind of model.
    """
    if isinstance(vectors, PieceFiles):
        return vectors
    if isinstance(vectors, (tuple, list)):
        return of_pair(vectors)
    if not isinstance(vectors, (str, PathLike)):
        return None
    path = Path(vectors).expanduser()
    if path.suffix == ".safetensors":
        raise ValueError(
            f"vectors={str(path)!r} must come with the tokenizer whose pieces it has vectors of. "
            "Set vectors=(file, tokenizer), the second being the path of its tokenizer.json."
        )
    if path.is_dir():
        return of_folder(lambda name, _=None: path / name, path)
    if path.is_file() or not names_a_model(vectors):
        return None
    source = Source(os.fspath(vectors), False, revision, local_files_only, parameter="vectors")
    return of_folder(partial(find_file, source), source.name)


def names_a_model(vectors):
    """Return whether a text is the name of a model on the hub, and not the path of a file."""
    is_file = Path(vectors).suffix.lower() in FILES
    return not is_file and "/" in str(vectors) and not looks_like_a_path(vectors)


def of_pair(paths):
    """Return the files of a pair of paths."""
    if len(paths) != 2 or not all(isinstance(path, (str, PathLike)) for path in paths):
        raise TypeError(
            "vectors must be one path, or a pair of the paths of a file of safetensors and of a "
            f"file tokenizer.json; got {paths!r:.100}. Give such a pair."
        )
    table, tokenizer = (existing(Path(path).expanduser()) for path in paths)
    return PieceFiles(table, tokenizer)


def of_folder(find, name):
    """Return the files of a model, as model2vec and sentence-transformers lay them out.

    Parameters
    ----------
    find : callable
        From the name of a file in the folder, and whether it is required, to its path.
    name : str or Path
        What messages call the folder.
    """
    modules = read_json(find("modules.json"), [])
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    odd = [kind for kind in kinds if kind not in MODULES]
    if odd:
        raise ValueError(
            f"vectors={str(name)!r} must be a static model, a table of vectors alone; it has a "
            f"module {odd[0]}, too. Use an encoder of sentences for such a model."
        )
    inner = [
        module["path"]
        for module, kind in zip(modules, kinds, strict=True)
        if kind == "StaticEmbedding"
    ]
    normalize = "Normalize" in kinds or read_json(find("config.json"), {}).get("normalize")
    files = (
        existing(find(normpath(join(*inner, file)), True))
        for file in ("model.safetensors", "tokenizer.json")
    )
    return PieceFiles(*files, bool(normalize))


def existing(path):
    """Return the path of a file, or raise if there is none."""
    if not path.is_file():
        raise FileNotFoundError(
            f"A static model must have its vectors in a file of safetensors and its tokenizer in a "
            f"file tokenizer.json; there is no file '{path}'. Check the path."
        )
    return path


def read_json(path, default):
    """Read a file, if it is there."""
    if path is None or not path.is_file():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"'{path}' must be a file of JSON; {str(error).rstrip('.')}. Fetch the model again; it "
            "seems to be damaged."
        ) from error
