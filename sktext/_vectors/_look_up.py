"""Vectors by the ids of a vocabulary."""

import numpy as np

from sktext._vectors._word_vectors import N_SHOWN


def spellings(word, lowercase_fallback=True):
    """Return the spellings of a word in the order in which they are looked up."""
    return [word, word.lower(), word.capitalize(), word.upper()] if lowercase_fallback else [word]


def look_up(vocabulary, vectors, lowercase_fallback=True, dtype=np.float32):
    """Write the vectors of a vocabulary as a matrix.

    Parameters
    ----------
    vocabulary : dict of {str: int}
        The row of each word, from 2 on; several may share one.
    vectors : WordVectors
    lowercase_fallback : bool, default=True
    dtype : dtype, default=float32

    Returns
    -------
    matrix : ndarray of shape (n_rows, dim)
        Zeros where nothing is found.
    found : ndarray of shape (n_rows,), bool
    n_from_subwords : int
        How many are made of sub-words.

    Raises
    ------
    ValueError
        If no word has a vector.
    """
    matrix = np.zeros((max(vocabulary.values()) + 1, vectors.dim), dtype=dtype)
    found = np.zeros(len(matrix), dtype=bool)
    n_from_subwords = 0
    for word, row in vocabulary.items():
        vector = next(
            (
                vectors.by_word[form]
                for form in spellings(word, lowercase_fallback)
                if form in vectors.by_word
            ),
            None,
        )
        if vector is None and vectors.from_subwords:
            vector = vectors.from_subwords(word)
            n_from_subwords += vector is not None
        if vector is not None:
            matrix[row], found[row] = vector, True
    if not found.any():
        refuse_none_found(vocabulary, vectors)
    return matrix, found, n_from_subwords


def refuse_none_found(vocabulary, vectors):
    """Raise, showing how the words of the texts and those of the vectors are spelled."""
    first = sorted(vocabulary, key=vocabulary.get)[:N_SHOWN]
    raise ValueError(
        f"None of the {len(vocabulary)} tokens of the vocabulary has a vector: they begin with "
        f"{first}, the words of {vectors.source} with {vectors.first_words}. Split and spell the "
        "texts like the words of the vectors, or give vectors of their language."
    )
