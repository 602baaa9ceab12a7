"""Word vectors learned from the training texts themselves."""

from collections.abc import Collection, Iterable, Sequence
from numbers import Integral
from typing import Literal

from sklearn.base import BaseEstimator

from sktext._optional import import_optional
from sktext._validation import Interval, StrOptions, check_parameters
from sktext._vectors import WordVectors, read_keyed_vectors


class TrainedVectors(BaseEstimator):
    """Word vectors that gensim trains on the training texts, by word2vec or fastText.

    Use it as ``vectors`` of EmbeddingInit when there are tens of thousands of texts in a
    language of their own (log messages, clinical notes, product names), for which no
    vectors are published.

    Do not use it for a few hundred texts: vectors trained on billions of words know more.

    Parameters
    ----------
    dim : int, default=100
        Numbers in a vector, at least 1.
    model : {"word2vec", "fasttext"}, default="word2vec"
        Whether a word has a vector of its own only, or also one for each of its
        sub-words, which helps rare and inflected words and takes longer.
    skip_gram : bool, default=True
        Whether to predict the neighbours from the word (better for few texts) or the word
        from its neighbours (CBOW, faster).
    window : int, default=5
        Words on each side that count as neighbours, at least 1.
    epochs : int, default=5
        Passes over the texts, at least 1.

    See Also
    --------
    EmbeddingInit : Puts the vectors into an embedding layer.

    Notes
    -----
    Words that the vocabulary leaves out are left out of the texts before. One thread
    trains, so that a seed gives the same vectors every time.

    References
    ----------
    .. [1] Mikolov et al., "Distributed Representations of Words and Phrases and their
       Compositionality", NIPS 2013. https://arxiv.org/abs/1310.4546
    .. [2] Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL
       2017. https://arxiv.org/abs/1607.04606

    Examples
    --------
    >>> from sktext.modules import EmbeddingInit, TrainedVectors
    >>> init = EmbeddingInit(TrainedVectors(dim=8))
    >>> sentences = [["late", "parcel"], ["wrong", "bill"]]
    >>> vocabulary = {"late": 2, "parcel": 3, "wrong": 4, "bill": 5}
    >>> matrix, found = init.build(vocabulary, sentences=sentences)
    >>> matrix.shape
    (6, 8)
    """

    _parameter_constraints = {
        "dim": [Interval(Integral, 1, None, closed="left")],
        "model": [StrOptions({"word2vec", "fasttext"})],
        "skip_gram": ["boolean"],
        "window": [Interval(Integral, 1, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        dim: int = 100,
        *,
        model: Literal["word2vec", "fasttext"] = "word2vec",
        skip_gram: bool = True,
        window: int = 5,
        epochs: int = 5,
    ) -> None:
        self.dim = dim
        self.model = model
        self.skip_gram = skip_gram
        self.window = window
        self.epochs = epochs

    def train(
        self, sentences: Iterable[Sequence[str]], wanted: Collection[str], seed: int = 0
    ) -> WordVectors:
        """Train the vectors of some words.

        Parameters
        ----------
        sentences : iterable of sequence of str
            The tokens of each text.
        wanted : collection of str
            Words that get vectors; others are left out of the texts.
        seed : int, default=0
            Of the draws.

        Returns
        -------
        vectors : WordVectors

        Raises
        ------
        ValueError
            If a parameter is out of range, or if no wanted word is in the texts.
        ImportError
            If gensim is not installed.
        """
        check_parameters(self)
        known = [[word for word in words if word in wanted] for words in sentences]
        if not any(known):
            raise ValueError(
                "TrainedVectors must have texts to learn from; none of the words of the "
                "vocabulary is in sentences. Give the tokens of the training texts, as the "
                "vocabulary spells them."
            )
        models = import_optional("gensim.models", "gensim")
        Model = models.FastText if self.model == "fasttext" else models.Word2Vec
        trained = Model(
            sentences=known,
            vector_size=self.dim,
            window=self.window,
            sg=int(self.skip_gram),
            min_count=1,  # the vocabulary has its own
            epochs=self.epochs,
            seed=seed,
            workers=1,
        )
        return read_keyed_vectors(trained.wv, wanted, "the training texts")
