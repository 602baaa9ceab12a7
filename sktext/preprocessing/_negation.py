"""Which words an English negation turns around."""

import re

from sktext._negations import NEGATORS, is_negator, plain

IRREGULAR = {"ca": "can", "wo": "will", "sha": "shall", "ai": ""}

BOUNDARY = re.compile(r"[.,;:!?()\[\]…—]")
TURNS = {"but", "although", "though", "however"}


def without_negator(word):
    """Return a negator without its negation: ``can`` of ``can't``, of ``not`` nothing.

    Parameters
    ----------
    word : str

    Returns
    -------
    rest : str
    """
    word = plain(word)
    if word == "cannot":
        return "can"
    if word in NEGATORS:
        return ""
    rest = word.removesuffix("n't") if word.endswith("n't") else word.removesuffix("nt")
    return IRREGULAR.get(rest, rest)


def mark_negation(parts, rule, scope):
    """Prefix the words in the scope of a negation with ``not_``, in place of the negation.

    Parameters
    ----------
    parts : list of str
        What is between the words and the words, in turn; the words are at odd places. It
        is written to.
    rule : callable
        What becomes of a word that is no negator; the empty string if it is dropped.
    scope : {"word", "clause"}
        The next word that is not dropped, or all up to a punctuation mark or a "but".
    """
    negator = None
    for place in range(1, len(parts), 2):
        word = parts[place]
        if negator is not None and BOUNDARY.search(parts[place - 1]):
            negator = None
        if is_negator(word):
            negator = place
            continue
        if negator is not None and plain(word) in TURNS:
            negator = None
        parts[place] = kept = rule(word)
        if kept and negator is not None:
            if is_negator(parts[negator]):
                rest = without_negator(parts[negator])
                parts[negator] = rule(rest) if rest else ""
            parts[place] = f"not_{kept}"
            negator = None if scope == "word" else negator
