"""What becomes of the words of a text; what is between them stays."""

import re
from functools import cache

from sktext.preprocessing._negation import mark_negation
from sktext.preprocessing._stemming import stemmer
from sktext.preprocessing._stop_words import stop_word_test
from sktext.preprocessing._urls import URL_IN_TEXT, URL_PATTERN, may_have_urls

# A letter may carry its accent as a sign of its own. Possessive, which spares going back.
LETTERS = "\\w++(?:[\u0300-\u036f]++\\w*+|['\u2019]\\w++)*+"
WORD = re.compile(f"({LETTERS})")


def word_rule(stop_words, keep_negations, stem):
    """Make the function that says what becomes of a word by itself.

    Parameters
    ----------
    stop_words : "english", list of str, or None
    keep_negations : bool
    stem : str or None
        Language.

    Returns
    -------
    rule : callable
        Takes a word and returns its stem, or the empty string if it is dropped.
    """
    is_stop = stop_word_test(stop_words, keep_negations)
    to_stem = str if stem is None else stemmer(stem)

    # Texts repeat their words, so each is worked out once.
    @cache
    def rule(word):
        if URL_PATTERN.match(word):
            return word
        return "" if is_stop(word) else to_stem(word)

    return rule


def split(text):
    """Split a text into what is between its words and the words, in turn.

    An address is one word, also where a word stands right before it.
    """
    if not may_have_urls(text):
        return WORD.split(text)
    parts = []
    for place, part in enumerate(URL_IN_TEXT.split(text)):
        parts += [part] if place % 2 else WORD.split(part)
    return parts


def map_words(text, rule):
    """Put what a rule makes of each word in its place."""
    parts = split(text)
    parts[1::2] = map(rule, parts[1::2])
    return "".join(parts)


def map_words_and_mark(text, rule, scope):
    """Do the same, and mark the words in the scope of a negation."""
    parts = split(text)
    mark_negation(parts, rule, scope)
    return "".join(parts)
