"""One id per word."""

import re
from collections import defaultdict
from collections.abc import Callable
from itertools import repeat

import numpy as np

from sktext._texts import reading_tokens
from sktext._token_rows import UNKNOWN, TokenRows
from sktext.features._tokenizer import Tokenizer
from sktext.features._vocabulary import MAX_FEATURES, MIN_DF, number_tokens


class WordTokenizer(Tokenizer):
    """Write texts as rows of word ids.

    Use it in front of networks that read words in their order or average their vectors,
    and wherever pretrained word vectors are looked up by the word.

    Do not use it for languages that write no spaces, nor where most words are rare,
    misspelt or compounds: there characters or subwords know more of them.

    Parameters
    ----------
    max_features : int, default=None
        How many words are kept, the most frequent ones, at least 1; None is all.
    min_df : int or float, default=1
        In how many texts a word must be, at least 1; or in which fraction of them, in [0, 1].
    lowercase : bool, default=True
        Whether to write small letters first.
    token_pattern : str
        Regular expression of a word, with one group at most; with a group, it is the word.
        The default takes words with their inner apostrophes, such as "don't", and each "!"
        and "?".
    tokenizer : callable, default=None
        Takes a text and gives a list of str; replaces the pattern. With one, texts may also
        be lists of tokens, which it is given as they are: ``pretokenized`` keeps them.

    Attributes
    ----------
    vocabulary_ : dict
        From word to id, from 2 on by falling frequency, ties alphabetical. 0 is padding and
        1 is any other word.
    n_tokens_ : int
        Number of ids, the two reserved ones included.

    See Also
    --------
    CharacterTokenizer : One id per character.
    SubwordTokenizer : Rare words in several pieces.

    Notes
    -----
    Parameters mean what they do in scikit-learn's CountVectorizer. Words outside the
    vocabulary stay in their places as id 1.

    Examples
    --------
    >>> from sktext.features import WordTokenizer
    >>> tokenizer = WordTokenizer()
    >>> rows = tokenizer.fit_transform(["Good, good film!", "I don't like it"])
    >>> rows
    TokenRows(2 rows, 8 tokens)
    >>> tokenizer.vocabulary_
    {'good': 2, '!': 3, "don't": 4, 'film': 5, 'i': 6, 'it': 7, 'like': 8}
    >>> tokenizer.transform(["A good film"])[0]
    array([1, 2, 5], dtype=int32)
    >>> tokenizer.tokenize("A good film")
    ['a', 'good', 'film']
    """

    _parameter_constraints = {
        "max_features": MAX_FEATURES,
        "min_df": MIN_DF,
        "lowercase": ["boolean"],
        "token_pattern": [str],
        "tokenizer": [callable, None],
    }

    def __init__(
        self,
        max_features: int | None = None,
        min_df: int | float = 1,
        lowercase: bool = True,
        token_pattern: str = r"(?u)\w+(?:['’]\w+)*|[!?]",  # noqa: RUF001 (an apostrophe of print)
        tokenizer: Callable[[str], list[str]] | None = None,
    ) -> None:
        self.max_features = max_features
        self.min_df = min_df
        self.lowercase = lowercase
        self.token_pattern = token_pattern
        self.tokenizer = tokenizer

    def _learn(self, texts):
        with reading_tokens(texts, "tokenizer"):
            return self._learned(texts)

    def _learned(self, texts):
        number_of = defaultdict()
        number_of.default_factory = number_of.__len__
        rows = [
            np.fromiter(map(number_of.__getitem__, words), np.int32, len(words))
            for words in map(self._splitter(), self._cased(texts))
        ]
        self._check_words(number_of)
        rows = TokenRows.from_lists(rows)
        return number_tokens(rows, list(number_of), self.min_df, self.max_features)

    def _encode(self, texts):
        id_of = self.vocabulary_.get
        with reading_tokens(texts, "tokenizer"):
            rows = [
                np.fromiter(map(id_of, words, repeat(UNKNOWN)), np.int32, len(words))
                for words in map(self._splitter(), self._cased(texts))
            ]
        return TokenRows.from_lists(rows)

    def _split(self, text):
        (cased,) = self._cased([text])
        return list(self._splitter()(cased))

    def _cased(self, texts):
        if not self.lowercase:
            return texts
        return (text.lower() if isinstance(text, str) else text for text in texts)

    def _takes_tokens(self):
        return self.tokenizer is not None

    def _splitter(self):
        """Make the function from a text to its words."""
        if self.tokenizer is not None:
            return self.tokenizer
        try:
            pattern = re.compile(self.token_pattern)
        except re.error as error:
            raise ValueError(
                f"token_pattern={self.token_pattern!r} must be a regular expression; {error}."
            ) from error
        if pattern.groups > 1:
            raise ValueError(
                f"token_pattern must have one group at most; {self.token_pattern!r} has "
                f"{pattern.groups}. Write (?:...) for groups that are not the word."
            )
        return pattern.findall

    def _check_words(self, words):
        for word in words:
            if not isinstance(word, str):
                raise TypeError(
                    f"tokenizer must give a list of str; one item is {type(word).__name__} "
                    f"{word!r:.60}."
                )


def recurring_words():
    """Make a WordTokenizer of the words that at least two texts have."""
    return WordTokenizer(min_df=2)
