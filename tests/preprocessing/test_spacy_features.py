"""Parts of speech and entities as features."""

import io
import pickle
import sys

import joblib
import numpy as np
import pytest
import spacy
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.utils import get_tags

from sktext import TfidfTorchClassifier
from sktext.preprocessing import SpacyFeatures, SpacyWordTags

TEXTS = ["I like big cats", "You hate Acme", "New York likes dogs", "", " \n "]


def columns(features, texts):
    counts = features.transform(texts).toarray()
    return dict(zip(features.get_feature_names_out(), counts.T.tolist(), strict=True))


def test_parts_of_speech_are_counted(nlp):
    features = SpacyFeatures(nlp, features=["pos"]).fit(["I like cats", "We hate big dogs"])
    counts = columns(features, ["You like big small dogs", ""])
    assert counts == {
        "pos=ADJ": [2, 0],
        "pos=NOUN": [1, 0],
        "pos=PRON": [1, 0],
        "pos=VERB": [1, 0],
    }


def test_entity_of_two_words_counts_once(nlp):
    counts = columns(SpacyFeatures(nlp, features=["ent"]).fit(TEXTS), TEXTS)
    assert counts == {"ent=GPE": [0, 0, 1, 0, 0], "ent=ORG": [0, 1, 0, 0, 0]}


def test_counts_are_sparse_float32(nlp):
    features = SpacyFeatures(nlp, features=("pos", "tag", "ent"))
    counts = features.fit_transform(TEXTS)
    assert sparse.issparse(counts)
    assert counts.format == "csr"
    assert counts.dtype == np.float32
    assert counts.shape == (len(TEXTS), len(features.get_feature_names_out()))
    np.testing.assert_array_equal(counts.toarray(), features.transform(TEXTS).toarray())


def test_normalized_counts_are_shares_of_the_tokens(nlp):
    features = SpacyFeatures(nlp, features=["pos"], normalize=True)
    shares = features.fit_transform(["I like cats", "I like \n big cats", ""])
    np.testing.assert_allclose(shares.sum(axis=1).ravel(), [[1, 1, 0]], rtol=1e-6)


def test_lone_surrogates_are_read_as_unknown_characters(nlp):
    texts = ["I like cats", "\ud800 cats"]
    assert SpacyWordTags(nlp).fit_transform(texts)[1].startswith("\ufffd cats_")
    counts = SpacyFeatures(nlp).fit_transform(texts).toarray()
    other = SpacyFeatures(nlp).fit_transform([texts[0], "\ufffd cats"]).toarray()
    np.testing.assert_array_equal(counts, other)


def test_type_unseen_in_fit_is_ignored(nlp):
    features = SpacyFeatures(nlp, features=["ent"]).fit(["Acme wins"])
    assert columns(features, ["Acme in New York"]) == {"ent=ORG": [1]}


def test_no_entity_in_the_training_texts_gives_no_column(nlp):
    assert SpacyFeatures(nlp, features=["ent"]).fit_transform(["I like cats"]).shape == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_jobs_and_batches_do_not_change_the_result(nlp, n_jobs):
    expected = SpacyFeatures(nlp).fit_transform(TEXTS).toarray()
    counts = SpacyFeatures(nlp, batch_size=2, n_jobs=n_jobs).fit_transform(TEXTS).toarray()
    np.testing.assert_array_equal(counts, expected)
    tagger = SpacyWordTags(nlp, batch_size=1, n_jobs=n_jobs)
    assert tagger.fit_transform(TEXTS) == SpacyWordTags(nlp).fit_transform(TEXTS)


def test_copies_count_alike(nlp):
    features = SpacyFeatures(nlp).fit(TEXTS)
    expected = features.transform(TEXTS).toarray()
    file = io.BytesIO()
    joblib.dump(features, file)
    file.seek(0)
    for copy in (pickle.loads(pickle.dumps(features)), joblib.load(file)):
        np.testing.assert_array_equal(copy.transform(TEXTS).toarray(), expected)
    np.testing.assert_array_equal(clone(features).fit_transform(TEXTS).toarray(), expected)
    assert features.pipeline is nlp


def test_pickle_of_a_pipeline_by_name_holds_the_name_only(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    named = SpacyFeatures(str(tmp_path / "pipeline")).fit(TEXTS)
    stored = pickle.dumps(named)
    assert len(stored) < 10_000
    counts = pickle.loads(stored).transform(TEXTS).toarray()
    np.testing.assert_array_equal(counts, SpacyFeatures(nlp).fit_transform(TEXTS).toarray())


def test_union_with_tfidf_in_front_of_a_classifier(nlp, binary):
    texts, labels = binary[0][:60], binary[1][:60]
    union = make_union(TfidfVectorizer(dtype=np.float32), SpacyFeatures(nlp, normalize=True))
    clf = make_pipeline(union, TfidfTorchClassifier(vectorizer="passthrough", random_state=0))
    assert clf.fit(texts, labels).score(texts, labels) > 0.8
    assert any("pos=NOUN" in name for name in union.get_feature_names_out())


def test_words_carry_their_tag(nlp):
    assert SpacyWordTags(nlp).fit_transform(["I like\n big cats"]) == [
        "I_PRON like_VERB big_ADJ cats_NOUN"
    ]
    assert SpacyWordTags(nlp, tag="ent").transform(["Visit New York!", ""]) == [
        "Visit New_GPE York_GPE !",
        "",
    ]


def test_tagged_word_is_one_feature_of_a_vectorizer(nlp):
    pipeline = make_pipeline(SpacyWordTags(nlp, tag="ent"), TfidfVectorizer())
    pipeline.fit(["Acme sues!"])
    assert pipeline[-1].get_feature_names_out().tolist() == ["acme_org", "sues"]


@pytest.mark.parametrize("make", [SpacyFeatures, SpacyWordTags])
def test_pipeline_that_writes_no_tags_is_refused(make):
    with pytest.raises(ValueError, match=r"writes no 'pos' on the texts; its components are \[\]"):
        make(spacy.blank("en")).fit(TEXTS)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"features": ["pos", "words"]}, r"features\[1\] must be one of .*'pos'.*; got 'words'"),
        ({"features": []}, "features is empty"),
        ({"features": "pos"}, "features"),
        ({"pipeline": "no_such_model"}, "python -m spacy download no_such_model"),
        ({"pipeline": 3}, "pipeline"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_wrong_parameters_are_refused(nlp, params, message):
    with pytest.raises(ValueError, match=message):
        SpacyFeatures(**{"pipeline": nlp, **params}).fit(TEXTS)


@pytest.mark.parametrize("make", [SpacyFeatures, SpacyWordTags])
def test_what_is_no_text_is_refused(nlp, make):
    with pytest.raises(ValueError, match=r"X\[1\] must be a str; got None"):
        make(nlp).fit(["a", None])


def test_features_must_be_fitted_and_tags_need_not(nlp):
    with pytest.raises(NotFittedError):
        SpacyFeatures(nlp).transform(TEXTS)
    assert not get_tags(SpacyWordTags(nlp)).requires_fit
    assert get_tags(SpacyFeatures(nlp)).input_tags.string


def test_missing_spacy_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ImportError, match=r"pip install 'sktext\[spacy\]"):
        SpacyFeatures("en_core_web_sm").fit(TEXTS)
