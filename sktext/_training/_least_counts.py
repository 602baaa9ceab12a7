"""In how many training texts each column of a vectorizer is at least."""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import FeatureUnion

from sktext._texts import is_ngram
from sktext.features import HybridVectorizer


def least_counts(vectorizer, n_texts):
    """Return in how many training texts each column is at least, by the rules of a vectorizer.

    Parameters
    ----------
    vectorizer : transformer
        Fitted.
    n_texts : int
        Number of training texts.

    Returns
    -------
    counts : ndarray of shape (n_features,) or None
        None if it is not known.
    """
    if isinstance(vectorizer, FeatureUnion):
        parts = [part for _, part in vectorizer.transformer_list if not isinstance(part, str)]
        counts = [least_counts(part, n_texts) for part in parts]
        return None if any(part is None for part in counts) else np.concatenate(counts)
    if isinstance(vectorizer, HybridVectorizer):
        counts = least_counts(vectorizer.vectorizer_, n_texts)
        n_others = len(vectorizer.encoder_.get_feature_names_out())
        return None if counts is None else np.append(counts, np.ones(n_others, dtype=int))
    if not isinstance(vectorizer, CountVectorizer):
        return None
    n_terms = len(vectorizer.vocabulary_)
    if vectorizer.fixed_vocabulary_:
        return np.ones(n_terms, dtype=int)
    least = vectorizer.min_df
    least = int(np.ceil(least * n_texts)) if isinstance(least, float) else least
    counts = np.full(n_terms, max(least, 1))
    of_ngrams = getattr(vectorizer, "min_ngram_df", 1)
    if of_ngrams > least and not callable(vectorizer.analyzer):
        for term, column in vectorizer.vocabulary_.items():
            if is_ngram(term, vectorizer.analyzer):
                counts[column] = of_ngrams
    return counts
