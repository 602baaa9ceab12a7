"""A linear text classifier that only predicts and has a small pickle."""

import copy
import json
import zlib
from typing import Any, NoReturn, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin

from sktext._labels import Labels
from sktext._rows import check_sparse
from sktext._sklearn import set_weighting, weighting_of
from sktext._texts import check_texts, reading_tokens, takes_tokens
from sktext.classifiers._predicting import LogitsMixin
from sktext.losses import Loss

MAX_INT8 = 127


class CompressedTextClassifier(LogitsMixin, ClassifierMixin, BaseEstimator):
    """Linear text classifier of few terms and weights of eight bits, made by :func:`compress`.

    Use it to predict where a fitted classifier would take too many bytes.

    Do not use it for training: fit the classifier that it was made from, and compress that
    again. A clone is the same object.

    Parameters
    ----------
    vectorizer : transformer
        The fitted vectorizer, with the terms that are kept.
    weights : ndarray of shape (n_features, n_outputs), int8
        The weights of the terms as integers.
    scales : ndarray of shape (n_outputs,)
        Factors of the weights of each output.
    intercept : ndarray of shape (n_outputs,)
        The biases.
    loss : Loss
        The fitted loss, which converts logits to probabilities.
    labels : Labels
        The classes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or numbers of the label columns.

    See Also
    --------
    compress : Makes objects of this class.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier, compress
    >>> classifier = TfidfTorchClassifier().fit(["good", "fine", "bad", "poor"], [1, 1, 0, 0])
    >>> compress(classifier, max_bytes=3000).predict(["good"])
    array([1])
    """

    def __init__(
        self,
        vectorizer: Any,
        weights: NDArray[np.int8],
        scales: NDArray,
        intercept: NDArray,
        loss: Loss,
        labels: Labels,
    ) -> None:
        self.vectorizer = vectorizer
        self.weights = weights
        self.scales = scales
        self.intercept = intercept
        self.loss = loss
        self.labels = labels

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_clone__(self) -> Self:
        return self

    def set_params(self, **params: Any) -> Self:
        """Raise if parameters are to be changed.

        Parameters
        ----------
        **params : dict
            Must be empty.

        Returns
        -------
        self : object
            The classifier.

        Raises
        ------
        TypeError
            If there are parameters.
        """
        if params:
            raise TypeError(
                f"A compressed classifier only predicts, and cannot take {', '.join(params)}; set "
                "that in the classifier that it was made from, fit and compress that again."
            )
        return self

    def fit(self, X: Any, y: Any = None) -> NoReturn:
        """Raise, as a compressed classifier cannot be trained.

        Parameters
        ----------
        X : object
            Ignored.
        y : object, default=None
            Ignored.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            "A compressed classifier only predicts; fit the classifier that it was made from and "
            "compress that again, or wrap this one in FrozenEstimator."
        )

    @property
    def classes_(self) -> NDArray:
        """Sorted labels, or numbers of the label columns."""
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
        # Converted in each call, so that a weight is one byte in memory as well.
        present = np.unique(features.indices)
        weights = self.weights[present].astype(np.float32)
        columns = np.searchsorted(present, features.indices)
        features = sparse.csr_array(
            (features.data, columns, features.indptr), shape=(features.shape[0], len(present))
        )
        logits = (features @ weights) * self.scales + self.intercept
        return self.loss.final_logits(torch.from_numpy(np.asarray(logits, dtype=np.float64)))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __getstate__(self):
        """Return the state with compressed terms and document frequencies of two bytes each."""
        vectorizer = copy.copy(self.vectorizer)
        terms, vectorizer.vocabulary_ = list(vectorizer.vocabulary_), None
        state = {**super().__getstate__(), "vectorizer": vectorizer, "terms": packed(terms)}
        idf = getattr(weighting_of(vectorizer), "idf_", None)
        if idf is not None:
            set_weighting(vectorizer, idf_=idf.astype(np.float16))
            state["idf_dtype"] = idf.dtype
        return state

    def __setstate__(self, state):
        state = dict(state)
        terms, dtype = unpacked(state.pop("terms")), state.pop("idf_dtype", None)
        super().__setstate__(state)
        self.vectorizer.vocabulary_ = {term: column for column, term in enumerate(terms)}
        if dtype is not None:
            idf = weighting_of(self.vectorizer).idf_
            set_weighting(self.vectorizer, idf_=idf.astype(dtype))


def scaled_to_int8(weights):
    """Round the weights of each output to integers from -127 to 127.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_outputs)

    Returns
    -------
    integers : ndarray of shape (n_features, n_outputs), int8
    scales : ndarray of shape (n_outputs,), float32
        Factors that restore the weights.
    """
    scales = np.abs(weights).max(axis=0) / MAX_INT8
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)


def packed(terms):
    """Compress terms to bytes."""
    return zlib.compress(json.dumps(terms, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpacked(data):
    """Return the terms that ``packed`` has compressed."""
    return json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
