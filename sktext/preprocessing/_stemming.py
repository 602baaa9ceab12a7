"""Snowball's stemmers, which NLTK brings."""

from sktext._optional import import_optional


def stemmer(language):
    """Make the function that reduces a word to its stem.

    Parameters
    ----------
    language : str
        One that NLTK's Snowball stemmer knows, or "porter".

    Returns
    -------
    stem : callable
        Takes a str and returns one.

    Raises
    ------
    ImportError
        If NLTK is not installed.
    ValueError
        If the language is not known.
    """
    Snowball = import_optional("nltk", "nltk").stem.SnowballStemmer
    if language not in Snowball.languages:
        raise ValueError(
            f"stem={language!r} is no language of NLTK's Snowball stemmer; choose one of "
            f"{sorted(Snowball.languages)}, or None."
        )
    return Snowball(language).stem
