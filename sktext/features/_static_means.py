"""Weighted means of the vectors of tokens, and what they are weighed by."""

import numpy as np
from scipy import linalg, sparse


def means(rows, vectors, weights):
    """Return the sums of weight times vector, divided by the number of weighed tokens.

    Parameters
    ----------
    rows : TokenRows of length n_texts
    vectors : ndarray of shape (n_tokens, dim)
    weights : ndarray of shape (n_tokens,), float32
        Tokens of weight 0 do not count.

    Returns
    -------
    means : ndarray of shape (n_texts, dim), float32
    """
    kept = rows.masked(weights[rows.ids] > 0)
    counts = np.repeat(kept.lengths, kept.lengths)
    # Only the vectors of these texts are converted, of which a few texts have a few.
    used = np.zeros(len(vectors), dtype=bool)
    used[kept.ids] = True
    places = np.cumsum(used) - 1
    table = vectors[used].astype(np.float32, copy=False)  # (n_used, dim)
    factors = sparse.csr_matrix(
        ((weights[kept.ids] / counts).astype(np.float32), places[kept.ids], kept.indptr),
        shape=(len(kept), len(table)),
    )
    return factors @ table


def inverse_frequencies(rows, n_tokens):
    """Return the logarithm of texts per text with a token, plus one, as TF-IDF has it.

    One more text that has every token is counted, so that unseen tokens weigh most and not
    infinitely much.
    """
    text_of = np.repeat(np.arange(len(rows), dtype=np.int64), rows.lengths)
    pairs = np.unique(text_of * n_tokens + rows.ids)
    n_texts = np.bincount(pairs % n_tokens, minlength=n_tokens)
    return (np.log((1 + len(rows)) / (1 + n_texts)) + 1).astype(np.float32)


def smooth_inverse_frequencies(rows, n_tokens, a):
    """Return ``a / (a + p)`` for tokens that are the fraction ``p`` of all."""
    fractions = np.bincount(rows.ids, minlength=n_tokens) / len(rows.ids)
    return (a / (a + fractions)).astype(np.float32)


def find_components(encoded, n_components):
    """Return the first right singular vectors, those with a singular value of zero left out.

    Parameters
    ----------
    encoded : ndarray of shape (n_texts, dim)
    n_components : int

    Returns
    -------
    components : ndarray of shape (n_found, dim), float32
        Rows of length one.
    """
    encoded = encoded.astype(np.float64)
    dim = encoded.shape[1]
    first = max(dim - n_components, 0)
    values, components = linalg.eigh(encoded.T @ encoded, subset_by_index=(first, dim - 1))
    is_there = values > np.finfo(np.float32).eps * values[-1]
    return components.T[is_there][::-1].astype(np.float32)


def unit_rows(matrix):
    """Divide rows by their length; rows of zeros stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix / np.where(lengths > 0, lengths, 1)
