"""Text to a sparse matrix: vectorizers by name or as objects."""

import os
from collections.abc import Sequence
from typing import Any

import joblib
from numpy.typing import NDArray
from sklearn.utils.validation import check_memory, has_fit_parameter

from sktext.features._hybrid_vectorizer import HybridVectorizer
from sktext.features._word_vectorizers import WORD_VECTORIZERS

VECTORIZERS = {**WORD_VECTORIZERS, "hybrid": HybridVectorizer}


def fit_transform(
    vectorizer: Any,
    texts: Sequence[str] | Sequence[list[str]],
    target: NDArray[Any],
    memory: str | os.PathLike[str] | joblib.Memory | None = None,
    sample_weight: NDArray[Any] | None = None,
) -> tuple[Any, Any]:
    """Fit a vectorizer and transform the same texts, through a cache if there is one.

    Use it to learn the features of a classifier of texts of your own. Do not use it where
    nothing is cached, which is the method ``fit_transform`` of the vectorizer.

    Parameters
    ----------
    vectorizer : transformer
        Unfitted.
    texts : list of str, or of lists of tokens
        The training texts.
    target : ndarray
        For transformers that select features.
    memory : str, path or joblib.Memory, default=None
        Where to keep the result, as in scikit-learn's Pipeline.
    sample_weight : ndarray of shape (n_texts,), default=None
        Weights of the texts, for transformers that learn from them; others get none.

    Returns
    -------
    vectorizer : transformer
        Fitted; from a cache another object than the one given.
    features : CSR matrix or ndarray of shape (n_texts, n_features)

    Raises
    ------
    ValueError
        If there is a cache and the vectorizer cannot be pickled.

    Examples
    --------
    >>> from sktext.features import FastCountVectorizer, fit_transform
    >>> vectorizer, features = fit_transform(FastCountVectorizer(), ["one", "two"], [0, 1])
    >>> features.shape
    (2, 2)
    """
    memory = os.fspath(memory) if isinstance(memory, os.PathLike) else memory
    if memory is not None:
        refuse_unpicklable(vectorizer)
    weighs = sample_weight is not None and has_fit_parameter(vectorizer, "sample_weight")
    weights = {"sample_weight": sample_weight} if weighs else {}
    return check_memory(memory).cache(_fit_transform)(vectorizer, texts, target, weights)


def refuse_unpicklable(vectorizer):
    """Raise for what a cache cannot tell apart, before the texts are part of the message."""
    try:
        joblib.hash(vectorizer)
    except Exception as error:  # pickle raises errors of any kind
        raise ValueError(
            f"memory tells vectorizers apart by their pickles, and {type(vectorizer).__name__} "
            f"has none ({error.args[0] if error.args else error!r:.200}). Use functions that "
            "stand in a module in place of lambdas and inner functions, or set memory=None."
        ) from None


def _fit_transform(vectorizer, texts, target, weights):
    features = vectorizer.fit_transform(texts, target, **weights)
    return vectorizer, features
