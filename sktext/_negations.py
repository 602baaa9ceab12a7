"""English negations: which words they are."""

from functools import lru_cache

# Each turns the words after it around.
NEGATORS = {"not", "no", "never", "nor", "neither", "without", "cannot"}
# These are negative by themselves; removing them as stop words would lose the meaning.
NEGATIVES = {"none", "nobody", "nothing", "nowhere", "noone"}
NEGATIVES |= {"hardly", "scarcely", "barely", "rarely", "seldom"}
# Written without the apostrophe; "wont" is missing because it is a word of its own.
CARELESS = {"aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt"}
CARELESS |= {"havent", "isnt", "mightnt", "mustnt", "neednt", "shant", "shouldnt", "wasnt"}
CARELESS |= {"werent", "wouldnt"}

# Characters of words whose answer is kept: longer ones are hardly met twice, and take memory.
LONGEST_KEPT = 32


def plain(word):
    """Return a word in lower case with a straight apostrophe."""
    return word.lower().replace("\u2019", "'")


def is_negation(word):
    """Return whether a word is negative, alone or by its ``n't``."""
    word = plain(word)
    return word in NEGATIVES or is_negator(word)


def is_negator(word):
    """Return whether a word turns the words after it around."""
    return is_short_negator(word) if len(word) <= LONGEST_KEPT else plain(word).endswith("n't")


@lru_cache(maxsize=2**16)
def is_short_negator(word):
    """Return the same for a word that is worth remembering."""
    word = plain(word)
    return word in NEGATORS or word in CARELESS or word.endswith("n't")
