"""Which reader a source of word vectors needs."""

import gzip
import struct
import zlib
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from sktext._optional import import_optional
from sktext._vectors._binary_vectors import read_binary_vectors
from sktext._vectors._loaded_vectors import (
    read_dict,
    read_keyed_vectors,
    read_spacy,
    read_table,
)
from sktext._vectors._piece_files import find_piece_files
from sktext._vectors._piece_vectors import read_piece_vectors
from sktext._vectors._text_vectors import read_text_vectors

GZIP = b"\x1f\x8b"
# What gensim raises where a file of fastText ends early or makes no sense.
DAMAGE = (
    AssertionError,
    EOFError,
    IndexError,
    MemoryError,
    OverflowError,
    ValueError,
    struct.error,
)
# The whole number 793712314, with which fastText's own files begin.
FASTTEXT = b"\xba\x16\x4f\x2f"


def read_vectors(vectors, wanted, encoding="utf-8"):
    """Read the vectors of some words from any source.

    Parameters
    ----------
    vectors : str, PathLike, pair of paths, PieceFiles, dict, DataFrame, KeyedVectors or others
        As in EmbeddingInit.
    wanted : set of str or None
        None is all.
    encoding : str, default="utf-8"
        Of a file.

    Returns
    -------
    vectors : WordVectors

    Raises
    ------
    OSError
        If there is no such file, or no network to fetch it.
    TypeError
        If it is none of these sources.
    ValueError
        If a file is malformed, or ends too early.
    """
    pieces = find_piece_files(vectors)
    if pieces is not None:
        return read_piece_vectors(pieces, wanted)
    if isinstance(vectors, (str, PathLike)):
        return read_file(vectors, wanted, encoding)
    if isinstance(vectors, dict):
        return read_dict(vectors, wanted)
    if hasattr(vectors, "iloc"):
        return read_table(vectors, wanted)
    keyed = getattr(vectors, "wv", vectors)
    if hasattr(keyed, "key_to_index"):
        return read_keyed_vectors(keyed, wanted)
    vocab = getattr(vectors, "vocab", vectors)
    if hasattr(vocab, "vectors_length"):
        return read_spacy(vocab, wanted)
    raise TypeError(
        "vectors must be the path of a file or a folder, a pair of paths, a dict of arrays, a "
        "DataFrame, gensim KeyedVectors, a spaCy vocabulary or TrainedVectors; got "
        f"{type(vectors).__name__}. Give one of these."
    )


def read_file(path, wanted, encoding):
    """Read the vectors of some words from a file, in the format that it is in."""
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(
            f"vectors must be the path of a file of word vectors; there is none at "
            f"'{path}'. Check the path."
        )
    with refusing_damage(path), open_file(path) as file:
        if file.peek(len(FASTTEXT)).startswith(FASTTEXT):
            return read_fasttext(path, wanted, encoding)
        is_binary = path.name.removesuffix(".gz").endswith(".bin")
        read = read_binary_vectors if is_binary else read_text_vectors
        return read(file, path.name, wanted, encoding)


@contextmanager
def refusing_damage(path):
    """Name the damaged file in the error, if what has packed it finds it so."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{path.name} must be a whole gzip file; {str(error).rstrip('.')}. Fetch the file "
            "again; it seems to be cut off or damaged."
        ) from error


def open_file(path):
    """Open a file for its bytes, unpacked if it is packed by gzip."""
    with path.open("rb") as file:
        is_packed = file.read(len(GZIP)) == GZIP
    return gzip.open(path) if is_packed else path.open("rb")


def read_fasttext(path, wanted, encoding):
    """Read fastText's own format, which holds sub-words, all at once."""
    fasttext = import_optional("gensim.models.fasttext", "gensim")
    try:
        keyed = fasttext.load_facebook_vectors(str(path), encoding=encoding)
    except DAMAGE as error:
        raise ValueError(
            f"{path.name} must be a whole file of fastText; gensim could not read it "
            f"({type(error).__name__}: {str(error).rstrip('.')}). Fetch the file again; it seems "
            "to be cut off or damaged."
        ) from error
    return read_keyed_vectors(keyed, wanted, path.name)
