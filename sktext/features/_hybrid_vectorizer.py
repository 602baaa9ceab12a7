"""Words and meaning side by side: a sparse block and a dense one."""

from numbers import Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sktext._component import NamedParts, resolve
from sktext._rows import check_sparse
from sktext._texts import Texts
from sktext._validation import HasMethods, Interval, StrOptions, check_texts, fit_context
from sktext.features._sentence_encoder import SentenceEncoder
from sktext.features._word_vectorizers import WORD_VECTORIZERS

ENCODERS = {"sentence": SentenceEncoder}


class HybridVectorizer(TransformerMixin, NamedParts):
    """Put weighted words and the vectors of an encoder side by side.

    Use it for short texts with up to some ten thousand labels, in front of a linear model, as
    ``TfidfTorchClassifier(vectorizer="hybrid")``: words know names and terms, the encoder knows
    that two words mean the same. It is better than each of the two on most sets of questions,
    messages and news, and the linear model takes seconds. With the extra ``pretrained``.

    Do not use it for long texts whose words say it all, such as reviews: TF-IDF alone is as
    good there and needs no encoder.

    Parameters
    ----------
    vectorizer : {"auto", "words", "words+pairs", "characters", "words+characters", "count", \
            "hashing"} or transformer, default="auto"
        Texts to the sparse block; "auto" is "words+pairs".
    encoder : {"sentence"} or transformer, default="sentence"
        Texts to the dense block. "sentence" is a :class:`SentenceEncoder`; with its ``cache``,
        a search encodes each text once.
    encoder_weight : float or "auto", default="auto"
        What the dense block is multiplied by, above 0. "auto" gives both blocks the same total
        variance over the training texts, about 1 if the rows of both have length one.

    Attributes
    ----------
    vectorizer_, encoder_ : transformers
        The fitted ones.
    encoder_weight_ : float
        What the dense block is multiplied by.

    See Also
    --------
    SentenceEncoder : The dense block alone.
    FastTfidfVectorizer : The sparse block alone.

    Notes
    -----
    The best weight hardly depends on the texts: on five sets of questions, messages and news it
    was between 0.5 and 2, and no other weight than 1 gained more than 0.2 points. Pairs of words
    gain up to 1.5 points. ``y`` is not looked at.

    References
    ----------
    .. [1] Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic
       Classification", ACL 2012 (linear models on words). https://aclanthology.org/P12-2018
    .. [2] Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
       BERT-Networks", EMNLP 2019. https://aclanthology.org/D19-1410

    Examples
    --------
    >>> import tempfile
    >>> from sktext.features import HybridVectorizer, SentenceEncoder
    >>> from sktext.testing import make_tiny_encoder
    >>> folder = tempfile.TemporaryDirectory()
    >>> encoder = SentenceEncoder(make_tiny_encoder(folder.name), normalize=True)
    >>> hybrid = HybridVectorizer(encoder=encoder)
    >>> hybrid.fit_transform(["My refund!", "Where is my parcel?"]).shape
    (2, 21)
    >>> folder.cleanup()
    """

    _parts = {"vectorizer": WORD_VECTORIZERS, "encoder": ENCODERS}
    _parameter_constraints = {
        "vectorizer": [str, HasMethods(["fit_transform", "transform"])],
        "encoder": [str, HasMethods(["fit_transform", "transform"])],
        "encoder_weight": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
    }

    def __init__(
        self,
        vectorizer: str | Any = "auto",
        encoder: str | Any = "sentence",
        encoder_weight: float | Literal["auto"] = "auto",
    ) -> None:
        self.vectorizer = vectorizer
        self.encoder = encoder
        self.encoder_weight = encoder_weight

    def fit(self, texts: Texts, y: Any = None) -> Self:
        """Learn the words and the weight of the blocks.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.
        y : array-like, default=None
            For transformers that look at it.

        Returns
        -------
        self : object

        Raises
        ------
        OSError
            If the model of the encoder is not there.
        ValueError, TypeError
            If a parameter or a text is not what it must be.
        """
        self.fit_transform(texts, y)
        return self

    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, texts: Texts, y: Any = None) -> sparse.csr_matrix:
        """Learn from texts and return their rows.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.
        y : array-like, default=None
            For transformers that look at it.

        Returns
        -------
        X : CSR matrix of shape (n_texts, n_features)
            The words first.
        """
        texts = check_texts(texts, "texts")
        self.vectorizer_ = resolve(self.vectorizer, WORD_VECTORIZERS, "vectorizer")
        self.encoder_ = resolve(self.encoder, ENCODERS, "encoder")
        words = as_csr(self.vectorizer_.fit_transform(texts, y))
        vectors = np.asarray(self.encoder_.fit_transform(texts, y))
        self.encoder_weight_ = self._weight(words, vectors)
        return self._joined(words, vectors)

    def transform(self, texts: Texts) -> sparse.csr_matrix:
        """Return the rows of texts.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.

        Returns
        -------
        X : CSR matrix of shape (n_texts, n_features)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing was learned.
        """
        check_is_fitted(self, "encoder_weight_")
        texts = check_texts(texts, "texts")
        words = as_csr(self.vectorizer_.transform(texts))
        return self._joined(words, np.asarray(self.encoder_.transform(texts)))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns.

        Parameters
        ----------
        input_features : None
            Not used.

        Returns
        -------
        names : ndarray of shape (n_features,)
            The words, then the numbers of the encoder.
        """
        check_is_fitted(self, "encoder_weight_")
        parts = (self.vectorizer_, self.encoder_)
        return np.concatenate([np.asarray(part.get_feature_names_out(), object) for part in parts])

    def _weight(self, words, vectors):
        if self.encoder_weight != "auto":
            return float(self.encoder_weight)
        of_words, of_vectors = total_variance(words), total_variance(vectors)
        known = of_words > 0 and of_vectors > 0  # not of one text, or of equal ones
        return float(np.sqrt(of_words / of_vectors)) if known else 1.0

    def _joined(self, words, vectors):
        weighted = vectors.astype(words.dtype) * words.dtype.type(self.encoder_weight_)
        return sparse.hstack([words, sparse.csr_matrix(weighted)], format="csr")

    def _takes_tokens(self):
        return False

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def as_csr(matrix):
    """Check the matrix of a vectorizer."""
    if sparse.issparse(matrix):
        return check_sparse(matrix, "The matrix of the vectorizer")
    return sparse.csr_matrix(matrix)


def total_variance(X):
    """Return the sum of the variances of the columns."""
    squares = X.multiply(X) if sparse.issparse(X) else X * X
    mean = np.asarray(X.mean(axis=0, dtype=np.float64)).ravel()
    return float(squares.sum(dtype=np.float64) / X.shape[0] - mean @ mean)
