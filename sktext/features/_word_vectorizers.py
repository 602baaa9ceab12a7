"""Vectorizers that count words, by name."""

import numpy as np

from sktext.features._fast_count_vectorizer import FastCountVectorizer
from sktext.features._fast_hashing_vectorizer import FastHashingVectorizer
from sktext.features._fast_tfidf_vectorizer import FastTfidfVectorizer


def tfidf():
    """Make a FastTfidfVectorizer with logarithmic counts, in float32."""
    return FastTfidfVectorizer(sublinear_tf=True, dtype=np.float32)


def tfidf_bigrams():
    """Make a FastTfidfVectorizer as above, of words and pairs of neighbours."""
    return FastTfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), dtype=np.float32)


def count():
    """Make a FastCountVectorizer in float32."""
    return FastCountVectorizer(dtype=np.float32)


def hashing():
    """Make a FastHashingVectorizer in float32; it learns no vocabulary."""
    return FastHashingVectorizer(dtype=np.float32)


WORD_VECTORIZERS = {
    "tfidf": tfidf,
    "tfidf_bigrams": tfidf_bigrams,
    "count": count,
    "hashing": hashing,
}
