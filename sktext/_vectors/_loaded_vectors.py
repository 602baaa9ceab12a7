"""Word vectors that are already in memory: dict, table, gensim, spaCy."""

from itertools import islice

import numpy as np

from sktext._vectors._word_vectors import N_SHOWN, WordVectors, to_vector


def read_dict(vectors, wanted):
    """Take the vectors of some words from a dict."""
    if not vectors:
        raise ValueError("vectors is an empty dict; give at least one word and its vector.")
    dim = np.asarray(next(iter(vectors.values()))).size
    return collect(vectors, vectors.__getitem__, wanted, dim, "the dict of vectors", vectors)


def read_table(table, wanted):
    """Take the vectors of some words from a DataFrame with one row per word."""
    if not all(table.shape):
        raise ValueError(
            f"vectors is a table of shape {table.shape}; give a row for each word and a column "
            "for each number."
        )
    places = {}
    for place, word in enumerate(table.index):
        places.setdefault(word, place)
    numbers = table.to_numpy()
    return collect(
        places,
        lambda word: numbers[places[word]],
        wanted,
        table.shape[1],
        "the table of vectors",
        places,
    )


def read_keyed_vectors(keyed, wanted, source="the gensim vectors"):
    """Take the vectors of some words from gensim's KeyedVectors.

    FastTextKeyedVectors make those of other words of their sub-words.
    """
    known = keyed.key_to_index
    vectors = collect(known, keyed.get_vector, wanted, keyed.vector_size, source, known)
    if hasattr(keyed, "vectors_ngrams"):
        # A word too short for any sub-word comes out as zeros.
        vectors.from_subwords = lambda word: nonzero(keyed.get_vector(word))
    return vectors


def read_spacy(vocab, wanted):
    """Take the vectors of some words from a spaCy vocabulary."""
    if not vocab.vectors_length:
        raise ValueError(
            "vectors is a spaCy vocabulary without vectors; load a pipeline that has them, such "
            "as en_core_web_md."
        )
    source, dim = "the spaCy vocabulary", vocab.vectors_length
    if getattr(vocab.vectors, "mode", None) == "floret":  # every vector is made of sub-words
        return WordVectors(source, {}, dim, [], lambda word: nonzero(vocab.get_vector(word)))
    words = [vocab.strings[key] for key in vocab.vectors if key in vocab.strings]
    known = words if wanted is None else {word for word in wanted if vocab.has_vector(word)}
    return collect(known, vocab.get_vector, wanted, dim, source, words)


def collect(known, get, wanted, dim, source, words):
    """Take those words that are wanted and known; all that are known if wanted is None."""
    taken = known if wanted is None else [word for word in wanted if word in known]
    by_word = {word: to_vector(get(word), dim, word, source) for word in taken}
    return WordVectors(source, by_word, dim, list(islice(words, N_SHOWN)))


def nonzero(vector):
    """Return the vector, or None if all of it is zero."""
    return vector if np.any(vector) else None
