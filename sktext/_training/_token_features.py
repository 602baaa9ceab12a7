"""Texts as rows of token ids."""

from contextlib import suppress

from sktext._component import resolve
from sktext._texts import takes_tokens
from sktext._token_rows import TokenRows
from sktext._training._features import Features
from sktext._user_warnings import warn
from sktext._validation import check_texts
from sktext.exceptions import TruncationWarning
from sktext.features import TOKENIZERS, WordTokenizer


class TokenFeatures(Features):
    """Texts as ids of tokens, truncated to the length that the network reads.

    Parameters
    ----------
    tokenizer : str, tokenizer or callable
    max_length : int or None
    truncating : {"right", "left", "middle"}
    fitted : tokenizer or None
        The tokenizer of an earlier fit.

    Attributes
    ----------
    n_truncated : int
        Number of training texts longer than ``max_length``.
    """

    reads_tokens = True

    def __init__(self, tokenizer, max_length, truncating, fitted=None):
        self.tokenizer = tokenizer
        self.max_length = max_length
        self.truncating = truncating
        self.fitted = fitted
        self.n_truncated = None

    def check(self, X, name="X", reset=False):
        return check_texts(X, name, tokens=takes_tokens(self.tokenizer))

    def fit_transform(self, X, target, weight=None):
        if isinstance(self.tokenizer, str) and self.tokenizer == "auto":
            self.fitted, rows = of_recurring_words(X)
            return self._counted(rows)
        takes_one_text = callable(self.tokenizer) and not hasattr(self.tokenizer, "fit_transform")
        given = WordTokenizer(tokenizer=self.tokenizer) if takes_one_text else self.tokenizer
        self.fitted = resolve(given, TOKENIZERS, "tokenizer")
        return self._counted(self._checked(self.fitted.fit_transform(X)))

    def transform(self, X):
        return self._truncated(self._checked(self.fitted.transform(X)))

    def tokenize(self, X):
        """Split checked texts into the tokens that are left after truncation.

        Returns
        -------
        tokens : list of list of str
        """
        return self._left([self.fitted.tokenize(text) for text in X])

    def _left(self, rows):
        """Return what is left of lists with an entry for each token, after truncation."""
        places = self._truncated(TokenRows.from_lists([range(len(row)) for row in rows]))
        return [[row[i] for i in kept] for row, kept in zip(rows, places, strict=True)]

    def learned(self):
        counted = {} if self.n_truncated is None else {"n_truncated_": self.n_truncated}
        return {"tokenizer_": self.fitted, **counted}

    @property
    def limit(self):
        """Tokens of a text that are kept; None is all."""
        return self.max_length

    def _truncated(self, rows):
        return rows if self.limit is None else rows.truncated(self.limit, self.truncating)

    def _counted(self, rows):
        """Truncate training texts, count them, and warn of them."""
        self.n_truncated = 0 if self.limit is None else int((rows.lengths > self.limit).sum())
        if self.n_truncated:
            warn(self._warning(), TruncationWarning)
        return self._truncated(rows)

    def _warning(self):
        # All folds warn in the same words, which Python shows once.
        return (
            f"Texts of more than max_length={self.max_length} tokens are truncated on the "
            f"{self.truncating}; n_truncated_ counts them. Raise max_length to read all."
        )

    def _checked(self, rows):
        """Check the output of a user's tokenizer."""
        if isinstance(rows, (list, tuple)):
            return TokenRows.from_lists(rows)
        if not isinstance(rows, TokenRows):
            raise TypeError(
                "tokenizer must return a list of ids for each text, from 1 on, as 0 is padding; "
                f"{self.tokenizer!r} returned a {type(rows).__name__}. A vectorizer belongs in "
                "TfidfTorchClassifier."
            )
        return rows


def of_recurring_words(X):
    """Learn the words that at least two texts have, or all if there are none.

    Returns
    -------
    tokenizer : WordTokenizer
        Fitted.
    rows : TokenRows
    """
    tokenizer = TOKENIZERS["auto"]()
    with suppress(ValueError):  # if no word recurs; of other errors, the last line says the same
        return tokenizer, tokenizer.fit_transform(X)
    tokenizer = WordTokenizer()
    return tokenizer, tokenizer.fit_transform(X)
