"""Vectors of the pieces that the tokenizer of a static model makes."""

from contextlib import contextmanager

import numpy as np
import torch

from sktext._optional import import_optional
from sktext._pretrained import load_pieces
from sktext._token_rows import N_RESERVED
from sktext._vectors._word_vectors import N_SHOWN, WordVectors

# What model2vec may have beside the table: the row and the weight of each piece, by its id.
ROWS, WEIGHTS = "mapping", "weights"
# Numbers that numpy has, too; others are read as float32.
KEPT = (torch.float16, torch.float32)
N_DIMS = 2


def read_piece_vectors(files, wanted):
    """Read the vectors of some pieces of words; other rows of the file are not read.

    Parameters
    ----------
    files : PieceFiles
    wanted : set of str or None
        None is all.

    Returns
    -------
    vectors : WordVectors
        In half precision, if those of the file are.

    Raises
    ------
    ValueError
        If the file has no table, or one that is too short or has NaN in it.
    """
    pieces = load_pieces(files.tokenizer).vocabulary()
    known = pieces if wanted is None else [piece for piece in wanted if piece in pieces]
    ids = torch.tensor([pieces[piece] - N_RESERVED for piece in known], dtype=torch.int64)
    with opened(files.table) as file:
        name = name_of_table(file, files.table)
        beside = {key: file.get_tensor(key) for key in (ROWS, WEIGHTS) if key in set(file.keys())}
        table = file.get_tensor(name)
        rows = beside.get(ROWS, torch.arange(len(table)))
        check_rows(files, max(pieces.values()) - N_RESERVED + 1, len(rows))
        found = table[rows[ids].long()]
        if WEIGHTS in beside:
            found = found.float() * beside[WEIGHTS][ids, None].float()
    matrix = (found if found.dtype in KEPT else found.float()).numpy()
    for row in np.flatnonzero(~np.isfinite(matrix).all(axis=1))[:1]:
        raise ValueError(
            f"The vector of {list(known)[row]!r} in {files.table.name} has NaN or infinity in it. "
            "Mend it, or give another table."
        )
    by_word = dict(zip(known, matrix, strict=True))
    return WordVectors(files.table.name, by_word, table.shape[1], list(pieces)[:N_SHOWN])


@contextmanager
def opened(path):
    """Open a file of safetensors, and name it in the error if it is damaged."""
    safetensors = import_optional("safetensors", "pretrained")
    try:
        with safetensors.safe_open(path, "pt") as file:
            yield file
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"{path.name} must be a whole file of safetensors; {str(error).rstrip('.')}. Fetch the "
            "file again; it seems to be cut off or damaged."
        ) from error


def name_of_table(file, path):
    """Return the name of the only table in a file."""
    names = [name for name in [*file.keys()] if len(file.get_slice(name).get_shape()) == N_DIMS]
    if len(names) != 1:
        raise ValueError(
            f"{path.name} must have one table, a row for each piece; it has {len(names)}. Give the "
            "file of a static model; for an encoder with layers use one of sentences."
        )
    return names[0]


def check_rows(files, n_pieces, n_rows):
    """Refuse a table that has no row for some pieces."""
    if n_rows < n_pieces:
        raise ValueError(
            f"{files.table.name} must have a vector for each of the {n_pieces} pieces of "
            f"{files.tokenizer.name}; it has {n_rows}. Give the tokenizer that belongs to it."
        )
