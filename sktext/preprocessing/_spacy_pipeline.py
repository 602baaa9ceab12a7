"""The spaCy pipeline of a user, by itself or by its name."""

from functools import lru_cache

import numpy as np

from sktext._characters import without_surrogates
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
    if isinstance(pipeline, str):
        return load_by_name(pipeline)
    own_read_only_weights(pipeline)
    return pipeline


def read_texts(nlp, texts, batch_size=None):
    """Return what iterates over the documents of texts.

    Parameters
    ----------
    nlp : Language
    texts : iterable of str
    batch_size : int or None, default=None
        None is that of the pipeline.

    Returns
    -------
    docs : iterable of Doc
    """
    return nlp.pipe(map(without_surrogates, texts), batch_size=batch_size)


def own_read_only_weights(nlp):
    """Copy the weights of a pipeline that cannot be written to.

    Joblib hands large arrays to its processes as files that are mapped into memory for reading
    only, and spaCy refuses to compute with these.
    """
    models = [pipe.model for _, pipe in getattr(nlp, "pipeline", ()) if hasattr(pipe, "model")]
    for node in (node for model in models for node in getattr(model, "walk", list)()):
        for name in node.param_names:
            weights = node.maybe_get_param(name)
            if isinstance(weights, np.ndarray) and not weights.flags.writeable:
                node.set_param(name, weights.copy())


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
