"""What the fast vectorisers count themselves, and what they leave to scikit-learn."""

import re
from functools import partial
from itertools import chain, islice
from numbers import Integral

from sklearn.feature_extraction.text import CountVectorizer

from sktext.features._fast_chunks import text_chunks
from sktext.features._fast_counters import (
    count_characters,
    count_within_words,
    count_words,
    word_rows,
)

# Patterns of words of at least so many characters: the default has two.
LETTERS = re.compile(r"(?:\(\?u\))?(?:\\b)?((?:\\w)+)\+(?:\\b)?")
OVERRIDABLE = (
    "build_analyzer",
    "build_preprocessor",
    "build_tokenizer",
    "_word_ngrams",
    "_char_ngrams",
    "_char_wb_ngrams",
)
# Fewer texts with fewer characters than these are counted sooner one by one.
N_FEW, N_SHORT = 50, 20_000


def reason_against(vectorizer):
    """Say what of a vectoriser the engine cannot do exactly.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer

    Returns
    -------
    reason : str or None
        None if it can do everything.
    """
    for name in OVERRIDABLE:
        own = getattr(getattr(vectorizer, name), "__func__", None)
        if own is not getattr(CountVectorizer, name):
            return f"{name} is overridden"
    for name in ("analyzer", "preprocessor", "tokenizer", "strip_accents"):
        if callable(getattr(vectorizer, name)):
            return f"{name} is a function"
    pattern = vectorizer.token_pattern
    if vectorizer.analyzer == "word" and not (
        isinstance(pattern, str) and LETTERS.fullmatch(pattern)
    ):
        return f"token_pattern={pattern!r} is not of the form \\w\\w+"
    if not all(isinstance(n, Integral) and n > 0 for n in vectorizer.ngram_range):
        return f"ngram_range={vectorizer.ngram_range!r} is not of positive whole numbers"
    return None


def word_params(vectorizer):
    """Read which words a vectoriser counts.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
        One that the engine can do.

    Returns
    -------
    params : dict
        ``min_length`` and ``stop_words`` of ``word_rows``.
    """
    letters = LETTERS.fullmatch(vectorizer.token_pattern)[1]
    return {
        "min_length": letters.count(r"\w"),
        "stop_words": vectorizer.get_stop_words() or frozenset(),
    }


def counter_of(vectorizer):
    """Make the function from texts to counts and terms.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
        One that the engine can do.

    Returns
    -------
    count : callable
        Takes a list of str and gives a CSR matrix and a list of str, one for each column.
    """
    ngram_range = tuple(map(int, vectorizer.ngram_range))
    if vectorizer.analyzer == "char":
        spaces = vectorizer._white_spaces
        count = partial(count_characters, white_spaces=spaces, ngram_range=ngram_range)
    elif vectorizer.analyzer == "char_wb":
        count = partial(count_within_words, split_word=vectorizer._char_wb_ngrams)
    else:
        count = partial(count_words, ngram_range=ngram_range, **word_params(vectorizer))
    return preprocessed(vectorizer, count)


def word_finder_of(vectorizer):
    """Make the function from texts to rows of words, and a list of what they are.

    Parameters
    ----------
    vectorizer : CountVectorizer
        One that the engine can do, with ``analyzer="word"``.

    Returns
    -------
    find : callable
        Takes a list of str and gives TokenRows and a list of str.
    """
    return preprocessed(vectorizer, partial(word_rows, **word_params(vectorizer)))


def preprocessed(vectorizer, function):
    """Let a function of texts see them as the vectoriser does.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
    function : callable

    Returns
    -------
    function : callable
    """
    preprocess = vectorizer.build_preprocessor()
    return lambda texts: function(list(map(preprocess, texts)))


def chunks_for(vectorizer, texts):
    """Split texts between scikit-learn, one by one, and the engine, in chunks.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
    texts : iterable
        What the vectoriser takes.

    Returns
    -------
    singles : iterable or None
        The texts, if scikit-learn is to count them.
    chunks : iterable of list of str, or None
        The texts, decoded, if the engine is to.
    """
    texts = iter(texts)
    reason = reason_against(vectorizer)
    if reason:
        if vectorizer.verbose:
            name = type(vectorizer).__name__
            print(f"{name} counts with scikit-learn's own code, text by text: {reason}.")
        return texts, None
    few = list(islice(texts, N_FEW))
    if len(few) < N_FEW and sum(map(len, filter(is_text, few))) < N_SHORT:
        return few, None
    vectorizer.build_analyzer()  # warns of stop words that cannot be met
    return None, text_chunks(map(vectorizer.decode, chain(few, texts)))


def is_text(thing):
    """Tell a str or bytes from other things.

    Parameters
    ----------
    thing : object

    Returns
    -------
    answer : bool
    """
    return isinstance(thing, (str, bytes))
