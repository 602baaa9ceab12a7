"""Base of the tokenizers."""

from collections.abc import Sequence
from typing import Self

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sktext._texts import Texts
from sktext._token_rows import N_RESERVED, TokenRows
from sktext._validation import check_texts, fit_context


class Tokenizer(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Texts to rows of token ids; a subclass writes ``_learn``, ``_encode`` and ``_split``."""

    def fit(self, texts: Texts, y: None = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        texts : array-like of shape (n_texts,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.
        y : None
            Not used.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError, TypeError
            If a parameter or a text is not what it must be, or no token is left.
        """
        self.fit_transform(texts, y)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, texts: Texts, y: None = None) -> TokenRows:
        """Learn the vocabulary and give the ids of the same texts, in one pass.

        Parameters
        ----------
        texts : array-like of shape (n_texts,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.
        y : None
            Not used.

        Returns
        -------
        rows : TokenRows of length n_texts

        Raises
        ------
        ValueError, TypeError
            If a parameter or a text is not what it must be, or no token is left.
        """
        rows, self.vocabulary_ = self._learn(self._checked(texts))
        self.n_tokens_ = N_RESERVED + len(self.vocabulary_)
        return rows

    def transform(self, texts: Texts) -> TokenRows:
        """Return the ids of texts; tokens outside the vocabulary are 1.

        Parameters
        ----------
        texts : array-like of shape (n_texts,)
            Texts in any container, or one column of them; lists of tokens where the
            tokenizer takes them.

        Returns
        -------
        rows : TokenRows of length n_texts

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If no vocabulary was learned.
        ValueError, TypeError
            If a text is not one.
        """
        self._check_fitted()
        return self._encode(self._checked(texts))

    def tokenize(self, text: str | Sequence[str]) -> list[str]:
        """Return the tokens of one text, aligned with its ids.

        Parameters
        ----------
        text : str
            Or a list of tokens, where the tokenizer takes them.

        Returns
        -------
        tokens : list of str
            As many as ``transform([text])[0]`` has ids. Unknown ones are as in the text.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If no vocabulary was learned.
        TypeError
            If the text is not a str.
        """
        self._check_fitted()
        if not (isinstance(text, str) or self._takes_tokens()):
            raise TypeError(
                f"text must be a str; got {type(text).__name__} {text!r:.60}. For many texts use "
                "transform."
            )
        return self._split(*self._checked([text]))

    def _learn(self, texts):
        """Return the ids of texts and the dict from token to id that was learned from them."""
        raise NotImplementedError

    def _encode(self, texts):
        """Return the ids of texts."""
        raise NotImplementedError

    def _split(self, text):
        """Return the tokens of one text."""
        raise NotImplementedError

    def _takes_tokens(self):
        """Return whether a text may be a list of tokens."""
        return False

    def _checked(self, texts):
        return check_texts(texts, "texts", tokens=self._takes_tokens())

    def _check_fitted(self):
        # The check of scikit-learn costs more than a short text.
        if not hasattr(self, "n_tokens_"):
            check_is_fitted(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
