"""Collections of texts, or of lists of tokens, read from any container."""

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

# Texts, or lists of tokens, in any container; a single str is refused at run time.
Texts: TypeAlias = ArrayLike | Iterable[str] | Iterable[Sequence[str]]

COLUMNS = (
    "For texts beside other columns, give a classifier of texts a data frame, in which columns "
    "have names."
)
TOKENS = (
    "For texts that are lists of tokens, set tokenizer=pretokenized, or "
    "vectorizer__analyzer=pretokenized of TfidfTorchClassifier, from sktext.features; or join "
    "the tokens of each text by spaces."
)


def check_texts(X, name="X", *, tokens=False):
    """Check a collection of texts and return it as a list.

    Parameters
    ----------
    X : list, tuple, array, Series, Index, pyarrow or polars column, or one 2-D column
        The texts; any other iterable but a dict and a set is read as a list.
    name : str, default="X"
        What to call it in messages.
    tokens : bool, default=False
        Whether texts may be lists of tokens. Then nested lists are these, never a column.

    Returns
    -------
    texts : list of str, or list of lists of str

    Raises
    ------
    ValueError, TypeError
        Saying which text is not one, and what to do.
    """
    texts = _to_list(X, name, tokens)
    if not texts:
        raise ValueError(f"{name} has no texts: 0 sample(s), while a minimum of 1 is required.")
    if set(map(type, texts)) <= {str}:
        return texts
    if tokens and _is_row(texts[0]):
        return [_tokens_of(row, f"{name}[{i}]", name) for i, row in enumerate(texts)]
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            refuse_non_text(text, row, name)
    return texts


def takes_tokens(part):
    """Return whether a vectorizer or tokenizer can be given lists of tokens for texts.

    Parameters
    ----------
    part : str, callable, vectorizer or tokenizer
        A function is one from a text to its tokens.

    Returns
    -------
    answer : bool
        Of a transformer of the user's, True: only it knows.
    """
    if isinstance(part, (str, type)):  # that a class is given for an object, is said elsewhere
        return False
    if hasattr(part, "_takes_tokens"):
        return part._takes_tokens()
    if hasattr(part, "steps"):  # of a Pipeline; what follows the first sees no texts
        steps = [step for _, step in part.steps if step not in (None, "passthrough")]
        return not steps or takes_tokens(steps[0])
    if hasattr(part, "transformer_list"):
        return all(takes_tokens(step) for _, step in part.transformer_list if step != "drop")
    if hasattr(part, "analyzer"):
        as_is = callable(part.preprocessor) or not (part.lowercase or part.strip_accents)
        return callable(part.analyzer) or (callable(part.tokenizer) and as_is)
    return True


def as_documents(X, name):
    """Return what iterates over texts, where iterating over X would give something else.

    Parameters
    ----------
    X : iterable of texts, files or file names
        Tables and pyarrow columns do not iterate over str.
    name : str
        What to call it in messages.

    Returns
    -------
    documents : X, or list
    """
    odd = hasattr(X, "to_pylist") or hasattr(X, "columns") or len(getattr(X, "shape", (0,))) != 1
    return _to_list(X, name, tokens=False) if odd or not hasattr(X, "__iter__") else X


def is_unordered(X):
    """Return whether something has no rows in an order, though it may be iterated over."""
    return isinstance(X, (set, frozenset, type)) or hasattr(X, "keys")


@contextmanager
def reading_tokens(texts, who):
    """Explain in the error that something cannot read the lists of tokens that it is given.

    Parameters
    ----------
    texts : list of str, or of lists of tokens
    who : str
        What reads them.
    """
    try:
        yield
    except (AttributeError, TypeError) as error:
        if not texts or isinstance(texts[0], str):
            raise
        raise TypeError(
            f"{who} was given lists of tokens and could not read them ({error}). {TOKENS}"
        ) from error


