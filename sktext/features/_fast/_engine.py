"""What the fast vectorizers count themselves, and what they leave to scikit-learn."""

import re
from functools import partial
from itertools import chain, islice
from numbers import Integral

from sklearn.feature_extraction.text import CountVectorizer

from sktext._sklearn import NGRAM_METHODS, white_spaces
from sktext._texts import as_documents
from sktext.features._fast._accents import FastAccents
from sktext.features._fast._character_analyzers import Characters, CharactersWithinWords
from sktext.features._fast._chunks import text_chunks
from sktext.features._fast._word_analyzer import Words

# Patterns of words of at least so many characters: the default has two.
LETTERS = re.compile(r"(?:\(\?u\))?(?:\\b)?((?:\\w)+)\+(?:\\b)?")
OVERRIDABLE = (
    "build_analyzer",
    "build_preprocessor",
    "build_tokenizer",
    *NGRAM_METHODS,
)
# Fewer texts with fewer characters than these are counted sooner one by one.
N_FEW, N_SHORT = 100, 20_000


def reason_against(vectorizer):
    """Return what of a vectorizer the engine cannot do exactly.

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
        if own not in (getattr(CountVectorizer, name), getattr(FastAccents, name, None)):
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


def analyzer_of(vectorizer):
    """Make what finds the terms of a vectorizer.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
        One that the engine can do.

    Returns
    -------
    analyzer : Words, Characters or CharactersWithinWords
    """
    preprocess = partial(preprocess_all, vectorizer)
    ngram_range = tuple(map(int, vectorizer.ngram_range))
    if vectorizer.analyzer == "char":
        return Characters(preprocess, ngram_range, white_spaces(vectorizer))
    if vectorizer.analyzer == "char_wb":
        return CharactersWithinWords(preprocess, ngram_range)
    min_length = LETTERS.fullmatch(vectorizer.token_pattern)[1].count(r"\w")
    return Words(preprocess, ngram_range, min_length, vectorizer.get_stop_words() or frozenset())


def preprocess_all(vectorizer, texts):
    """Preprocess texts, without a call of Python's for each where only letters become small.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
    texts : list of str

    Returns
    -------
    texts : list of str
    """
    if vectorizer.strip_accents is not None:
        return list(map(vectorizer.build_preprocessor(), texts))
    return [text.lower() for text in texts] if vectorizer.lowercase else texts


def chunks_for(vectorizer, texts):
    """Split texts between scikit-learn, one by one, and the engine, in chunks.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
    texts : iterable
        What the vectorizer takes.

    Returns
    -------
    singles : iterable or None
        The texts, if scikit-learn is to count them.
    chunks : iterable of list of str, or None
        The texts, decoded, if the engine is to.
    """
    texts = iter(as_documents(texts, "raw_documents"))
    reason = reason_against(vectorizer)
    if reason:
        if vectorizer.verbose:
            name = type(vectorizer).__name__
            print(f"{name} counts with scikit-learn's own code, text by text: {reason}.")
        return texts, None
    few = list(islice(texts, N_FEW))
    if len(few) < N_FEW and sum(map(len, filter(is_text, few))) < N_SHORT:
        return few, None
    vectorizer.build_analyzer()  # warns of stop words that cannot occur
    return None, text_chunks(decoded(vectorizer, chain(few, texts)))


def decoded(vectorizer, texts):
    """Decode texts as a vectorizer does, without a call for each that is one already.

    Parameters
    ----------
    vectorizer : CountVectorizer or HashingVectorizer
    texts : iterable

    Returns
    -------
    texts : iterable of str
    """
    decode = vectorizer.decode
    if vectorizer.input != "content":
        return map(decode, texts)
    return (text if type(text) is str else decode(text) for text in texts)


def is_text(thing):
    """Return whether something is a str or bytes.

    Parameters
    ----------
    thing : object

    Returns
    -------
    answer : bool
    """
    return isinstance(thing, (str, bytes))
