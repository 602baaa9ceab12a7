"""A linear text classifier that only predicts, and is small as a file."""

import copy
import json
import zlib

import numpy as np
import torch
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin

from sktext._rows import check_sparse
from sktext._texts import check_texts, reading_tokens, takes_tokens
from sktext.classifiers._predicting import LogitsMixin

MAX_INT8 = 127


class CompressedTextClassifier(LogitsMixin, ClassifierMixin, BaseEstimator):
    """What :func:`compress` returns: few terms, and weights of eight bits.

    Use it to predict where a fitted classifier would take too many bytes.

    Not for training: fit the classifier that it was made of, and compress that again. A
    clone is the same object.

    Parameters
    ----------
    vectorizer : transformer
        Fitted, with the terms that are left.
    weights : ndarray of shape (n_features, n_outputs), int8
    scales : ndarray of shape (n_outputs,)
        What each output's weights are multiplied with.
    intercept : ndarray of shape (n_outputs,)
    loss : Loss
        Built; turns logits into probabilities.
    labels : Labels
        The classes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or numbers of the label columns.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier, compress
    >>> classifier = TfidfTorchClassifier().fit(["good", "fine", "bad", "poor"], [1, 1, 0, 0])
    >>> compress(classifier, max_bytes=3000).predict(["good"])
    array([1])
    """

    def __init__(self, vectorizer, weights, scales, intercept, loss, labels):
        self.vectorizer = vectorizer
        self.weights = weights
        self.scales = scales
        self.intercept = intercept
        self.loss = loss
        self.labels = labels

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_clone__(self):
        return self

    def set_params(self, **params):
        """Refuse to change.

        Parameters
        ----------
        **params : dict
            Not looked at, but for whether there are any.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If there are any.
        """
        if params:
            raise TypeError(
                f"A compressed classifier only predicts, and cannot take {', '.join(params)}; set "
                "that in the classifier that it was made of, fit and compress that again."
            )
        return self

    def fit(self, X, y=None):
        """Refuse to train.

        Parameters
        ----------
        X, y : object
            Not looked at.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            "A compressed classifier only predicts; fit the classifier that it was made of and "
            "compress that again, or wrap this one in FrozenEstimator."
        )

    @property
    def classes_(self):
        return self.labels.classes

    @property
    def _labels(self):
        return self.labels

    @property
    def _built_loss(self):
        return self.loss

    def _logits(self, X):
        texts = check_texts(X, tokens=takes_tokens(self.vectorizer))
        with reading_tokens(texts, "vectorizer"):
            features = check_sparse(sparse.csr_array(self.vectorizer.transform(texts)))
        # Made anew for each call: in memory, too, a weight is one byte.
        met = np.unique(features.indices)
        weights = self.weights[met].astype(np.float32)
        columns = np.searchsorted(met, features.indices)
        texts = check_texts(X, tokens=takes_tokens(self.vectorizer))
        features = sparse.csr_array(
            (features.data, columns, features.indptr), shape=(features.shape[0], len(met))
        )
        logits = (features @ weights) * self.scales + self.intercept
        return self.loss.final_logits(torch.from_numpy(np.asarray(logits, dtype=np.float64)))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __getstate__(self):
        """Pack the terms, and the weights of terms in two bytes each."""
        vectorizer = copy.copy(self.vectorizer)
        terms, vectorizer.vocabulary_ = list(vectorizer.vocabulary_), None
        state = {**super().__getstate__(), "vectorizer": vectorizer, "terms": packed(terms)}
        if hasattr(getattr(vectorizer, "_tfidf", None), "idf_"):
            vectorizer._tfidf = copy.copy(vectorizer._tfidf)
            vectorizer._tfidf.idf_ = vectorizer._tfidf.idf_.astype(np.float16)
            state["idf_dtype"] = self.vectorizer._tfidf.idf_.dtype
        return state

    def __setstate__(self, state):
        state = dict(state)
        terms, dtype = unpacked(state.pop("terms")), state.pop("idf_dtype", None)
        super().__setstate__(state)
        self.vectorizer.vocabulary_ = {term: column for column, term in enumerate(terms)}
        if dtype is not None:
            self.vectorizer._tfidf.idf_ = self.vectorizer._tfidf.idf_.astype(dtype)


def scaled_to_int8(weights):
    """Round the weights of each output to whole numbers from -127 to 127.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_outputs)

    Returns
    -------
    integers : ndarray of shape (n_features, n_outputs), int8
    scales : ndarray of shape (n_outputs,), float32
        What they are multiplied with to get the weights back.
    """
    scales = np.abs(weights).max(axis=0) / MAX_INT8
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)


def packed(terms):
    """Write terms as few bytes."""
    return zlib.compress(json.dumps(terms, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpacked(data):
    """Read what ``packed`` has written."""
    return json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
