"""The spaCy pipeline of a user, by itself or by its name."""

from functools import lru_cache

from sktext._optional import import_optional
from sktext._validation import HasMethods

# Pickled as it is, and not as its bytes, in which entity rulers lose their phrases.
PIPELINE = [str, HasMethods("pipe")]


def load_pipeline(pipeline):
    """Return a spaCy pipeline given by itself or by its name.

    Parameters
    ----------
    pipeline : Language or str
        Name of an installed pipeline, or path of a folder.

    Returns
    -------
    nlp : Language

    Raises
    ------
    ImportError
        If spaCy is not installed.
    ValueError
        If there is no pipeline of that name.
    """
    import_optional("spacy", "spacy")
    return load_by_name(pipeline) if isinstance(pipeline, str) else pipeline


# Loading takes seconds, and every clone of a search asks for the same one.
@lru_cache(maxsize=4)
def load_by_name(name):
    """Load an installed pipeline."""
    try:
        return import_optional("spacy", "spacy").load(name)
    except OSError as error:
        raise ValueError(
            f"There is no spaCy pipeline {name!r}, neither installed nor as a folder; install "
            f"it with python -m spacy download {name}, or give a loaded pipeline."
        ) from error
