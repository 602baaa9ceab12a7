"""min_ngram_df drops rare n-grams and keeps rare words."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer

from sktext.features import FastCountVectorizer, FastTfidfVectorizer, pretokenized
from sktext.features._vectorizers import VECTORIZERS

TEXTS = ["not a good film", "a good film", "good food, a film of Oslo", "Oslo has food"]
HOW = {
    "pairs": {"ngram_range": (1, 2)},
    "triples": {"ngram_range": (1, 3)},
    "pairs alone": {"ngram_range": (2, 2)},
    "characters": {"analyzer": "char", "ngram_range": (1, 3)},
    "characters within words": {"analyzer": "char_wb", "ngram_range": (2, 3)},
    "an own pattern": {"ngram_range": (1, 2), "token_pattern": r"[a-z]+"},
}


@pytest.mark.parametrize("kind", [FastCountVectorizer, FastTfidfVectorizer])
@pytest.mark.parametrize("n_copies", [1, 100])  # scikit-learn's code runs on few texts
@pytest.mark.parametrize("how", HOW)
def test_terms_stay_that_are_single_or_in_enough_texts(how, n_copies, kind):
    texts = TEXTS + [f"text{i} {text}" for i, text in enumerate(TEXTS * (n_copies - 1))]
    plain = CountVectorizer(**HOW[how])
    counts = np.asarray((plain.fit_transform(texts) > 0).sum(axis=0)).ravel()
    of_words = plain.analyzer == "word"
    single = [" " not in term if of_words else len(term) == 1 for term in plain.vocabulary_]
    columns = list(plain.vocabulary_.values())
    expected = {
        term
        for term, column, alone in zip(plain.vocabulary_, columns, single, strict=True)
        if alone or counts[column] >= 2
    }
    vectorizer = kind(min_ngram_df=2, **HOW[how])
    X = vectorizer.fit_transform(texts)
    assert set(vectorizer.vocabulary_) == expected
    assert sorted(vectorizer.vocabulary_.values()) == list(range(X.shape[1]))
    np.testing.assert_allclose(vectorizer.transform(texts).toarray(), X.toarray())


def test_other_limits_hold_as_well():
    vectorizer = FastCountVectorizer(ngram_range=(1, 2), min_ngram_df=2, min_df=2, max_features=2)
    assert set(vectorizer.fit(TEXTS).vocabulary_) == {"film", "good"}


def test_ready_tokens_and_given_terms_are_left_alone():
    rows = [text.split() for text in TEXTS]
    vectorizer = FastCountVectorizer(analyzer=pretokenized, min_ngram_df=9)
    assert len(vectorizer.fit(rows).vocabulary_) == len({word for row in rows for word in row})
    given = FastCountVectorizer(vocabulary=["good film", "a film"], min_ngram_df=9)
    assert len(given.fit(TEXTS).vocabulary_) == 2


@pytest.mark.parametrize("name", ["words", "words+pairs", "characters", "words+characters"])
def test_named_vectorizers_make_rows_of_length_one_in_float32(name):
    X = VECTORIZERS[name]().fit_transform(TEXTS)
    assert X.dtype == np.float32
    np.testing.assert_allclose(X.power(2).sum(axis=1), 1, rtol=1e-5)


def test_words_of_one_letter_count_and_another_analyzer_is_set_without_a_warning():
    words = VECTORIZERS["words"]()
    assert "a" in words.fit(TEXTS).vocabulary_
    clone(words).set_params(analyzer="char_wb").fit(TEXTS)
    with pytest.warns(UserWarning, match="token_pattern"):
        FastTfidfVectorizer(token_pattern=r"[a-z]+", analyzer="char").fit(TEXTS)
