"""Text to a sparse matrix: scikit-learn's vectorisers, by name or as objects."""

import os

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.utils.validation import check_memory


def tfidf():
    """Make a TfidfVectorizer with logarithmic counts, in float32."""
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32)


def count():
    """Make a CountVectorizer in float32."""
    return CountVectorizer(dtype=np.float32)


def hashing():
    """Make a HashingVectorizer in float32; it learns no vocabulary."""
    return HashingVectorizer(dtype=np.float32)


VECTORIZERS = {"tfidf": tfidf, "count": count, "hashing": hashing}


def fit_transform(vectorizer, texts, target, memory=None):
    """Fit a vectoriser and transform the same texts, through a cache if there is one.

    Parameters
    ----------
    vectorizer : transformer
        Unfitted.
    texts : list of str
    target : ndarray
        For transformers that select features.
    memory : str, path or joblib.Memory, default=None
        Where to keep the result, as in scikit-learn's Pipeline.

    Returns
    -------
    vectorizer : transformer
        Fitted; from a cache another object than the one given.
    features : CSR matrix or ndarray of shape (n_texts, n_features)
    """
    memory = os.fspath(memory) if isinstance(memory, os.PathLike) else memory
    return check_memory(memory).cache(_fit_transform)(vectorizer, texts, target)


def _fit_transform(vectorizer, texts, target):
    features = vectorizer.fit_transform(texts, target)
    return vectorizer, features
