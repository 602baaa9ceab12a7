"""TF-IDF of words or characters, as scikit-learn's, several times faster."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from sktext._sklearn import (
    inplace_csr_row_normalize_l1,
    inplace_csr_row_normalize_l2,
    weighting_of,
)
from sktext._validation import Interval
from sktext.features._fast._accents import FastAccents
from sktext.features._fast._counting import FastCounting

NORMALIZERS = {"l1": inplace_csr_row_normalize_l1, "l2": inplace_csr_row_normalize_l2}


class FastTfidfVectorizer(FastAccents, FastCounting, TfidfVectorizer):
    r"""Weigh counts of words or characters: ``TfidfVectorizer``, several times faster.

    Use it in place of scikit-learn's class wherever texts are weighed: it has the same
    parameters and attributes and gives the same matrix and the same vocabulary.

    It is not faster with functions of your own (``analyzer``, ``tokenizer``,
    ``preprocessor``, ``strip_accents``), with a ``token_pattern`` of another form than
    ``\w\w+``, or on a few short texts: there it runs scikit-learn's code.

    Parameters
    ----------
    input : {"content", "file", "filename"}, default="content"
        What the texts are: str or bytes, objects with a ``read`` method, or paths.
    encoding : str, default="utf-8"
        Of bytes.
    decode_error : {"strict", "ignore", "replace"}, default="strict"
        What to do with bytes that are not in the encoding.
    strip_accents : {"ascii", "unicode"} or callable, default=None
        How to write letters with accents: drop what is not ASCII, or drop the accents.
    lowercase : bool, default=True
        Whether to write small letters first.
    preprocessor : callable, default=None
        From a text to a text; replaces ``strip_accents`` and ``lowercase``.
    tokenizer : callable, default=None
        From a text to a list of words; replaces ``token_pattern``.
    stop_words : {"english"} or list of str, default=None
        Words to leave out.
    token_pattern : str, default=r"(?u)\\b\\w\\w+\\b"
        Regular expression of a word.
    ngram_range : tuple of int (min_n, max_n), default=(1, 1)
        Lengths of the n-grams, at least 1.
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        What n-grams consist of: words, characters, or characters within words and the
        spaces around them.
    max_df : int or float, default=1.0
        In how many texts a term may be, at least 1; or in which fraction of them, in [0, 1].
    min_df : int or float, default=1
        In how many texts a term must be, at least 1; or in which fraction of them, in [0, 1].
    min_ngram_df : int, default=1
        In how many texts a term of more than one word (or character) must be, at least 1. Most
        pairs of words are in one text only, and say nothing about others.
    max_features : int, default=None
        How many terms are kept, the most frequent ones, at least 1; None is all.
    vocabulary : mapping or iterable of str, default=None
        The terms to count, instead of learned ones.
    binary : bool, default=False
        Whether a count above 1 is 1.
    dtype : type, default=np.float64
        Of the matrix: float64 or float32.
    norm : {"l2", "l1"} or None, default="l2"
        Which length of a row is 1.
    use_idf : bool, default=True
        Whether terms that are in fewer texts weigh more.
    smooth_idf : bool, default=True
        Whether to count one more text, which has every term.
    sublinear_tf : bool, default=False
        Whether to take 1 + log of the counts.
    verbose : int, default=0
        Whether to print why scikit-learn's code had to be taken.

    Attributes
    ----------
    vocabulary_ : dict
        From term to column; columns are in alphabetical order.
    fixed_vocabulary_ : bool
        Whether the terms were given.
    idf_ : ndarray of shape (n_features,)
        Weights of the terms; only with ``use_idf``.

    See Also
    --------
    FastCountVectorizer : The counts themselves.
    FastHashingVectorizer : Learns no vocabulary.

    Notes
    -----
    Texts are counted in chunks, on as many threads as torch has, so a generator of texts
    is never in memory as a whole. The result does not depend on the number of threads.

    Examples
    --------
    >>> from sktext.features import FastTfidfVectorizer
    >>> vectorizer = FastTfidfVectorizer()
    >>> vectorizer.fit_transform(["good film", "not a good film"]).toarray().round(2)
    array([[0.71, 0.71, 0.  ],
           [0.5 , 0.5 , 0.7 ]])
    >>> vectorizer.vocabulary_
    {'good': 1, 'film': 0, 'not': 2}
    """

    _parameter_constraints = {
        **TfidfVectorizer._parameter_constraints,
        "min_ngram_df": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        input: Literal["content", "file", "filename"] = "content",
        encoding: str = "utf-8",
        decode_error: Literal["strict", "ignore", "replace"] = "strict",
        strip_accents: Literal["ascii", "unicode"] | Callable[[str], str] | None = None,
        lowercase: bool = True,
        preprocessor: Callable[[Any], Any] | None = None,
        tokenizer: Callable[[str], list[str]] | None = None,
        stop_words: Literal["english"] | list[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        analyzer: Literal["word", "char", "char_wb"] | Callable[[Any], Iterable[str]] = "word",
        max_df: int | float = 1.0,
        min_df: int | float = 1,
        min_ngram_df: int = 1,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.float64,
        norm: Literal["l1", "l2"] | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            input=input,
            encoding=encoding,
            decode_error=decode_error,
            strip_accents=strip_accents,
            lowercase=lowercase,
            preprocessor=preprocessor,
            tokenizer=tokenizer,
            stop_words=stop_words,
            token_pattern=token_pattern,
            ngram_range=ngram_range,
            analyzer=analyzer,
            max_df=max_df,
            min_df=min_df,
            max_features=max_features,
            vocabulary=vocabulary,
            binary=binary,
            dtype=dtype,
            norm=norm,
            use_idf=use_idf,
            smooth_idf=smooth_idf,
            sublinear_tf=sublinear_tf,
        )
        self.min_ngram_df = min_ngram_df
        self.verbose = verbose

    def transform(self, raw_documents: Iterable[Any]) -> sparse.csr_matrix:
        """Weigh the counts of texts by what was learned.

        Parameters
        ----------
        raw_documents : iterable of n_texts str, bytes, files or file names
            As ``input`` says.

        Returns
        -------
        X : CSR matrix of shape (n_texts, n_features)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If nothing was learned.
        ValueError
            If ``raw_documents`` is one str.
        """
        if not (self._has_learned() and np.dtype(self.dtype) in (np.float32, np.float64)):
            return super().transform(raw_documents)
        # What TfidfTransformer does, without checks that cost more than a short text.
        weighting = weighting_of(self)
        X = CountVectorizer.transform(self, raw_documents)
        if not X.shape[0]:
            return weighting.transform(X)  # which refuses it
        if weighting.sublinear_tf:
            np.log(X.data, out=X.data)
            X.data += 1.0
        if hasattr(weighting, "idf_"):
            X.data *= weighting.idf_[X.indices]
        if weighting.norm is not None:
            if not np.isfinite(X.data).all():
                return normalize(X, norm=weighting.norm)  # which refuses it
            NORMALIZERS[weighting.norm](X)
        return X

    def _has_learned(self):
        """Return whether there are terms, and a weight for each if they are weighed."""
        weighting = weighting_of(self)
        if weighting is None or not hasattr(self, "vocabulary_"):
            return False
        weights = getattr(weighting, "idf_", None)
        learned = weights is not None or not weighting.use_idf
        return learned and (weights is None or len(weights) == len(self.vocabulary_))
