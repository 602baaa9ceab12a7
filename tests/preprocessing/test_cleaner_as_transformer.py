"""TextCleaner keeps scikit-learn's promises."""

import pickle
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator_cloneable
from sklearn.utils.validation import check_is_fitted

from sktext import TfidfTorchClassifier
from sktext.preprocessing import TextCleaner

TEXTS = ["<b>Not</b> good", "I don't like www.x.org", "", "Running CATS; café"]
ALL = TextCleaner(
    urls="URL", strip_accents=True, stop_words="english", mark_negation=True, stem="english"
)


@pytest.mark.parametrize(
    "container",
    [tuple, np.array, pd.Series, pl.Series, lambda x: pd.DataFrame({"text": x})],
)
def test_container_of_texts_does_not_matter(container):
    assert TextCleaner().fit_transform(container(TEXTS)) == TextCleaner().fit_transform(TEXTS)


@pytest.mark.parametrize("method", ["fit", "transform"])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("one text", ValueError, r"Put it in a list: \[X\]"),
        (["a", None], ValueError, r"X\[1\] must be a str; got None"),
        (["a", b"b"], TypeError, r"X\[1\] must be a str; got bytes"),
        ([], ValueError, "0 sample"),
    ],
)
def test_what_is_no_text_is_refused(method, X, error, message):
    with pytest.raises(error, match=message):
        getattr(TextCleaner(), method)(X)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"stop_words": "german"}, ValueError, "stop_words"),
        ({"stop_words": ["a", 1]}, TypeError, r"stop_words\[1\] must be a str; got int 1"),
        ({"stem": "klingon"}, ValueError, "stem='klingon' is no language.*'english'"),
        ({"negation_scope": "text"}, ValueError, "negation_scope"),
        ({"urls": None}, ValueError, "urls"),
        ({"lemmatize": 3}, ValueError, "lemmatize"),
        (
            {"mark_negation": True, "stop_words": "english", "keep_negations": False},
            ValueError,
            "set keep_negations=True",
        ),
    ],
)
def test_wrong_parameters_are_refused_in_fit_and_transform(params, error, message):
    for method in ("fit", "transform"):
        with pytest.raises(error, match=message):
            getattr(TextCleaner(**params), method)(TEXTS)


def test_nothing_is_learned_so_transform_needs_no_fit():
    assert not [name for name in vars(TextCleaner().fit(TEXTS)) if name.endswith("_")]
    check_is_fitted(TextCleaner())
    assert TextCleaner().transform(TEXTS) == TextCleaner().fit(TEXTS).transform(TEXTS)


def test_tags_say_that_it_takes_texts():
    tags = get_tags(TextCleaner())
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert not tags.requires_fit


def test_names_of_the_column():
    assert TextCleaner().get_feature_names_out().tolist() == ["x0"]
    assert TextCleaner().get_feature_names_out(["review"]).tolist() == ["review"]
    with pytest.raises(ValueError, match="one column of texts; got"):
        TextCleaner().get_feature_names_out(["a", "b"])


@pytest.mark.slow
@pytest.mark.parametrize(("n_jobs", "backend"), [(2, "loky"), (7, "threading"), (-1, "threading")])
def test_jobs_do_not_change_the_result(n_jobs, backend):
    texts = [f"{text} {i}" for i, text in enumerate(TEXTS * 10)]
    parallel = clone(ALL).set_params(n_jobs=n_jobs)
    with parallel_config(backend):
        assert parallel.fit_transform(texts) == ALL.fit_transform(texts)
        assert parallel.transform(texts[:1]) == ALL.transform(texts[:1])


def test_copies_clean_alike():
    check_estimator_cloneable("TextCleaner", ALL)
    for copy in (clone(ALL), pickle.loads(pickle.dumps(ALL.fit(TEXTS)))):
        assert copy.get_params() == ALL.get_params()
        assert copy.transform(TEXTS) == ALL.transform(TEXTS)


def test_input_is_left_alone():
    texts = list(TEXTS)
    ALL.fit_transform(texts)
    assert texts == TEXTS


def test_marked_negation_is_one_feature_of_a_vectorizer():
    pipeline = make_pipeline(TextCleaner(mark_negation=True), TfidfVectorizer())
    assert pipeline.fit_transform(["not good"]).shape == (1, 1)
    assert pipeline[-1].get_feature_names_out().tolist() == ["not_good"]


def test_search_over_the_steps_in_front_of_a_classifier(binary):
    texts, labels = binary[0][:80], binary[1][:80]
    search = GridSearchCV(
        make_pipeline(TextCleaner(), TfidfTorchClassifier(max_epochs=2, random_state=0)),
        [
            {"textcleaner__stop_words": [None, "english"], "textcleaner__stem": ["english"]},
            {"textcleaner__mark_negation": [False, True]},
        ],
        cv=2,
        error_score="raise",
    ).fit(texts, labels)
    assert search.best_score_ > 0.7
    assert search.predict(texts[:3]).shape == (3,)


@pytest.mark.parametrize(
    ("library", "extra", "params"),
    [
        ("nltk", "nltk", {"stem": "english"}),
        ("spacy", "spacy", {"lemmatize": "en"}),
        ("spacy_lookups_data", "spacy", {"lemmatize": "en"}),
    ],
)
def test_missing_library_is_named_with_its_extra(library, extra, params, monkeypatch):
    from sktext.preprocessing._lemmas import load_lookup

    load_lookup.cache_clear()
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"{library}.*pip install 'sktext\[{extra}\]"):
        TextCleaner(**params).fit(TEXTS)
    TextCleaner().fit(TEXTS)


steps = st.fixed_dictionaries(
    {
        "lowercase": st.booleans(),
        "strip_html": st.booleans(),
        "urls": st.sampled_from(["keep", "drop", "URL"]),
        "strip_accents": st.booleans(),
        "stop_words": st.sampled_from([None, "english", ["a", "b"]]),
        "mark_negation": st.booleans(),
        "negation_scope": st.sampled_from(["word", "clause"]),
        "stem": st.sampled_from([None, "english"]),
    }
)
MARKUP = ["<b>", "</p", "&lt;", "&amp;", "www.", "http://x", "<", ">", "=", '"', ".", " ", "\n"]
WORDS = ["not", "don't", "n't", "the", "A", "b's", "_", "'", "\u2019", "\u00e9", "e\u0301"]
ODD_CASES = ["\u0130", "\u00df", "\u212a", "\U0001f600"]
pieces = st.sampled_from([*MARKUP, *WORDS, *ODD_CASES])
texts = st.lists(
    st.one_of(st.text(max_size=30), st.lists(pieces, max_size=12).map("".join)), min_size=1
)


@given(texts, steps)
@settings(max_examples=150, deadline=None)
def test_any_text_is_cleaned_and_none_is_lost(texts, params):
    cleaned = TextCleaner(**params).fit_transform(texts)
    assert len(cleaned) == len(texts)
    assert all(isinstance(text, str) and text == " ".join(text.split()) for text in cleaned)
    assert cleaned == [TextCleaner(**params).transform([text])[0] for text in texts]


# Entities in entities, stems of stems and stop words that had an accent need a second time.
@given(
    texts,
    st.booleans(),
    st.sampled_from(["keep", "drop", "URL"]),
    st.sampled_from([{"strip_accents": True}, {"stop_words": "english"}]),
)
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_is_cleaning_once(texts, lowercase, urls, step):
    cleaner = TextCleaner(lowercase=lowercase, strip_html=False, urls=urls, **step)
    once = cleaner.fit_transform(texts)
    assert cleaner.transform(once) == once
