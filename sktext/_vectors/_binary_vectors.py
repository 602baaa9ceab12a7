"""Word vectors in word2vec's binary format."""

import numpy as np

from sktext._vectors._text_vectors import encoded
from sktext._vectors._word_vectors import N_SHOWN, WordVectors, to_vector

# Bytes that are read at a time, and what the first line may have at most.
CHUNK = 1 << 20
LONGEST_HEADER = 100


def read_binary_vectors(file, source, wanted, encoding):
    """Read the vectors of some words from a file in word2vec's binary format.

    The first line says how many words and numbers there are; then come each word, a
    space and its numbers in 32 bits, little end first.

    Parameters
    ----------
    file : binary file
    source : str
        Its name, for messages.
    wanted : set of str or None
        None is all.
    encoding : str

    Returns
    -------
    vectors : WordVectors

    Raises
    ------
    ValueError
        If the first line is something else, or if the file ends too early.
    """
    n_words, dim = read_header(file, source)
    by_bytes = encoded(wanted, encoding)
    by_word, first_words = {}, []
    for word, numbers in read_rows(file, source, n_words, dim):
        if len(first_words) < N_SHOWN:
            first_words.append(word.decode(encoding, "replace"))
        if word in by_bytes and (name := by_bytes[word]) not in by_word:
            by_word[name] = to_vector(np.frombuffer(numbers, dtype="<f4"), dim, name, source)
    return WordVectors(source, by_word, dim, first_words)


def read_header(file, source):
    line = file.readline(LONGEST_HEADER)
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields) or int(fields[1]) < 1:
        raise ValueError(
            f"{source} must start with the number of words and the length of a vector, as "
            f"word2vec's binary files do; got {line[:40]!r}. If it is a text file, its name must "
            "not end in .bin."
        )
    if fields[0] == b"0":
        raise ValueError(f"{source} has no word vectors in it; give a file with some.")
    return int(fields[0]), int(fields[1])


def read_rows(file, source, n_words, dim):
    """Yield every word and its numbers, both as bytes."""
    n_bytes = 4 * dim
    buffer, start = b"", 0
    for row in range(n_words):
        space = buffer.find(b" ", start)
        while space < 0 or len(buffer) < space + 1 + n_bytes:
            chunk = file.read(CHUNK)
            if not chunk:
                raise ValueError(
                    f"{source} must have {n_words} vectors of {dim} numbers; it ends within the "
                    f"{row + 1}th. Fetch the file again; it seems to be cut off."
                )
            buffer, start = buffer[start:] + chunk, 0
            space = buffer.find(b" ")
        end = space + 1 + n_bytes
        # Some programs end every vector with a line feed, others do not.
        yield buffer[start:space].lstrip(b"\n"), buffer[space + 1 : end]
        start = end
