"""Samplers of texts: any container, any label, origins, inside a Pipeline."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, TomekLinks
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV

from sktext import TfidfTorchClassifier
from sktext.sampling import (
    SAMPLERS,
    EpochSampler,
    RandomTextOverSampler,
    RandomTextUnderSampler,
    VectorizedSampler,
    WordDeletionOverSampler,
    WordReplacementOverSampler,
    WordSwapOverSampler,
)
from sktext.sampling._augmenting_sampler import protected
from sktext.sampling._multilabel import imbalance_ratios, mean_imbalance_ratio

TEXTS = [
    "we meet at noon",
    "see you at home",
    "I am at work",
    "it was not good at all",
    "win a car",
]
LABELS = ["ham", "ham", "ham", "ham", "spam"]
ROW_SAMPLERS = {name: cls for name, cls in SAMPLERS.items() if not issubclass(cls, EpochSampler)}
AUGMENTERS = [WordDeletionOverSampler, WordSwapOverSampler, WordReplacementOverSampler]
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "object array": lambda texts: np.array(texts, dtype=object),
    "array": np.array,
    "Series": pd.Series,
    "named Series": lambda texts: pd.Series(texts, index=[f"row {i}" for i in range(len(texts))]),
    "polars": pl.Series,
    "column": lambda texts: np.array(texts, dtype=object)[:, None],
    "frame": lambda texts: pd.DataFrame({"text": texts}),
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    CONTAINERS["string array"] = lambda texts: np.array(texts, dtype=np.dtypes.StringDType())


def flat(container):
    values = container.to_numpy() if hasattr(container, "to_numpy") else container
    return np.asarray(values, dtype=object).ravel().tolist()


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS.keys())
@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_container_in_is_container_out(name, make):
    X = make(TEXTS)
    new, y = ROW_SAMPLERS[name](random_state=0).fit_resample(X, LABELS)
    assert type(new) is type(X)
    assert getattr(new, "ndim", 1) == getattr(X, "ndim", 1)
    assert isinstance(y, list)
    assert len(flat(new)) == len(y) == (2 if name == "under" else 8)
    assert flat(make(TEXTS)) == flat(X), "the input stays as it was"
    assert all(isinstance(text, str) for text in flat(new))


@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_every_text_names_the_row_it_comes_from(name):
    sampler = ROW_SAMPLERS[name](random_state=0)
    _, y = sampler.fit_resample(TEXTS, LABELS)
    assert [LABELS[row] for row in sampler.sample_indices_] == y


@pytest.mark.parametrize("labels", [[1, 1, 1, 1, 7], [False] * 4 + [True], pd.Series(LABELS)])
def test_labels_of_any_type_come_back_as_they_were(labels):
    _, y = RandomTextOverSampler(random_state=0).fit_resample(TEXTS, labels)
    assert type(y) is type(labels)
    assert len(y) == 8
    assert set(y) == set(labels)


def test_sampling_strategy_is_that_of_imbalanced_learn():
    over = RandomTextOverSampler({"spam": 3}, random_state=0).fit_resample(TEXTS, LABELS)[1]
    assert over.count("spam") == 3
    under = RandomTextUnderSampler(0.5, random_state=0).fit_resample(TEXTS, LABELS)[1]
    assert under == ["ham", "ham", "spam"]


@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_random_state_decides(name):
    draws = []
    for seed in (0, 0, 1):
        sampler = ROW_SAMPLERS[name](random_state=seed)
        texts = sampler.fit_resample(TEXTS * 5, LABELS * 5)[0]
        draws.append((texts, sampler.sample_indices_.tolist()))
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_sampler_works_inside_a_pipeline_and_a_search(name, multiclass):
    texts, labels = multiclass
    model = make_pipeline(
        ROW_SAMPLERS[name](random_state=0), TfidfTorchClassifier(random_state=0, max_epochs=2)
    )
    step = type(ROW_SAMPLERS[name]()).__name__.lower()
    search = GridSearchCV(model, {f"{step}__random_state": [0, 1]}, cv=2).fit(texts, labels)
    assert search.best_score_ > 0.6


@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_multilabel_sampling_makes_labels_more_equal(name, rng):
    # Each row has one frequent label, or one rare one and sometimes the frequent one.
    y = np.zeros((400, 5), dtype=int)
    y[:300, 0] = 1
    y[300:380, 1] = 1
    for label in (2, 3, 4):
        y[380 + 6 * (label - 2) : 386 + 6 * (label - 2), label] = 1
    y[380:390, 0] = 1
    texts = np.array([f"text {i} says this" for i in range(400)], dtype=object)
    new, Y = ROW_SAMPLERS[name](random_state=0).fit_resample(texts, y)
    assert mean_imbalance_ratio(Y.sum(axis=0)) < mean_imbalance_ratio(y.sum(axis=0))
    assert len(new) == len(Y) == (300 if name == "under" else len(Y))
    assert len(Y) <= 500
    assert (Y.sum(axis=0) > 0).all()
    if name != "under":
        assert (Y[:400] == y).all()


def test_imbalance_ratio_of_the_literature():
    assert imbalance_ratios([40, 20, 5, 0]).tolist() == [1, 2, 8, np.inf]
    assert mean_imbalance_ratio([40, 20, 5, 0]) == pytest.approx(11 / 3)


def test_bare_string_is_refused():
    with pytest.raises(ValueError, match="single str"):
        RandomTextOverSampler().fit_resample("text", ["a"])


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        RandomTextOverSampler().fit_resample(TEXTS, LABELS[:-1])


def test_missing_text_is_refused_with_its_row():
    with pytest.raises(ValueError, match=r"X\[1\] must be a str"):
        WordSwapOverSampler().fit_resample(["a b c", None, "d e f"], [0, 0, 1])


# -- new texts ------------------------------------------------------------------------


@pytest.mark.parametrize("Sampler", AUGMENTERS)
def test_texts_as_given_come_first_and_new_ones_differ(Sampler):
    texts = [*TEXTS, "you have won a large prize today"]
    labels = [*LABELS, "spam"]
    new, y = Sampler(fraction=0.5, random_state=0).fit_resample(texts, labels)
    assert new[: len(texts)] == texts
    assert y[len(texts) :] == ["spam", "spam"]
    assert not set(new[len(texts) :]) & set(texts)


@pytest.mark.parametrize("Sampler", AUGMENTERS)
def test_negations_and_what_they_negate_are_kept(Sampler):
    text = "this was really not good , I did n't like it and shouldn't say why"
    sampler = Sampler(fraction=0.9, random_state=0)
    new, _ = sampler.fit_resample(["fine", "fine", "fine", "fine", text], [0, 0, 0, 0, 1])
    for written in new[5:]:
        words = written.split()
        assert "not good" in written
        assert words[words.index("n't") + 1] == "like"
        assert words[words.index("shouldn't") + 1] == "say"


@pytest.mark.parametrize("word", ["not", "No,", "can't", "don\u2019t", "NEVER", "without", "(nor"])
def test_negation_is_known_in_any_spelling(word):
    assert protected(["a", word, "b", "c"]).tolist() == [False, True, True, False]


def test_short_and_empty_texts_pass_through():
    for Sampler in AUGMENTERS:
        new, _ = Sampler(random_state=0).fit_resample(["a b", "c d", "", "x"], [0, 0, 1, 2])
        assert new[4:] == ["", "x"]


def test_near_words_come_from_the_table_in_the_same_writing():
    vectors = {"prize": [1.0, 0.1], "reward": [1.0, 0.2], "noon": [0.0, 1.0]}
    sampler = WordReplacementOverSampler(vectors, fraction=0.9, random_state=0)
    new, _ = sampler.fit_resample(
        ["at noon", "at home", "PRIZE prize (Prize) here there"], [0, 0, 1]
    )
    assert set(new[-1].split()) <= {"REWARD", "reward", "(Reward)", "PRIZE", "prize", "(Prize)",
                                    "here", "there"}  # fmt: skip
    assert "reward" in new[-1].lower()
    assert "noon" not in new[-1]


def test_word_without_a_near_one_stays():
    vectors = {"prize": [1.0, 0.0], "noon": [0.0, 1.0]}
    sampler = WordReplacementOverSampler(vectors, fraction=0.9, random_state=0)
    assert sampler.fit_resample(["a", "b", "prize noon"], [0, 0, 1])[0][-1] == "prize noon"


def test_without_a_table_words_come_from_the_same_class():
    texts = ["red green blue", "red blue", "red", "one two three", "four five six"]
    sampler = WordReplacementOverSampler(fraction=0.9, random_state=0)
    new, _ = sampler.fit_resample(texts, [0, 0, 0, 1, 1])
    assert set(new[-1].split()) <= {"one", "two", "three", "four", "five", "six"}


def test_sampler_of_texts_inside_a_classifier_follows_weights(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(sampler="word_deletion", random_state=0)
    clf.set_params(sampler__fraction=0.2).fit(texts, labels, sample_weight=np.ones(len(texts)))
    assert clf.score(texts, labels) > 0.8
    counts = np.unique(labels, return_counts=True)[1]
    assert clf.class_counts_.tolist() == [counts.max()] * 3
    clf = clone(clf).set_params(reweight=True).fit(texts, labels)
    np.testing.assert_allclose(clf.class_counts_, counts)


# -- samplers that measure distances --------------------------------------------------


@pytest.mark.parametrize("sampler", [TomekLinks(), NearMiss(), EditedNearestNeighbours()])
def test_cleaning_sampler_picks_texts_by_their_features(sampler, binary):
    texts, labels = binary
    wrapped = VectorizedSampler(sampler, CountVectorizer())
    new, y = wrapped.fit_resample(texts, labels)
    X = CountVectorizer().fit_transform(texts)
    codes = np.unique(labels, return_inverse=True)[1]
    sampler = clone(sampler)
    sampler.fit_resample(X, codes)
    assert new == [texts[row] for row in sampler.sample_indices_]
    np.testing.assert_array_equal(y, labels[sampler.sample_indices_])


def test_sampler_that_makes_rows_cannot_be_wrapped(binary):
    with pytest.raises(ValueError, match=r"makes new rows.*TfidfTorchClassifier\(sampler"):
        VectorizedSampler(SMOTE()).fit_resample(*binary)


def test_wrapped_sampler_works_in_a_classifier(binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(sampler=VectorizedSampler(NearMiss()), random_state=0)
    assert clf.fit(texts, labels).score(texts, labels) > 0.8


@pytest.mark.parametrize("name", ROW_SAMPLERS)
def test_what_is_no_label_is_refused(name):
    with pytest.raises(ValueError, match="labels are classes, not amounts"):
        ROW_SAMPLERS[name]().fit_resample(["a b", "b c", "d d"], [0.1, 0.5, 0.7])


def test_strategy_of_classes_is_refused_for_labels(multilabel):
    with pytest.raises(ValueError, match="must be 'auto'"):
        RandomTextOverSampler(sampling_strategy={0: 5000}).fit_resample(*multilabel)


def test_chunk_of_one_class_is_trained_on_as_it_is(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(sampler="under", random_state=0)
    clf.partial_fit(texts[:5], [labels[0]] * 5, classes=np.unique(labels))
    assert clf.predict(texts[:1]) == labels[:1]