def _to_list(X, name, tokens):
    """Convert any container of texts to a list, without ever copying to fixed width."""
    if isinstance(X, (str, bytes)):
        raise ValueError(
            f"{name} must be a sequence of texts; got a single {type(X).__name__}. "
            f"Put it in a list: [{name}]."
        )
    if sparse.issparse(X):
        raise TypeError(
            f"{name} must be a sequence of texts; got a sparse matrix. For numeric features use "
            "TorchClassifier, or vectorizer='passthrough'."
        )
    if isinstance(X, (list, tuple)):
        nested = not tokens and len(X) and _is_row(X[0])
        return _column_of_lists(X, name) if nested else list(X)
    if hasattr(X, "iloc"):  # pandas
        return _one_column(X, name).tolist()
    values = list_method(X)
    if values is not None and len(getattr(X, "shape", (0,))) == 1:
        return values()
    if hasattr(X, "to_numpy") or hasattr(X, "__array__"):
        array = X.to_numpy() if hasattr(X, "to_numpy") else np.asarray(X)
        of_tokens = tokens and array.ndim == 2 and array.shape[1] != 1 and not hasattr(X, "columns")
        return list(array) if of_tokens else _one_column(array, name).tolist()
    if hasattr(X, "__iter__") and not is_unordered(X):
        return list(X)
    if hasattr(X, "__len__") and hasattr(X, "__getitem__") and not is_unordered(X):
        return [X[row] for row in range(len(X))]
    raise TypeError(
        f"{name} must be a sequence of texts; got {type(X).__name__}. Give a list, an array or "
        "a column of str."
    )


def list_method(column):
    """Return the method that makes a list of Python's objects of a column; None if it has none."""
    for name in ("to_pylist", "to_list", "tolist"):  # pyarrow, polars and pandas, numpy
        if hasattr(column, name):
            return getattr(column, name)
    return None


def _column_of_lists(X, name):
    """Read lists of one text each; longer ones are tokens, which nobody has asked for."""
    for row, texts in enumerate(X):
        if not _is_row(texts) or len(texts) != 1:
            raise TypeError(f"{name}[{row}] must be a str; got {_shown(texts)}. {TOKENS}")
    return [texts[0] for texts in X]


def _one_column(X, name):
    if X.ndim == 2 and X.shape[1] == 1:
        return X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0]
    if X.ndim != 1:
        several = X.ndim == 2 and X.shape[1] > 1
        raise ValueError(
            f"{name} must be one column of texts; got an array of shape {tuple(X.shape)}. Select "
            f"the text column{f'. {COLUMNS}' if several else ', or give a list of str.'}"
        )
    return X


def _is_row(value):
    """Return whether something is a list of tokens."""
    return isinstance(value, (list, tuple, np.ndarray)) and getattr(value, "ndim", 1) == 1


def _tokens_of(row, place, name):
    """Check the tokens of one text."""
    if not _is_row(row):
        raise TypeError(
            f"{place} must be a list of tokens, as {name}[0] is; got {_shown(row)}. Split it into "
            "tokens, or join those of the others."
        )
    row = row.tolist() if isinstance(row, np.ndarray) else list(row)
    if not set(map(type, row)) <= {str}:
        for number, token in enumerate(row):
            if not isinstance(token, str):
                raise TypeError(
                    f"{place}[{number}] must be a str; got {_shown(token)}. Give the tokens of "
                    "each text as str."
                )
    return row


def refuse_non_text(text, row, name):
    """Raise, saying what is in the place of a text and what to do."""
    if isinstance(text, bytes):
        raise TypeError(
            f"{name}[{row}] must be a str; got bytes {text[:20]!r}. Decode it first, as in "
            "text.decode('utf-8')."
        )
    if _is_row(text):
        raise TypeError(f"{name}[{row}] must be a str; got {_shown(text)}. {TOKENS}")
    if is_missing(text):
        raise ValueError(
            f"{name}[{row}] must be a str; got {text}. Drop the row, or fill it with ''."
        )
    raise TypeError(
        f"{name}[{row}] must be a str; got {_shown(text)}. For numeric features use "
        "TorchClassifier, or vectorizer='passthrough'."
    )


def _shown(value):
    return f"{value}" if value is None else f"{type(value).__name__} {value!r:.60}"


def is_missing(value):
    """Return whether a value stands for none: None, NaN, or pandas' NA and NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return getattr(value, "ndim", 0) == 0 and bool(value != value)


def is_ngram(term, analyzer):
    """Return whether a term of scikit-learn's analyzers has more than one word, or character."""
    return " " in term if analyzer == "word" else len(term) > 1
