"""A trained spaCy pipeline writes what grammars and news readers would."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sktext.features import StaticEncoder
from sktext.modules import EmbeddingInit
from sktext.preprocessing import SpacyFeatures, SpacyWordTags, TextCleaner

pytestmark = pytest.mark.slow

NEWS = [
    "Apple is buying a startup in London for $1 billion, Tim Cook said on Monday.",
    "Shares of Volkswagen rose 5 percent in Frankfurt.",
]
TEXTS = [*NEWS, "The mice were running faster than the cats.", "I don't like the men.", "", " \n "]


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        (
            "pos",
            "I like flies like these.",
            "I_PRON like_VERB flies_NOUN like_ADP these_PRON .",
        ),
        (
            "pos",
            "They refuse to permit us to obtain the refuse permit.",
            "They_PRON refuse_VERB to_PART permit_VERB us_PRON to_PART obtain_VERB the_DET "
            "refuse_NOUN permit_NOUN .",
        ),
        (
            "tag",
            "The mice were running faster than the cats.",
            "The_DT mice_NNS were_VBD running_VBG faster_RBR than_IN the_DT cats_NNS .",
        ),
        (
            "dep",
            "The mice were running faster than the cats.",
            "The_det mice_nsubj were_aux running_ROOT faster_advmod than_prep the_det cats_pobj .",
        ),
        (
            "ent",
            NEWS[0],
            "Apple_ORG is buying a startup in London_GPE for $ 1_MONEY billion_MONEY , "
            "Tim_PERSON Cook_PERSON said on Monday_DATE .",
        ),
    ],
)
def test_words_carry_the_tags_that_grammar_gives(english, tag, text, expected):
    assert SpacyWordTags(english, tag=tag).fit_transform([text]) == [expected]


def test_entities_of_news_are_found(english):
    features = SpacyFeatures(english, features=["ent"])
    counts = features.fit_transform(NEWS).toarray()
    found = dict(zip(features.get_feature_names_out(), counts.T.tolist(), strict=True))
    assert found["ent=ORG"] == [1, 1]
    assert found["ent=GPE"] == [1, 1]
    assert found["ent=PERSON"] == [1, 0]
    assert found["ent=MONEY"] == [1, 0]
    assert found["ent=PERCENT"] == [0, 1]
    assert found["ent=DATE"] == [1, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mice were running", "the mouse be run"),
        ("She has written better books", "she have write well book"),
        ("I don't like the men who lied", "i do not like the man who lie"),
        ("He can't have gone", "he can not have go"),
        ("", ""),
    ],
)
def test_lemmas_are_those_of_a_dictionary(english, text, expected):
    assert TextCleaner(lemmatize=english).fit_transform([text]) == [expected]


def test_lemma_depends_on_the_part_of_speech(english):
    cleaner = TextCleaner(lemmatize=english).fit(TEXTS)
    assert cleaner.transform(["We are meeting him.", "The meeting was long."]) == [
        "we be meet he.",
        "the meeting be long.",
    ]


MAKERS = {
    "features": lambda nlp, **params: SpacyFeatures(nlp, features=["pos", "tag", "ent"], **params),
    "tags": SpacyWordTags,
    "lemmas": lambda nlp, **params: TextCleaner(lemmatize=nlp, **params),
}


def as_list(result):
    return result.toarray().tolist() if hasattr(result, "toarray") else list(result)


@pytest.mark.parametrize("name", MAKERS)
def test_name_object_and_copies_agree(english, english_name, name):
    step = MAKERS[name](english)
    expected = as_list(step.fit_transform(TEXTS))
    for copy in (MAKERS[name](english_name), clone(step)):
        assert as_list(copy.fit_transform(TEXTS)) == expected
    assert as_list(pickle.loads(pickle.dumps(step)).transform(TEXTS)) == expected
    named = pickle.dumps(MAKERS[name](english_name).fit(TEXTS))
    assert len(named) < 10_000
    assert as_list(pickle.loads(named).transform(TEXTS)) == expected


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("given", ["by itself", "by name"])
def test_processes_do_not_change_the_result(english, english_name, name, given):
    # Its tables are so large that processes are handed them for reading only.
    nlp = english if given == "by itself" else english_name
    texts = TEXTS * 3
    expected = as_list(MAKERS[name](nlp).fit_transform(texts))
    assert as_list(MAKERS[name](nlp, n_jobs=2).fit_transform(texts)) == expected


def test_search_in_processes_hands_the_pipeline_on(english):
    clf = make_pipeline(SpacyFeatures(english), LogisticRegression())
    texts, labels = ["I like it.", "Acme sues IBM."] * 6, [0, 1] * 6
    scores = cross_val_score(clf, texts, labels, cv=2, n_jobs=2, error_score="raise")
    assert scores.tolist() == [1, 1]


@pytest.mark.parametrize("name", MAKERS)
def test_odd_texts_pass(english, name):
    odd = ["\ud800 broken", "a\x00b", "😀 " * 20, "x" * 5000, "\u200b", "\r\n"]
    assert len(as_list(MAKERS[name](english).fit_transform(odd))) == len(odd)


def test_companies_are_what_financial_news_name(english, real_texts):
    texts = real_texts("financial_phrasebank", nrows=150)["text"].tolist()
    features = SpacyFeatures(english, features=["ent"])
    totals = np.asarray(features.fit_transform(texts).sum(axis=0)).ravel()
    by_type = dict(zip(features.get_feature_names_out(), totals.tolist(), strict=True))
    assert by_type["ent=ORG"] > 75
    assert by_type["ent=ORG"] > 2 * by_type["ent=PERSON"]
    assert {"ent=DATE", "ent=MONEY", "ent=PERCENT", "ent=GPE"} <= set(by_type)


@pytest.mark.parametrize(
    "read",
    [
        lambda nlp: EmbeddingInit(nlp).build({"the": 2}),
        lambda nlp: EmbeddingInit(nlp.vocab).build({"the": 2}),
        lambda nlp: StaticEncoder(nlp).fit(TEXTS),
    ],
    ids=["EmbeddingInit", "EmbeddingInit of the vocabulary", "StaticEncoder"],
)
def test_pipeline_without_vectors_is_refused(english, read):
    assert english.vocab.vectors.shape == (0, 0)
    with pytest.raises(ValueError, match=r"a spaCy vocabulary without vectors; load a pipeline"):
        read(english)
