"""Vectors of words and of pieces of words: readers of files and objects, and the look-up."""

from sktext._vectors._loaded_vectors import read_keyed_vectors
from sktext._vectors._look_up import look_up, spellings
from sktext._vectors._piece_files import PieceFiles, find_piece_files
from sktext._vectors._vector_sources import read_vectors
from sktext._vectors._word_vectors import WordVectors

__all__ = [
    "PieceFiles",
    "WordVectors",
    "find_piece_files",
    "look_up",
    "read_keyed_vectors",
    "read_vectors",
    "spellings",
]
