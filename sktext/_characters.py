"""Texts rewritten character by character."""

import re
from unicodedata import combining, normalize

SURROGATES = re.compile("[\ud800-\udfff]")


class CharacterTable(dict):
    """What ``str.translate`` writes for each character, computed when it first occurs.

    Use it where a text may hold long runs of combining marks: ``unicodedata.normalize`` puts
    each run in order by insertion, which takes the square of its length.

    Do not use it for rules that look at the neighbours of a character.

    Parameters
    ----------
    write : callable
        From a character to what stands for it, a str.

    Examples
    --------
    >>> from sktext._characters import CharacterTable
    >>> "abba".translate(CharacterTable(lambda letter: letter.replace("b", "")))
    'aa'
    """

    def __init__(self, write):
        self.write = write

    def __missing__(self, point):
        character = chr(point)
        written = self.write(character)
        self[point] = point if written == character else written
        return self[point]


def without_marks(character):
    """Return a character without marks, as ``strip_accents_unicode`` of scikit-learn does."""
    return "".join(part for part in normalize("NFKD", character) if not combining(part))


def in_ascii(character):
    """Return what of a character is ASCII, as ``strip_accents_ascii`` of scikit-learn does."""
    return normalize("NFKD", character).encode("ascii", "ignore").decode()


def without_surrogates(text):
    """Return a text whose lone surrogates, which UTF-8 cannot write, are U+FFFD."""
    return SURROGATES.sub("\ufffd", text)
