"""Base of the over-samplers that write new texts of rare classes."""

import re

import numpy as np

from sktext._labels._groups import rarest_labels
from sktext._negations import is_negation
from sktext._rows import arrow_rows, take_rows
from sktext._texts import check_texts
from sktext.sampling._random_text_over_sampler import RandomTextOverSampler

# A word with the punctuation that hangs on it, to be put back around another word.
WORD = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


class AugmentingSampler(RandomTextOverSampler):
    """Over-sampler whose added texts are changed; a subclass writes ``_change``."""

    needs_texts = True
    _min_changes = 1

    def _write(self, X, target, rng):
        texts = check_texts(X, tokens=True)
        picked = take_rows(X, self.sample_indices_)
        added = self.sample_indices_[len(texts) :]
        groups = groups_of(target)
        self._learn(texts, groups)
        return with_texts(picked, [self._changed(texts[row], groups[row], rng) for row in added])

    def _learn(self, texts, groups):
        """Learn what changes need from all texts."""

    def _changed(self, text, group, rng):
        words = words_of(text)
        free = np.flatnonzero(~protected(words))
        if len(free) < 2:
            return text
        n_changes = max(self._min_changes, rng.binomial(len(free), self.fraction))
        places = rng.choice(free, n_changes, replace=False)
        words = self._change(words, places, group, rng)
        return " ".join(words) if isinstance(text, str) else list(words)

    def _change(self, words, places, group, rng):
        """Change the words at some places and return all words."""
        raise NotImplementedError


def words_of(text):
    """Return the words of a text, which may be a list of them."""
    return text.split() if isinstance(text, str) else list(text)


def groups_of(target):
    """Number the class of each row, or its rarest label."""
    if target.ndim == 2:
        return rarest_labels(target)
    return np.unique(target, return_inverse=True)[1].ravel()


def protected(words):
    """Mark negations and the words that they negate, which no change may touch.

    Returns
    -------
    mask : ndarray of bool, shape (n_words,)
    """
    negation = np.array([is_negation(split_word(word)[1]) for word in words], dtype=bool)
    follows = np.concatenate([[False], negation[:-1]]) if len(words) else negation
    return negation | follows


def split_word(word):
    """Split a word into the punctuation before it, itself, and that after it."""
    return WORD.match(word).groups()


def with_texts(resampled, new):
    """Put new texts in the place of the last rows of a container."""
    if not new:
        return resampled
    if isinstance(resampled, (list, tuple)):
        return type(resampled)([*resampled[: -len(new)], *new])
    if hasattr(resampled, "to_pylist"):  # pyarrow
        rows = new
        if hasattr(resampled, "schema"):
            rows = [{resampled.schema.names[0]: text} for text in new]
        return arrow_rows(resampled, [*resampled.to_pylist()[: -len(new)], *rows])
    if hasattr(resampled, "iloc"):
        return with_texts_in_pandas(resampled, new)
    if isinstance(resampled, np.ndarray) and resampled.size == len(resampled):
        texts = objects([*resampled.ravel()[: -len(new)], *new])
        # An array of fixed width would truncate longer texts.
        texts = texts.astype(str if resampled.dtype.kind in "UV" else resampled.dtype)
        return texts.reshape(resampled.shape)
    texts = [*check_texts(resampled, tokens=True)[: -len(new)], *new]
    if isinstance(resampled, np.ndarray):  # a row of it is a list of tokens
        return texts
    if hasattr(resampled, "columns"):  # polars
        return type(resampled)({resampled.columns[0]: texts})
    if hasattr(resampled, "to_series"):  # pandas' Index
        return resampled.astype(object).where(np.zeros(len(texts), bool), objects(texts))
    return type(resampled)(resampled.name, texts) if hasattr(resampled, "name") else texts


def with_texts_in_pandas(resampled, new):
    """Put new texts in the place of the last ones of a Series or a frame of one column."""
    column = resampled.iloc[:, 0] if resampled.ndim == 2 else resampled
    if column.dtype == "category":  # which takes no new text
        column = column.astype(object)
    column = column.copy()
    column.iloc[-len(new) :] = objects(new)
    return column.to_frame() if resampled.ndim == 2 else column


def objects(texts):
    """Make an array of texts or lists of tokens, of which NumPy would make columns."""
    array = np.empty(len(texts), dtype=object)
    for row, text in enumerate(texts):
        array[row] = text
    return array
