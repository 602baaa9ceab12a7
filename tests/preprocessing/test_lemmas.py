"""Lemmas from a table and from a pipeline."""

import pickle

import pytest
import spacy
from sklearn.base import clone

from sktext.preprocessing import TextCleaner


def lemmas(text, lemmatize="en", **params):
    return TextCleaner(lemmatize=lemmatize, **params).fit_transform([text])[0]


@pytest.fixture(scope="module")
def with_lemmas():
    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Movies were bad", "movie be bad"),
        ("I can't, won't and weren\u2019t", "i can not, will not and be not"),
        ("cannot say it's dogs", "can not say it's dog"),
        ("Zxqw 😀 <3", "zxqw 😀 <3"),
        ("\ud800 cats", "\ufffd cat"),
        ("", ""),
    ],
)
def test_lookup_finds_lemmas_and_opens_contractions(text, expected):
    assert lemmas(text) == expected


def test_lemmas_come_before_small_letters():
    assert lemmas("Häuser", "de") == "haus"
    assert lemmas("Häuser", "de", lowercase=False) == "Haus"


def test_negation_is_marked_on_lemmas():
    text = "The movies weren't amazing"
    assert lemmas(text, mark_negation=True, stop_words="english") == "movie not_amaze"


def test_lemmas_of_a_pipeline(with_lemmas):
    assert lemmas("movies weren't cats", with_lemmas) == "movie be not cat"


def test_pipeline_by_path(with_lemmas, tmp_path):
    with_lemmas.to_disk(tmp_path / "pipeline")
    assert lemmas("movies", str(tmp_path / "pipeline")) == "movie"


@pytest.mark.slow
def test_cleaner_with_a_pipeline_copies_and_works_in_two_processes(with_lemmas):
    texts = ["cats", "dogs", "movies"]
    cleaner = TextCleaner(lemmatize=with_lemmas)
    for copy in (clone(cleaner), pickle.loads(pickle.dumps(cleaner)), cleaner.set_params(n_jobs=2)):
        assert copy.fit_transform(texts) == ["cat", "dog", "movie"]


def test_pipeline_without_lemmas_is_refused():
    with pytest.raises(ValueError, match=r"writes lemmas.*Add a lemmatizer.*'en'"):
        lemmas("cats", spacy.blank("en"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("xx", "no language with a lookup table"), ("no_such_model", "neither installed nor")],
)
def test_unknown_language_or_pipeline_is_refused(name, message):
    with pytest.raises(ValueError, match=message):
        lemmas("cats", name)
