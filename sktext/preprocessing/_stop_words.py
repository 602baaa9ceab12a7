"""Which words of a text are stop words."""

import re

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from sktext._negations import is_negation, plain

# "it's" and "don't" are stop words where "it" and "do" are.
ENDING = re.compile(r"(?:n't|'(?:s|m|d|re|ve|ll))\Z")


def stop_word_test(stop_words, keep_negations):
    """Make the test of whether a word is a stop word.

    Parameters
    ----------
    stop_words : "english", list of str, or None
        Upper and lower case are the same.
    keep_negations : bool
        Whether negations never are.

    Returns
    -------
    is_stop : callable
        Takes a str and returns a bool.

    Raises
    ------
    TypeError
        If something in the list is no str.
    """
    words = frozenset(map(plain, check_stop_words(stop_words)))

    def is_stop(word):
        if keep_negations and is_negation(word):
            return False
        word = plain(word)
        return word in words or ENDING.sub("", word) in words

    return is_stop


def check_stop_words(stop_words):
    """Check the stop words and return them as a collection of str."""
    if stop_words is None:
        return ()
    if isinstance(stop_words, str):
        return ENGLISH_STOP_WORDS
    for place, word in enumerate(stop_words):
        if not isinstance(word, str):
            raise TypeError(
                f"stop_words[{place}] must be a str; got {type(word).__name__} {word!r}. Give "
                "the words themselves, or 'english'."
            )
    return stop_words
