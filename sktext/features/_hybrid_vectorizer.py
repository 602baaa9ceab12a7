"""Words and the meaning of sentences side by side."""

from numbers import Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sktext._component import NamedParts, resolve
from sktext._texts import Texts
from sktext._validation import HasMethods, Interval, StrOptions, check_texts, fit_context
from sktext.features._sentence_encoder import SentenceEncoder
from sktext.features._word_vectorizers import WORD_VECTORIZERS

ENCODERS = {"sentence": SentenceEncoder}


class HybridVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NamedParts):
    """Write texts as counts of words beside the vectors of a pretrained encoder.

    Use it with a linear classifier on short texts: the words know names and numbers, the encoder
    knows what means the same, and together they are often better than either by several
    points, in seconds. With the extra ``pretrained``.

    Do not use it on long texts: the encoder reads their beginning only, takes long, and adds
    little to the words.

    Parameters
    ----------
    vectorizer : {"tfidf", "count", "hashing"} or transformer, default="tfidf"
        Makes the columns of words. Its parameters are set as ``vectorizer__ngram_range`` and so on.
    encoder : {"sentence"} or transformer, default="sentence"
        Makes the columns of the encoder; "sentence" is a :class:`SentenceEncoder`, whose
        parameters are set as ``encoder__model`` and so on. Any transformer from texts to a dense
        matrix will do, such as a :class:`StaticEncoder`.
    encoder_weight : float or "auto", default="auto"
        Factor of the columns of the encoder, at least 0. "auto" makes the rows of both blocks
        equally long on the training texts, by the root of their mean square, so that neither
        drowns the other.

    Attributes
    ----------
    vectorizer_ : transformer
        The fitted vectorizer.
    encoder_ : transformer
        The fitted encoder.
    encoder_weight_ : float
        The factor that is used.

    See Also
    --------
    SentenceEncoder : The vectors alone.
    FastTfidfVectorizer : The words alone.

    Examples
    --------
    >>> import tempfile
    >>> from sktext.features import HybridVectorizer
    >>> from sktext.testing import make_tiny_encoder
    >>> texts = ["My refund is late", "Where is my parcel?"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     hybrid = HybridVectorizer().set_params(encoder__model=make_tiny_encoder(folder))
    ...     rows = hybrid.fit_transform(texts)
    >>> rows.shape, len(hybrid.vectorizer_.vocabulary_)
    ((2, 22), 6)
    """

    _parts = {"vectorizer": WORD_VECTORIZERS, "encoder": ENCODERS}
    _parameter_constraints = {
        "vectorizer": [StrOptions(set(WORD_VECTORIZERS)), HasMethods(["fit_transform"])],
        "encoder": [StrOptions(set(ENCODERS)), HasMethods(["fit_transform"])],
        "encoder_weight": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        vectorizer: str | Any = "tfidf",
        encoder: str | Any = "sentence",
        encoder_weight: float | str = "auto",
    ) -> None:
        self.vectorizer = vectorizer
        self.encoder = encoder
        self.encoder_weight = encoder_weight

    def fit(self, texts: Texts, y: Any = None) -> Self:
        """Learn the vocabulary, load the encoder and weigh the two blocks.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.
        y : array-like of shape (n_texts,), default=None
            Passed to both parts.

        Returns
        -------
        self : object
        """
        self.fit_transform(texts, y)
        return self

    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, texts: Texts, y: Any = None) -> sparse.csr_matrix:
        """Fit both parts, and return the rows of the same texts.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.
        y : array-like of shape (n_texts,), default=None
            Passed to both parts.

        Returns
        -------
        rows : CSR matrix of shape (n_texts, n_features)
            The columns of words, and behind them those of the encoder.
        """
        texts = check_texts(texts, "texts")
        self.vectorizer_ = resolve(self.vectorizer, WORD_VECTORIZERS, "vectorizer")
        self.encoder_ = resolve(self.encoder, ENCODERS, "encoder")
        words = self.vectorizer_.fit_transform(texts, y)
        vectors = np.asarray(self.encoder_.fit_transform(texts, y))
        self.encoder_weight_ = self.encoder_weight
        if self.encoder_weight == "auto":
            self.encoder_weight_ = mean_length(words) / (mean_length(vectors) or 1.0)
        self._n_features_out = words.shape[1] + vectors.shape[1]
        return self._joined(words, vectors)

    def transform(self, texts: Texts) -> sparse.csr_matrix:
        """Return the rows of texts.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.

        Returns
        -------
        rows : CSR matrix of shape (n_texts, n_features)
        """
        check_is_fitted(self)
        texts = check_texts(texts, "texts")
        words = self.vectorizer_.transform(texts)
        return self._joined(words, np.asarray(self.encoder_.transform(texts)))

    def _joined(self, words, vectors):
        weighed = sparse.csr_matrix(vectors * np.asarray(self.encoder_weight_, vectors.dtype))
        return sparse.hstack([words, weighed], format="csr")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def mean_length(rows):
    """Return the root of the mean square length of rows."""
    values = rows.data if sparse.issparse(rows) else rows
    return float(np.sqrt(np.square(values, dtype=np.float64).sum() / max(rows.shape[0], 1)))
