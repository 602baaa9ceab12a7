"""Means of static vectors of words or of pieces of words."""

from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from sktext._texts import Texts, takes_tokens
from sktext._token_rows import N_RESERVED
from sktext._validation import (
    HasMethods,
    Interval,
    StrOptions,
    check_parameters,
    check_texts,
    fit_context,
)
from sktext._vectors import find_piece_files, look_up, read_vectors, spellings
from sktext.features._pretrained_tokenizer import PretrainedTokenizer
from sktext.features._static_means import (
    find_components,
    inverse_frequencies,
    means,
    smooth_inverse_frequencies,
    unit_rows,
)
from sktext.features._word_tokenizer import WordTokenizer


class StaticEncoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Turn texts into dense vectors: the mean of the vectors of their words.

    Use it where a second must do for tens of thousands of texts and a file of some megabytes for
    the model: as ``vectorizer`` of :class:`sktext.TfidfTorchClassifier`, in front of
    scikit-learn's classifiers, and beside TF-IDF in a ``FeatureUnion``, which it helps where there
    are few texts.

    Do not use it in place of TF-IDF without a look at both: alone it is worse on most sets, since
    a mean blurs the one word that decides. Do not use it where the order of words matters; an
    encoder with attention reads it.

    Parameters
    ----------
    vectors : str, path, pair of paths, dict, DataFrame, KeyedVectors, Vocab or Language
        Where the vectors are:

        - a folder of model2vec, or of sentence-transformers with a StaticEmbedding, or its name
          on the hub, as "minishlab/potion-base-8M"; needs the extra ``pretrained``, as does
        - a pair of files, the vectors (.safetensors) and their tokenizer.json;
        - a file of word vectors, or an object that has some, as in
          :class:`sktext.modules.EmbeddingInit`.
    tokenizer : "auto" or tokenizer, default="auto"
        What splits the texts: "auto" takes the tokenizer that belongs to vectors of pieces, and
        ``WordTokenizer()`` for vectors of words, which writes small letters.
    vocabulary : {"vectors", "texts"}, default="vectors"
        Which vectors of words are kept: "vectors" keeps all, so that words are known that no
        training text has; "texts" keeps those of the training texts, which reads and pickles
        little of a large file. A tokenizer of pieces has a vocabulary of its own.
    weighting : {"idf", "sif"} or None, default=None
        How much a word counts: None counts all alike, which is best in front of a classifier,
        where common words tell classes apart as well; "idf" as in TF-IDF, "sif"
        ``sif_a / (sif_a + p)`` for a word that is the fraction ``p`` of the words with a vector,
        for texts that are compared by the cosine. Both are learned from the training texts.
    sif_a : float, default=1e-3
        Greater than 0; the paper tried 1e-4 to 1e-2. Only for "sif".
    remove_components : "auto" or int, default="auto"
        How many of the first singular vectors of the training texts, at least 0, are
        projected out of every text; "auto" is 1 with "sif" and 0 otherwise.
    normalize : "auto" or bool, default="auto"
        Whether each text gets a vector of length one; "auto" does as a folder says, and else True.
    truncate_dim : int, default=None
        How many numbers of each vector are kept, the first ones, at least 1; None is all. For
        vectors whose first numbers matter most, as those trained as Matryoshka.
    encoding : str, default="utf-8"
        Of a file of word vectors.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.

    Attributes
    ----------
    tokenizer_ : tokenizer
        Fitted.
    vectors_ : ndarray of shape (n_tokens, n_features_out)
        The vectors by the ids of the tokenizer, in half precision if those of the file are.
    token_weights_ : ndarray of shape (n_tokens,), float32
        How much each token counts; 0 has no vector.
    components_ : ndarray of shape (n_components, n_features_out), float32
        What is projected out, as rows of length one.
    normalize_ : bool
        Whether texts get vectors of length one.
    coverage_ : float
        Fraction of the tokens of the training texts that have a vector, in [0, 1].

    See Also
    --------
    FastTfidfVectorizer : Sparse, and better alone on most sets.
    sktext.modules.EmbeddingInit : The same vectors as the start of a network, which trains them.

    Notes
    -----
    A text is the sum of weight times vector over its tokens, divided by the number of those that
    have a vector. Without any it is zeros. No text can contain a special token.

    By default the result is that of model2vec. The vectors that it distils are weighed
    already; weights from the texts come on top.

    References
    ----------
    .. [1] Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings",
       ICLR 2017 (SIF). https://openreview.net/forum?id=SyK00v5xx
    .. [2] Tulkens and van Dongen, "Model2Vec: Fast State-of-the-Art Static Embeddings", 2024.
       https://doi.org/10.5281/zenodo.17270888
    .. [3] Pennington et al., "GloVe: Global Vectors for Word Representation", EMNLP 2014.
       https://aclanthology.org/D14-1162/

    Examples
    --------
    >>> from sktext.features import StaticEncoder
    >>> vectors = {"parcel": [3.0, 4.0], "bill": [0.0, 1.0]}
    >>> encoder = StaticEncoder(vectors)
    >>> encoder.fit_transform(["Where is my parcel?", "A bill, a bill", "Hello"])
    array([[0.6, 0.8],
           [0. , 1. ],
           [0. , 0. ]], dtype=float32)
    >>> encoder.get_feature_names_out()
    array(['staticencoder0', 'staticencoder1'], dtype=object)
    """

    _parameter_constraints = {
        "vectors": "no_validation",  # a message of its own says what it may be
        "tokenizer": [StrOptions({"auto"}), HasMethods(["fit_transform", "tokenize"])],
        "vocabulary": [StrOptions({"vectors", "texts"})],
        "weighting": [StrOptions({"idf", "sif"}), None],
        "sif_a": [Interval(Real, 0, None, closed="neither")],
        "remove_components": [StrOptions({"auto"}), Interval(Integral, 0, None, closed="left")],
        "normalize": [StrOptions({"auto"}), "boolean"],
        "truncate_dim": [Interval(Integral, 1, None, closed="left"), None],
        "encoding": [str],
        "revision": [str, None],
        "local_files_only": ["boolean"],
    }

    def __init__(
        self,
        vectors: Any,
        tokenizer: Any = "auto",
        *,
        vocabulary: Literal["vectors", "texts"] = "vectors",
        weighting: Literal["idf", "sif"] | None = None,
        sif_a: float = 1e-3,
        remove_components: Literal["auto"] | int = "auto",
        normalize: Literal["auto"] | bool = "auto",
        truncate_dim: int | None = None,
        encoding: str = "utf-8",
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.weighting = weighting
        self.sif_a = sif_a
        self.remove_components = remove_components
        self.normalize = normalize
        self.truncate_dim = truncate_dim
        self.encoding = encoding
        self.revision = revision
        self.local_files_only = local_files_only

    def fit(self, X: Texts, y: None = None) -> Self:
        """Read the vectors, and learn the weights of the tokens.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.
        y : None
            Not used.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError, TypeError
            If a parameter, the source or a text is not what it must be, or if no token of the
            texts has a vector.
        OSError
            If a file, or a network to fetch it, is not there.
        """
        self._learn(X)
        return self

    def fit_transform(self, X: Texts, y: None = None) -> NDArray[np.float32]:
        """Read the vectors, learn the weights, and encode the same texts in one pass.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.
        y : None
            Not used.

        Returns
        -------
        vectors : ndarray of shape (n_samples, n_features_out), float32
        """
        return self._encode(self._learn(X))

    def transform(self, X: Texts) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.

        Returns
        -------
        vectors : ndarray of shape (n_samples, n_features_out), float32
            Zeros for a text without any known token.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing was learned.
        ValueError, TypeError
            If a text is not one.
        """
        check_is_fitted(self)
        return self._encode(self.tokenizer_.transform(self._checked(X)))

    @fit_context(prefer_skip_nested_validation=True)
    def _learn(self, X):
        """Learn all there is and return the ids of the texts."""
        texts = self._checked(X)
        files = find_piece_files(self.vectors, self.revision, self.local_files_only)
        rows, matrix, found = self._read(texts, files)
        self.vectors_ = matrix[:, : self._dim(matrix.shape[1])].copy()
        self.normalize_ = (
            (files is None or files.normalize) if self.normalize == "auto" else bool(self.normalize)
        )
        known = found[rows.ids]
        if not known.any():
            raise ValueError(
                "None of the tokens of the texts has a vector. Split and spell the texts like the "
                "words of the vectors, or give vectors of their language."
            )
        self.coverage_ = float(known.mean())
        self.token_weights_ = self._weights(rows.masked(known), len(found)) * found
        self.components_ = np.zeros((0, self.vectors_.shape[1]), dtype=np.float32)
        if n_components := self._n_components():
            self.components_ = find_components(self._means(rows), n_components)
        return rows

    def _read(self, texts, files):
        """Return the ids of the texts, and the vectors of the ids."""
        tokenizer, source = self._tokenizer(files), self.vectors if files is None else files
        keeps_all = self.vocabulary == "vectors" and isinstance(tokenizer, WordTokenizer)
        if keeps_all:
            check_parameters(tokenizer)
            vectors = read_vectors(source, None, self.encoding)
            refuse_no_words(vectors)
            tokenizer.vocabulary_ = numbered(vectors.by_word, tokenizer.lowercase)
            tokenizer.n_tokens_ = len(vectors.by_word) + N_RESERVED
            rows = tokenizer.transform(texts)
        else:
            rows = tokenizer.fit_transform(texts)
            wanted = {form for token in tokenizer.vocabulary_ for form in spellings(token)}
            vectors = read_vectors(source, wanted, self.encoding)
        self.tokenizer_ = tokenizer
        dtype = next(iter(vectors.by_word.values()), np.float32(0)).dtype
        matrix, found, _ = look_up(tokenizer.vocabulary_, vectors, not keeps_all, dtype)
        return rows, matrix, found

    def _tokenizer(self, files):
        """Make the tokenizer, unfitted."""
        if self.tokenizer != "auto":
            return clone(self.tokenizer)
        return WordTokenizer() if files is None else PretrainedTokenizer(files.tokenizer)

    def _dim(self, n_numbers):
        """Return how many numbers of each vector are kept."""
        if self.truncate_dim is not None and self.truncate_dim > n_numbers:
            raise ValueError(
                f"truncate_dim={self.truncate_dim} must be at most {n_numbers}, the length of the "
                "vectors. Set a smaller one, or None for all."
            )
        return self.truncate_dim or n_numbers

    def _n_components(self):
        """Return how many components are projected out."""
        if self.remove_components != "auto":
            return self.remove_components
        return 1 if self.weighting == "sif" else 0

    def _weights(self, rows, n_tokens):
        """Return the weight of each token, learned from the ids of the training texts."""
        if self.weighting == "idf":
            return inverse_frequencies(rows, n_tokens)
        if self.weighting == "sif":
            return smooth_inverse_frequencies(rows, n_tokens, self.sif_a)
        return np.ones(n_tokens, dtype=np.float32)

    def _means(self, rows):
        return means(rows, self.vectors_, self.token_weights_)

    def _encode(self, rows):
        encoded = self._means(rows)
        if len(self.components_):
            encoded -= (encoded @ self.components_.T) @ self.components_
        return unit_rows(encoded) if self.normalize_ else encoded

    def _checked(self, X):
        return check_texts(X, tokens=self._takes_tokens())

    def _takes_tokens(self):
        """Return whether a text may be a list of tokens."""
        return takes_tokens(self.tokenizer)

    @property
    def _n_features_out(self):
        return self.vectors_.shape[1]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags


def refuse_no_words(vectors):
    """Raise if all vectors are made of sub-words."""
    if not vectors.by_word:
        raise ValueError(
            f"vocabulary='vectors' needs a list of words, and {vectors.source} has none, as it "
            "makes all vectors of sub-words. Set vocabulary='texts'."
        )


def numbered(words, lowercase):
    """Number words in their order; in small letters as well, if nothing else is written so."""
    ids = {word: number for number, word in enumerate(words, start=N_RESERVED)}
    if lowercase:
        for word, number in list(ids.items()):
            ids.setdefault(word.lower(), number)
    return ids
