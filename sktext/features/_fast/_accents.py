"""The accents of scikit-learn's vectorizers, taken off in a time that grows with the text."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sktext._characters import CharacterTable, in_ascii, without_marks

TABLES = {"ascii": CharacterTable(in_ascii), "unicode": CharacterTable(without_marks)}


class FastAccents:
    """Stands before CountVectorizer or HashingVectorizer in the bases of a class."""

    strip_accents: Any
    lowercase: Any
    preprocessor: Any

    def build_preprocessor(self) -> Callable[[str], str]:
        """Make the function that a text goes through before it is split.

        Returns
        -------
        preprocess : callable
            From a str to a str.

        Raises
        ------
        ValueError
            If ``strip_accents`` is unknown.
        """
        known = isinstance(self.strip_accents, str) and self.strip_accents in TABLES
        if self.preprocessor is not None or not known:
            return super().build_preprocessor()  # type: ignore[misc]
        return partial(stripped, accents=self.strip_accents, lowercase=self.lowercase)


def stripped(text, accents, lowercase):
    """Take the accents off a text, after writing small letters if asked."""
    if lowercase:
        text = text.lower()
    return text if text.isascii() else text.translate(TABLES[accents])
