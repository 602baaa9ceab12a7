"""Hashed words or characters, as scikit-learn's, several times faster."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from sktext._sklearn import check_ngram_range, hasher_of
from sktext.features._fast._accents import FastAccents
from sktext.features._fast._chunks import grouped, map_ahead
from sktext.features._fast._counts import stack_counts
from sktext.features._fast._engine import analyzer_of, chunks_for


class FastHashingVectorizer(FastAccents, HashingVectorizer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    r"""Count words or characters in hashed columns: ``HashingVectorizer``, several times faster.

    Use it in place of scikit-learn's class wherever texts are counted: it has the same
    parameters and attributes and gives the same matrix.

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
    n_features : int, default=2**20
        Number of columns, at least 1; few of them are shared by several terms.
    binary : bool, default=False
        Whether a count above 1 is 1.
    norm : {"l2", "l1"} or None, default="l2"
        Which length of a row is 1.
    alternate_sign : bool, default=True
        Whether half of the terms count negatively, so that shared columns even out.
    dtype : type, default=np.float64
        Of the matrix.
    verbose : int, default=0
        Whether to print why scikit-learn's code had to be taken.

    See Also
    --------
    FastCountVectorizer : Counts in a column for each term.
    FastTfidfVectorizer : Weighs the counts.

    Notes
    -----
    Texts are counted in chunks, on as many threads as torch has, so a generator of texts
    is never in memory as a whole. The result does not depend on the number of threads.

    Examples
    --------
    >>> from sktext.features import FastHashingVectorizer
    >>> vectorizer = FastHashingVectorizer(n_features=2**10)
    >>> vectorizer.transform(["good film", "not a good film"]).shape
    (2, 1024)
    """

    _parameter_constraints = {**HashingVectorizer._parameter_constraints, "verbose": ["verbose"]}

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
        n_features: int = 2**20,
        binary: bool = False,
        norm: Literal["l1", "l2"] | None = "l2",
        alternate_sign: bool = True,
        dtype: DTypeLike = np.float64,
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
            n_features=n_features,
            binary=binary,
            norm=norm,
            alternate_sign=alternate_sign,
            dtype=dtype,
        )
        self.verbose = verbose

    def transform(self, X: Iterable[Any]) -> sparse.csr_matrix:
        """Count terms in hashed columns.

        Parameters
        ----------
        X : iterable of n_texts str, bytes, files or file names
            As ``input`` says.

        Returns
        -------
        X : CSR matrix of shape (n_texts, n_features)

        Raises
        ------
        ValueError
            If X is one str.
        """
        if isinstance(X, str):
            return super().transform(X)  # which refuses it
        check_ngram_range(self)
        singles, chunks = chunks_for(self, X)
        if chunks is None:
            return super().transform(singles)
        hasher, analyzer = hasher_of(self), analyzer_of(self)
        blocks = []
        for group in grouped(chunks, self.ngram_range[1]):
            terms, count = analyzer.find(group)
            hashes = hashes_of(terms.strings(), hasher)
            counts = count(np.arange(len(terms)), len(terms))
            blocks += map_ahead(partial(hashed, hashes=hashes), counts)
        counts = stack_counts(blocks, self.n_features, self.dtype)
        if self.binary:
            counts.data.fill(1)
        return counts if self.norm is None else normalize(counts, norm=self.norm, copy=False)


def hashes_of(terms, hasher):
    """Hash terms.

    Parameters
    ----------
    terms : list of str
    hasher : FeatureHasher
        Of strings.

    Returns
    -------
    hashes : CSR matrix of shape (n_terms, n_features)
        One entry in each row.
    """
    if not terms:
        return sparse.csr_matrix((0, hasher.n_features), dtype=hasher.dtype)
    return hasher.transform([[term] for term in terms])


def hashed(counts, hashes):
    """Write counts of terms in hashed columns.

    Parameters
    ----------
    counts : CSR matrix of shape (n_texts, n_terms), int
    hashes : CSR matrix of shape (n_terms, n_features)
        One entry in each row.

    Returns
    -------
    hashed : CSR matrix of shape (n_texts, n_features)
        Columns rise within a row.
    """
    data = counts.data * hashes.data[counts.indices]
    columns = hashes.indices[counts.indices]
    shape = (counts.shape[0], hashes.shape[1])
    hashed = sparse.csr_matrix((data, columns, counts.indptr), shape=shape)
    hashed.sum_duplicates()
    return hashed
