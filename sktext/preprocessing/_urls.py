"""Addresses of the web in a text."""

import re

# No letter stands before it, nor the accent of one. The last character is no punctuation:
# the full stop after an address ends the sentence.
URL = r"""(?<![\w\u0300-\u036f])(?:(?:https?|ftp)://|www\.)[^\s<>"]*[^\s<>"'.,;:!?()\[\]{}…]"""
URL_PATTERN = re.compile(URL, re.IGNORECASE)


def may_have_urls(text):
    """Tell in a fraction of the time whether the pattern is worth trying."""
    text = text.lower()
    return "://" in text or "www." in text


def replace_urls(text, token):
    """Replace every address by a token, with spaces around it.

    Parameters
    ----------
    text : str
    token : str
        Empty to drop the addresses.

    Returns
    -------
    text : str
    """
    if not may_have_urls(text):
        return text
    # A function, because a backslash in a replacement string would mean something.
    return URL_PATTERN.sub(lambda _: f" {token} ", text)
