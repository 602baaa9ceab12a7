"""Vectorizers that count words, by name."""

import numpy as np
from sklearn.pipeline import FeatureUnion

from sktext.features._fast._counting import ALL_WORDS
from sktext.features._fast_count_vectorizer import FastCountVectorizer
from sktext.features._fast_hashing_vectorizer import FastHashingVectorizer
from sktext.features._fast_tfidf_vectorizer import FastTfidfVectorizer


def words():
    """Make a FastTfidfVectorizer of words with logarithmic counts, in float32."""
    return FastTfidfVectorizer(token_pattern=ALL_WORDS, sublinear_tf=True, dtype=np.float32)


def words_and_pairs():
    """Make a FastTfidfVectorizer of words, and of pairs of neighbours that two texts have."""
    return words().set_params(ngram_range=(1, 2), min_ngram_df=2)


def characters():
    """Make a FastTfidfVectorizer of 2 to 5 characters within words that two texts have."""
    how = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_ngram_df": 2}
    return FastTfidfVectorizer(sublinear_tf=True, dtype=np.float32, **how)


def words_and_characters():
    """Make a FeatureUnion of words, pairs and characters; both blocks of a row have one length."""
    blocks = [("words", words_and_pairs()), ("characters", characters())]
    return FeatureUnion(blocks, transformer_weights={name: 0.5**0.5 for name, _ in blocks})


def count():
    """Make a FastCountVectorizer in float32."""
    return FastCountVectorizer(dtype=np.float32)


def hashing():
    """Make a FastHashingVectorizer in float32; it learns no vocabulary."""
    return FastHashingVectorizer(dtype=np.float32)


WORD_VECTORIZERS = {
    "auto": words_and_pairs,
    "words": words,
    "words+pairs": words_and_pairs,
    "characters": characters,
    "words+characters": words_and_characters,
    "count": count,
    "hashing": hashing,
}
