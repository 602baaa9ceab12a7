"""Words in the form a dictionary lists them, by spaCy."""

import re
from functools import cache, lru_cache

from sktext._characters import without_surrogates
from sktext._optional import import_optional
from sktext.preprocessing._spacy_pipeline import load_pipeline, read_texts

LANGUAGE = re.compile("[a-z]{2,3}")
NOT = ("n't", "n\u2019t", "not")


def lemmatizer(lemmatize):
    """Make the function that puts the words of texts into their dictionary form.

    Parameters
    ----------
    lemmatize : str or Language
        Code of a language that has a lookup table, or a pipeline that writes lemmas, or
        the name of one.

    Returns
    -------
    lemmatize : callable
        Takes texts and yields texts.

    Raises
    ------
    ImportError
        If spaCy is not installed.
    ValueError
        If there is neither such a table nor such a pipeline.
    """
    if isinstance(lemmatize, str) and LANGUAGE.fullmatch(lemmatize):
        return lookup_lemmatizer(lemmatize)
    nlp = load_pipeline(lemmatize)

    def read(texts):
        for doc in read_texts(nlp, texts):
            refuse_missing_lemmas(doc, nlp)
            yield join(doc, lambda token: token.lemma_ or token.text)

    return read


def lookup_lemmatizer(language):
    """Make the same function of a table alone, which needs no trained pipeline."""
    tokenizer, table = load_lookup(language)

    @cache
    def look_up(word):
        # As it stands first: German nouns are listed with their capital.
        return table.get(word) or table.get(word.lower()) or word

    def read(texts):
        for text in texts:
            yield join(
                tokenizer(without_surrogates(text)), lambda token: look_up(written_out(token))
            )

    return read


@lru_cache(maxsize=4)
def load_lookup(language):
    """Load the tokenizer of a language and its table of lemmas."""
    spacy = import_optional("spacy", "spacy")
    import_optional("spacy_lookups_data", "spacy")
    try:
        table = spacy.lookups.load_lookups(language, ["lemma_lookup"]).get_table("lemma_lookup")
    except ValueError as error:
        raise ValueError(
            f"lemmatize={language!r} is no language with a lookup table in spacy-lookups-data; "
            "give a trained spaCy pipeline of that language, or its name."
        ) from error
    return spacy.blank(language).tokenizer, table


def written_out(token):
    """Return a token; the verb before an ``n't`` in full, as ``can`` of ``can't``."""
    follower = token.nbor() if token.i + 1 < len(token.doc) else None
    shortened = follower is not None and not token.whitespace_ and follower.text in NOT
    return token.norm_ if shortened else token.text


def join(doc, lemma):
    """Write the lemmas of a document, with ``not`` as a word of its own."""
    pieces = []
    for token in doc:
        if token.lower_ in NOT:
            pieces.append(f" not{token.whitespace_}")
        elif token.text[0] in "'\u2019":  # what a clitic stands for, only a tagger could tell
            pieces.append(token.text_with_ws)
        else:
            pieces.append(lemma(token) + token.whitespace_)
    return "".join(pieces)


def refuse_missing_lemmas(doc, nlp):
    """Raise if the pipeline has written no lemmas."""
    if len(doc) and not doc.has_annotation("LEMMA"):
        raise ValueError(
            f"lemmatize must be a spaCy pipeline that writes lemmas; this one has the components "
            f"{nlp.pipe_names}. Add a lemmatizer, or give a language code such as "
            f"{nlp.lang!r} for a lookup table."
        )
