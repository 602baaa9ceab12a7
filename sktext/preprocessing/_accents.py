"""Letters without their accents."""

import re
from unicodedata import normalize

from sktext._characters import CharacterTable

# Marks of Latin, Greek and Cyrillic letters; the strokes between (U+0334 to U+0338) make
# other signs, as in ≠, and the vowels of other scripts are elsewhere.
ACCENTS = re.compile("[\u0300-\u0333\u0339-\u036f]+")


def strip_accents(text):
    """Take the accents off Latin, Greek and Cyrillic letters.

    Parameters
    ----------
    text : str

    Returns
    -------
    text : str
    """
    if text.isascii():
        return text
    return text.translate(TABLE)


def without_accents(character):
    """Take the accents off one character; what has none stays as it is."""
    parts = normalize("NFD", character)
    kept = ACCENTS.sub("", parts)
    return character if kept == parts else normalize("NFC", kept)


TABLE = CharacterTable(without_accents)
