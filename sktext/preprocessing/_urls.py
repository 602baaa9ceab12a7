"""Addresses of the web in a text."""

import re

# Letters of scripts that put no space around an address: Thai to Burmese, Khmer, Chinese,
# Japanese, Korean, and the wide forms of Latin letters and punctuation.
UNSPACED = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u1aaf\ua000-\ua4cf\ua960-\ua9ff\u2e80-\u9fff"
    "\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
LETTER = rf"[^\W{UNSPACED}]"
# Accents and vowels that are signs of their own.
MARKS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
# What an address may consist of: letters, as names in Cyrillic or Arabic have them, and the
# signs of RFC 3986. Brackets only in pairs: "(see www.example.org)".
PLAIN = rf"(?:{LETTER}|[{MARKS}%&'*+,./:;=?@~\-#!$])"
CLOSED = rf"(?:\({PLAIN}*+\)|\[{PLAIN}*+\])"
# A first part of the name in another script: 日本語.example.
FOREIGN = rf"(?:(?:{LETTER}|-)*+[{UNSPACED}][\w-]*+\.(?={LETTER}))?"
# No letter of these stands before it, nor the accent of one. The last character is no
# punctuation: the full stop after an address ends the sentence.
URL = (
    rf"(?<!{LETTER})(?<![\u0300-\u036f])(?:(?:https?|ftp)://(?:www\.)?|www\.){FOREIGN}"
    rf"(?:{PLAIN}|{CLOSED})*(?:(?![',.;:!?]){PLAIN}|{CLOSED})"
)
URL_PATTERN = re.compile(URL, re.IGNORECASE)
URL_IN_TEXT = re.compile(f"({URL})", re.IGNORECASE)


def may_have_urls(text):
    """Return whether the pattern is worth trying, in a fraction of the time."""
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
