"""Base of the over-samplers that write new texts of rare classes."""

import re

import numpy as np

from sktext._negations import is_negation
from sktext._validation import check_texts
from sktext.sampling._groups import rarest_labels
from sktext.sampling._random_text_over_sampler import RandomTextOverSampler
from sktext.sampling._row_sampler import take_rows

# A word with the punctuation that hangs on it, to be put back around another word.
WORD = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


class AugmentingSampler(RandomTextOverSampler):
    """Over-sampler whose added texts are changed; a subclass writes ``_change``."""

    needs_texts = True
    _min_changes = 1

    def _write(self, X, target, rng):
        texts = check_texts(X)
        picked = take_rows(X, self.sample_indices_)
        added = self.sample_indices_[len(texts) :]
        groups = groups_of(target)
        self._learn(texts, groups)
        return with_texts(picked, [self._changed(texts[row], groups[row], rng) for row in added])

    def _learn(self, texts, groups):
        """Learn what changes need from all texts."""

    def _changed(self, text, group, rng):
        words = text.split()
        free = np.flatnonzero(~protected(words))
        if len(free) < 2:
            return text
        n_changes = max(self._min_changes, rng.binomial(len(free), self.share))
        places = rng.choice(free, n_changes, replace=False)
        return " ".join(self._change(words, places, group, rng))

    def _change(self, words, places, group, rng):
        """Change the words at some places and return all words."""
        raise NotImplementedError


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
    if hasattr(resampled, "iloc"):
        resampled = resampled.copy()
        if resampled.ndim == 2:
            resampled.iloc[-len(new) :, 0] = new
        else:
            resampled.iloc[-len(new) :] = new
        return resampled
    if isinstance(resampled, np.ndarray):
        texts = np.array([*resampled.ravel()[: -len(new)], *new], dtype=object)
        # An array of fixed width would cut longer texts.
        texts = texts.astype(str if resampled.dtype.kind == "U" else resampled.dtype)
        return texts.reshape(resampled.shape)
    texts = [*check_texts(resampled)[: -len(new)], *new]
    if hasattr(resampled, "columns"):  # polars
        return type(resampled)({resampled.columns[0]: texts})
    return type(resampled)(resampled.name, texts) if hasattr(resampled, "name") else texts
