"""Where the table of a static model is: vectors of pieces, and the tokenizer that makes these."""

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

# What a folder of sentence-transformers may have beside the table.
MODULES = {"StaticEmbedding", "Normalize"}


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


def find_piece_files(vectors):
    """Return the files of a static model.

    Parameters
    ----------
    vectors : str, PathLike, pair of paths, or any other source of vectors
        A folder of model2vec or sentence-transformers, or the file of the vectors and that of
        the tokenizer.

    Returns
    -------
    files : PieceFiles or None
        None if it is another source.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If the folder is one of another kind of model.
    """
    if isinstance(vectors, (tuple, list)):
        return of_pair(vectors)
    if not isinstance(vectors, (str, PathLike)):
        return None
    path = Path(vectors).expanduser()
    if path.is_dir():
        return of_folder(path)
    if path.suffix == ".safetensors":
        raise ValueError(
            f"vectors={str(path)!r} must come with the tokenizer whose pieces it has vectors of. "
            "Set vectors=(file, tokenizer), the second being the path of its tokenizer.json."
        )
    return None


def of_pair(paths):
    """Return the files of a pair of paths."""
    if len(paths) != 2 or not all(isinstance(path, (str, PathLike)) for path in paths):
        raise TypeError(
            "vectors must be one path, or a pair of the paths of a file of safetensors and of a "
            f"file tokenizer.json; got {paths!r:.100}. Give such a pair."
        )
    table, tokenizer = (existing(Path(path).expanduser()) for path in paths)
    return PieceFiles(table, tokenizer)


def of_folder(folder):
    """Return the files in a folder, as model2vec and sentence-transformers lay them out."""
    modules = read_json(folder / "modules.json", [])
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    odd = [kind for kind in kinds if kind not in MODULES]
    if odd:
        raise ValueError(
            f"vectors={str(folder)!r} must be the folder of a static model, a table of vectors "
            f"alone; it has a module {odd[0]}, too. Use an encoder of sentences for such a model."
        )
    paths = [
        module["path"]
        for module, kind in zip(modules, kinds, strict=True)
        if kind == "StaticEmbedding"
    ]
    inner = folder / paths[0] if paths else folder
    normalize = "Normalize" in kinds or read_json(folder / "config.json", {}).get("normalize")
    return PieceFiles(
        existing(inner / "model.safetensors"), existing(inner / "tokenizer.json"), bool(normalize)
    )


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
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default
