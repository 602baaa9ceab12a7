"""What every source of word vectors is read into."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# How many words of a source a message shows.
N_SHOWN = 5


@dataclass
class WordVectors:
    """The vectors of the words that were asked for.

    Attributes
    ----------
    source : str
        What the vectors were read from, as messages call it.
    by_word : dict of {str: ndarray of shape (dim,)}
        Words that were asked for and are in the source.
    dim : int
        Numbers in a vector.
    first_words : list of str
        The first few words of the source, whether asked for or not.
    from_subwords : callable or None
        Makes the vector of a word that is not in the source, or None of one it cannot.
    """

    source: str
    by_word: dict
    dim: int
    first_words: list
    from_subwords: Callable | None = None


def to_vector(values, dim, word, source):
    """Return one vector as float32, or say what is wrong with it."""
    try:
        vector = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The vector of {word!r} in {source} must be {dim} numbers; {error}. Give an array "
            "of numbers, or leave the word out."
        ) from error
    if vector.shape != (dim,):
        raise ValueError(
            f"The vector of {word!r} in {source} must be {dim} numbers, as the first one is; got "
            f"an array of shape {vector.shape}. Mend it, or leave the word out."
        )
    if not np.isfinite(vector).all():
        raise ValueError(
            f"The vector of {word!r} in {source} has NaN or infinity in it. Mend it, or leave "
            "the word out."
        )
    return vector
