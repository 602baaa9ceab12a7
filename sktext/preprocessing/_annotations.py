"""What a spaCy pipeline writes on a text, by name."""

from collections import Counter

from sktext.preprocessing._spacy_pipeline import load_pipeline, read_texts


def part_of_speech(token):
    """Return the coarse part of speech, as NOUN."""
    return token.pos_


def tag(token):
    """Return the fine part of speech, as NNS."""
    return token.tag_


def dependency(token):
    """Return the role in the sentence, as nsubj."""
    return token.dep_


def entity(token):
    """Return the type of the entity that the token is part of, as ORG."""
    return token.ent_type_


# By name: spaCy's own name of it, and how to read it off a token.
ANNOTATIONS = {
    "pos": ("POS", part_of_speech),
    "tag": ("TAG", tag),
    "dep": ("DEP", dependency),
    "ent": ("ENT_IOB", entity),
}


def count(doc, name):
    """Count the values of an annotation; an entity counts once, however many its words."""
    if name == "ent":
        return Counter(span.label_ for span in doc.ents)
    _, read = ANNOTATIONS[name]
    return Counter(read(token) for token in doc if read(token) and not token.is_space)


def check_annotations(pipeline, texts, names):
    """Check that a pipeline writes what is asked of it on at least one of some texts.

    Parameters
    ----------
    pipeline : Language or str
    texts : list of str
    names : sequence of str
        Names in ``ANNOTATIONS``.

    Raises
    ------
    ValueError
        If one is on no text that has words.
    """
    nlp = load_pipeline(pipeline)
    docs = [doc for doc in read_texts(nlp, texts) if len(doc)]
    for name in names:
        attribute, _ = ANNOTATIONS[name]
        if docs and not any(doc.has_annotation(attribute) for doc in docs):
            raise ValueError(
                f"The spaCy pipeline writes no {name!r} on the texts; its components are "
                f"{nlp.pipe_names}. Give a pipeline with one that does, or leave {name!r} out."
            )
