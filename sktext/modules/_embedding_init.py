"""Word vectors as the start of an embedding layer."""

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sktext._token_rows import N_RESERVED
from sktext._validation import Interval, StrOptions, check_parameters
from sktext._vectors import look_up, read_vectors, spellings
from sktext.modules._trained_vectors import TrainedVectors

MAX_MISSING = 100


class EmbeddingInit(BaseEstimator):
    """Start an embedding layer at vectors of words or of pieces of words.

    Use it when there are few texts: vectors from billions of words know that "parcel" and
    "package" are alike before the first label is seen. Training them further was better than
    leaving them frozen on all sets that were measured; with very few texts search
    ``trainable`` in True, False and 1.

    Do not use it with hundreds of thousands of labelled texts, where an embedding that
    starts at random gets as far; and not where ``coverage_`` is low: the words of the
    texts and those of the vectors are then not split or spelled alike.

    Parameters
    ----------
    vectors : str, PathLike, pair of paths, dict, DataFrame, KeyedVectors, Vocab, Language \
            or TrainedVectors
        Where the vectors are. Of a file, only the rows of words in the vocabulary are
        kept, whatever its size; it may be packed by gzip (.gz):

        - a text file of word2vec, GloVe or fastText, with or without a header line;
        - a binary file of word2vec, whose name ends in .bin;
        - a model file of fastText (.bin), which makes vectors for unknown words of their
          sub-words; needs gensim, which reads all of it into memory;
        - a folder of model2vec, or of sentence-transformers with a StaticEmbedding, its name
          on the hub, as "minishlab/potion-base-8M", or a pair of files, the vectors
          (.safetensors) and tokenizer.json: vectors of pieces of words, for
          ``tokenizer=PretrainedTokenizer(...)`` of the same model; needs the extra
          ``pretrained``.

        Else a dict of {word: array}, a DataFrame whose index are the words, vectors or a
        model of gensim, a spaCy vocabulary or pipeline, or TrainedVectors, which learns
        them from the training texts. A path is cheapest, as every clone and pickle holds a
        copy of an object.
    trainable : bool or int, default=True
        True trains the vectors further, False leaves them as they are, and an int
        leaves them for so many epochs, at least 1, and trains them from then on.
    unknown : {"random", "zero", "mean"}, default="random"
        The rows of words without a vector, and of the unknown word: drawn with the mean
        and spread of the rows that are found, zeros, or their mean.
    lowercase_fallback : bool, default=True
        Whether a word that is not there as written is looked up in small letters, then
        with a capital, then in capitals.
    encoding : str, default="utf-8"
        Of a file; one that writes the space and the end of a line as in ASCII.

    Attributes
    ----------
    coverage_ : float
        Fraction of the vocabulary that has a vector, in [0, 1].
    n_found_ : int
        Words of the vocabulary that have a vector.
    n_from_subwords_ : int
        Those among them whose vector is made of sub-words.
    missing_ : list of str
        The first words without one, by their place in the vocabulary, at most 100.

    See Also
    --------
    TrainedVectors : Vectors from the training texts.
    sktext.features.StaticEncoder : The mean of such vectors, without training.

    References
    ----------
    .. [1] Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014
       (frozen and trained vectors). https://arxiv.org/abs/1408.5882
    .. [2] Pennington et al., "GloVe: Global Vectors for Word Representation", EMNLP 2014.
       https://aclanthology.org/D14-1162/

    Examples
    --------
    >>> from sktext.modules import EmbeddingInit
    >>> init = EmbeddingInit({"good": [1.0, 2.0], "bad": [3.0, 4.0]}, unknown="mean")
    >>> matrix, found = init.build({"Good": 2, "ugly": 3})
    >>> matrix
    array([[0., 0.], [1., 2.], [1., 2.], [1., 2.]], dtype=float32)
    >>> found
    array([False, False,  True, False])
    >>> init.coverage_, init.missing_
    (0.5, ['ugly'])
    """

    _parameter_constraints = {
        "vectors": "no_validation",
        "trainable": ["boolean", Interval(Integral, 1, None, closed="left")],
        "unknown": [StrOptions({"random", "zero", "mean"})],
        "lowercase_fallback": ["boolean"],
        "encoding": [str],
    }

    def __init__(
        self,
        vectors: Any,
        trainable: bool | int = True,
        *,
        unknown: Literal["random", "zero", "mean"] = "random",
        lowercase_fallback: bool = True,
        encoding: str = "utf-8",
    ) -> None:
        self.vectors = vectors
        self.trainable = trainable
        self.unknown = unknown
        self.lowercase_fallback = lowercase_fallback
        self.encoding = encoding

    @property
    def frozen_epochs(self) -> float:
        """Epochs in which the vectors stay as they are: 0, a number, or infinity."""
        if isinstance(self.trainable, (bool, np.bool_)):
            return 0 if self.trainable else math.inf
        return self.trainable

    @property
    def needs_sentences(self) -> bool:
        """Whether the vectors are learned from the training texts."""
        return isinstance(self.vectors, TrainedVectors)

    def build(
        self,
        vocabulary: Mapping[str, int],
        dim: int | None = None,
        *,
        sentences: Iterable[Sequence[str]] | None = None,
        seed: int = 0,
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Write the start weights of an embedding layer.

        Parameters
        ----------
        vocabulary : dict of {str: int}
            The row of each word: 2, 3 and so on, without gaps. Row 0 is padding, row 1
            the unknown word.
        dim : int, default=None
            The length that the vectors must have; None takes them as they are.
        sentences : iterable of sequence of str, default=None
            The tokens of each training text; only for TrainedVectors.
        seed : int, default=0
            Of random rows, and of training.

        Returns
        -------
        matrix : ndarray of shape (n_words + 2, dim), float32
            Row 0 is zeros.
        found : ndarray of shape (n_words + 2,), bool
            Which rows are vectors of the source.

        Raises
        ------
        ValueError, TypeError
            If a parameter, the source or one of its vectors is not what it must be, if
            the vectors are of another length, or if no word has one.
        OSError
            If there is no such file, or no network to fetch it.
        ImportError
            If gensim is needed and not installed.
        """
        check_parameters(self)
        check_vocabulary(vocabulary)
        source = self._read(vocabulary, sentences, seed)
        if dim is not None and dim != source.dim:
            raise ValueError(
                f"dim={dim} was asked for, but the vectors of {source.source} have {source.dim} "
                f"numbers. Ask for {source.dim}, or give vectors of length {dim}."
            )
        matrix, found, self.n_from_subwords_ = look_up(vocabulary, source, self.lowercase_fallback)
        self._count(vocabulary, found)
        fill_unknown(matrix, found, self.unknown, seed)
        return matrix, found

    def _read(self, vocabulary, sentences, seed):
        wanted = {form for word in vocabulary for form in spellings(word, self.lowercase_fallback)}
        if not self.needs_sentences:
            return read_vectors(self.vectors, wanted, self.encoding)
        if sentences is None:
            raise ValueError(
                "vectors=TrainedVectors(...) learns from texts, and there are none; give "
                "sentences, the tokens of each training text."
            )
        return self.vectors.train(sentences, wanted, seed)

    def _count(self, vocabulary, found):
        missing = [word for word, row in vocabulary.items() if not found[row]]
        missing.sort(key=vocabulary.get)
        self.n_found_ = int(found.sum())
        self.coverage_ = self.n_found_ / len(vocabulary)
        self.missing_ = missing[:MAX_MISSING]


def check_vocabulary(vocabulary):
    """Refuse a vocabulary without words, or one whose rows have gaps."""
    if not vocabulary:
        raise ValueError("vocabulary has no words; give at least one.")
    rows = range(N_RESERVED, len(vocabulary) + N_RESERVED)
    if set(vocabulary.values()) != set(rows):
        raise ValueError(
            f"vocabulary must number its {len(vocabulary)} words from {rows[0]} to {rows[-1]}, "
            f"each once; got numbers from {min(vocabulary.values())} to "
            f"{max(vocabulary.values())}. Number them anew; 0 is padding and 1 the unknown word."
        )


def fill_unknown(matrix, found, unknown, seed):
    """Write the rows that are not found, except that of padding."""
    rows = np.flatnonzero(~found)[1:]
    known = matrix[found].astype(np.float64)  # (n_found, dim)
    if unknown == "mean":
        matrix[rows] = known.mean(axis=0)
    if unknown == "random":
        spread = known.std(axis=0) if len(known) > 1 else known.std()
        noise = np.random.RandomState(seed).standard_normal((len(rows), matrix.shape[1]))
        matrix[rows] = known.mean(axis=0) + spread * noise
