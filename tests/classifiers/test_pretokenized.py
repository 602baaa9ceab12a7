"""Lists of tokens in place of texts, through everything that takes texts."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    compress,
)
from sktext.datasets import make_imbalanced_texts
from sktext.features import FastTfidfVectorizer, WordTokenizer, pretokenized
from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)
from sktext.model_selection import LossSearchCV

TEXTS, LABELS = make_imbalanced_texts(120, n_classes=2, imbalance=3, random_state=0)
# All of one length, as what would become a matrix by mistake; tokens may have spaces in them.
ROWS = [[f"{word} x" for word in text.split()[:5]] for text in TEXTS]


def tfidf(**params):
    classifier = TfidfTorchClassifier(max_epochs=1, random_state=0, **params)
    return classifier.set_params(vectorizer__analyzer=pretokenized)


def objects(rows):
    array = np.empty(len(rows), dtype=object)
    for place, row in enumerate(rows):
        array[place] = row
    return array


SEQUENCES = [LSTMClassifier, CNNClassifier, FastTextClassifier, SelfAttentionClassifier]
CONTAINERS = {
    "tuples": tuple(map(tuple, ROWS)),
    "list of arrays": list(map(np.array, ROWS)),
    "array of lists": objects(ROWS),
    "2-D array": np.array(ROWS),
    "Series": pd.Series(ROWS),
    "frame": pd.DataFrame({"tokens": ROWS}),
    "pyarrow": pa.array(ROWS),
    "polars": pl.Series(ROWS),
}


def test_tokens_are_taken_as_they_are():
    fitted = tfidf().fit(ROWS, LABELS)
    assert set(fitted.vectorizer_.vocabulary_) == {token for row in ROWS for token in row}
    network = LSTMClassifier(tokenizer=pretokenized, max_epochs=1).fit(ROWS, LABELS)
    assert set(network.tokenizer_.vocabulary_) == {token for row in ROWS for token in row}
    assert network.tokenize(ROWS[:2]) == ROWS[:2]


@pytest.mark.parametrize("name", CONTAINERS)
def test_tokens_come_in_any_container(name):
    expected = tfidf().fit(ROWS, LABELS).decision_function(ROWS)
    found = tfidf().fit(CONTAINERS[name], LABELS).decision_function(CONTAINERS[name])
    np.testing.assert_array_equal(found, expected)


def test_tokens_give_what_scikit_learn_gives():
    for params in ({"analyzer": pretokenized}, {"analyzer": pretokenized, "min_df": 2}):
        own, other = FastTfidfVectorizer(**params), TfidfVectorizer(**params)
        assert (own.fit_transform(ROWS) != other.fit_transform(ROWS)).nnz == 0
        assert own.vocabulary_ == other.vocabulary_


def test_lists_of_one_token_and_of_none_are_no_column():
    rows = [["a"], ["b"], ["a"], []]
    assert tfidf().fit(rows, [1, 0, 1, 0]).predict([["a"], ["b"]]).tolist() == [1, 0]


@pytest.mark.parametrize("rows", [ROWS, pd.Series(ROWS)], ids=["list", "Series"])
@pytest.mark.parametrize(
    "model",
    [
        tfidf(early_stopping=True),
        tfidf(sampler="over"),
        tfidf(sampler="word_deletion"),
        make_pipeline(tfidf()),
        GridSearchCV(tfidf(), {"loss": ["focal", "hinge"]}, cv=2),
        LossSearchCV(tfidf(), {"loss": ["focal", "cross_entropy"]}, cv=2),
        TunedThresholdsClassifier(tfidf()),
        CalibratedClassifier(tfidf()),
        RebalancedClassifier(tfidf(), sampler="under"),
        BalancedTextBagging(tfidf(), n_estimators=2),
        *[
            kind(tokenizer=pretokenized, max_epochs=1, early_stopping=True, sampler="over")
            for kind in SEQUENCES
        ],
    ],
    ids=lambda model: type(model).__name__,
)
def test_tokens_reach_every_kind_of_model_and_its_pickle(model, rows):
    model.fit(rows, LABELS)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))


def test_a_run_with_checkpoints_takes_tokens(tmp_path):
    network = LSTMClassifier(
        tokenizer=pretokenized, max_epochs=1, checkpoint_dir=tmp_path, random_state=0
    )
    assert network.fit(ROWS, LABELS).predict(ROWS).shape == (120,)


def test_compressed_classifier_takes_tokens():
    small = compress(tfidf().fit(ROWS, LABELS), max_bytes=5000)
    again = pickle.loads(pickle.dumps(small))
    np.testing.assert_array_equal(again.predict(ROWS), small.predict(ROWS))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a"], ["b", 3]], r"X\[1\]\[1\] must be a str; got int 3"),
        ([["a"], ["b", None]], r"X\[1\]\[1\] must be a str; got None"),
        ([["a"], "b c"], r"X\[1\] must be a list of tokens, as X\[0\] is; got str 'b c'"),
        ([["a"], None], r"X\[1\] must be a list of tokens"),
        (["a b", ["c"]], r"X\[1\] must be a str; got list"),
    ],
)
@pytest.mark.parametrize("model", [tfidf(), LSTMClassifier(tokenizer=pretokenized)])
def test_what_is_no_token_is_told_with_its_place(model, rows, message):
    with pytest.raises(TypeError, match=message):
        model.fit(rows, [0, 1])


@pytest.mark.parametrize(
    "model",
    [
        TfidfTorchClassifier(),
        TfidfTorchClassifier().set_params(vectorizer__tokenizer=pretokenized),
        TfidfTorchClassifier().set_params(vectorizer__analyzer=str.split),
        LSTMClassifier(),
        LSTMClassifier(tokenizer="characters"),
        LSTMClassifier(tokenizer=WordTokenizer()),
        LSTMClassifier(tokenizer=str.split),
    ],
)
def test_message_for_lists_of_tokens_names_the_way_in(model):
    with pytest.raises(TypeError, match="pretokenized"):
        model.fit(ROWS, LABELS)


def test_texts_are_not_taken_for_tokens():
    with pytest.raises(TypeError, match="got the str 'a b'"):
        tfidf().fit(ROWS, LABELS).predict(["a b"])


def test_functions_without_a_pickle_are_refused_before_texts_are_in_the_message(tmp_path):
    model = tfidf(memory=tmp_path).set_params(vectorizer__analyzer=lambda tokens: tokens)
    with pytest.raises(ValueError, match="set memory=None") as caught:
        model.fit(ROWS, LABELS)
    assert len(str(caught.value)) < 600
    assert caught.value.__cause__ is None
    fitted = model.set_params(memory=None).fit(ROWS, LABELS)
    with pytest.raises(ValueError, match="in place of lambdas"):
        compress(fitted, max_bytes=5000)
