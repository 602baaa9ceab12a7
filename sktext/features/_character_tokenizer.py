"""One id per character."""

import numpy as np

from sktext._token_rows import UNKNOWN, TokenRows
from sktext.features._code_points import character_rows, code_points
from sktext.features._tokenizer import Tokenizer
from sktext.features._vocabulary import MAX_FEATURES, MIN_DF, number_tokens


class CharacterTokenizer(Tokenizer):
    """Write texts as rows of character ids.

    Use it for short or noisy texts, for codes and names, and for languages that write no
    spaces: nothing is unknown but a character that was never seen.

    Do not use it for long texts in recurrent networks or attention: rows are five times
    as long as those of words.

    Parameters
    ----------
    max_features : int, default=None
        How many characters are kept, the most frequent ones, at least 1; None is all.
    min_df : int or float, default=1
        In how many texts a character must be, at least 1; or in which fraction of them, in
        [0, 1].
    lowercase : bool, default=False
        Whether to write small letters first.

    Attributes
    ----------
    vocabulary_ : dict
        From character to id, from 2 on by falling frequency, ties by code point. 0 is
        padding and 1 is any other character.
    n_tokens_ : int
        Number of ids, the two reserved ones included.

    See Also
    --------
    WordTokenizer : One id per word.
    SubwordTokenizer : Frequent words whole, rare ones in pieces.

    Notes
    -----
    A character is a Unicode code point: an accent that is written as a combining mark, and
    each part of a composed emoji, has an id of its own.

    Examples
    --------
    >>> from sktext.features import CharacterTokenizer
    >>> tokenizer = CharacterTokenizer().fit(["banana", "ban"])
    >>> tokenizer.vocabulary_
    {'a': 2, 'n': 3, 'b': 4}
    >>> tokenizer.transform(["nab!"])[0]
    array([3, 2, 4, 1], dtype=int32)
    """

    _parameter_constraints = {
        "max_features": MAX_FEATURES,
        "min_df": MIN_DF,
        "lowercase": ["boolean"],
    }

    def __init__(
        self, max_features: int | None = None, min_df: int | float = 1, lowercase: bool = False
    ) -> None:
        self.max_features = max_features
        self.min_df = min_df
        self.lowercase = lowercase

    def _learn(self, texts):
        rows, points = character_rows(self._cased(texts))
        characters = list(map(chr, points.tolist()))
        rows, vocabulary = number_tokens(rows, characters, self.min_df, self.max_features)
        self._id_of = _table(vocabulary)
        return rows, vocabulary

    def _encode(self, texts):
        points = code_points(self._cased(texts))
        return TokenRows(self._id_of.take(points.ids, mode="clip"), points.indptr)

    def _split(self, text):
        return list(*self._cased([text]))

    def _cased(self, texts):
        return [text.lower() for text in texts] if self.lowercase else texts


def _table(vocabulary):
    """Make the array from code point to id; its last entry is for all that lie beyond."""
    points = np.array([ord(character) for character in vocabulary])
    table = np.full(points.max() + 2, UNKNOWN, dtype=np.int32)
    table[points] = list(vocabulary.values())
    return table
