"""Compressed classifiers are as small as asked for, and predict nearly as well."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

from sktext import TfidfTorchClassifier, TorchClassifier, compress
from sktext.classifiers._compressed_classifier import scaled_to_int8
from sktext.datasets import make_imbalanced_texts
from sktext.features import FastTfidfVectorizer
from sktext.meta import CalibratedClassifier

TEXTS, TOPICS = make_imbalanced_texts(n_samples=400, random_state=0)
LABELS = {
    "multiclass": TOPICS,
    "binary": np.where(np.asarray(TOPICS) == TOPICS[0], "first", "other"),
    "multilabel": np.stack([np.asarray(TOPICS) != topic for topic in np.unique(TOPICS)], axis=1)
    * 1,
}
PLENTY = 10**6


def fitted(task="multiclass", **params):
    params = {"vectorizer": "words"} | params
    return TfidfTorchClassifier(random_state=0, **params).fit(TEXTS, LABELS[task])


@pytest.mark.parametrize("max_bytes", [2_500, 3_000, 3_500])
def test_the_pickle_is_no_larger_than_asked_and_uses_the_room(max_bytes):
    classifier = fitted()
    size = len(pickle.dumps(compress(classifier, max_bytes=max_bytes)))
    everything = len(pickle.dumps(compress(classifier, max_bytes=PLENTY)))
    assert min(everything, 0.95 * max_bytes) <= size <= max_bytes


@pytest.mark.parametrize("task", LABELS)
def test_eight_bits_alone_hardly_move_probabilities(task):
    classifier = fitted(task)
    small = compress(classifier, max_bytes=PLENTY)
    assert small.weights.dtype == np.int8
    assert len(small.weights) == len(classifier.coef_.T)
    probabilities = classifier.predict_proba(TEXTS)
    np.testing.assert_allclose(small.predict_proba(TEXTS), probabilities, atol=0.05)
    assert small.decision_function(TEXTS).shape == classifier.decision_function(TEXTS).shape
    np.testing.assert_array_equal(small.classes_, classifier.classes_)
    assert small.score(TEXTS, LABELS[task]) >= classifier.score(TEXTS, LABELS[task]) - 0.01


def test_fewer_terms_cost_little_accuracy():
    classifier = fitted()
    small = compress(classifier, max_bytes=3_000)
    assert len(small.weights) < classifier.coef_.shape[1]
    assert small.score(TEXTS, TOPICS) >= classifier.score(TEXTS, TOPICS) - 0.05


@pytest.mark.parametrize("vectorizer", ["words+pairs", "count"])
def test_a_copy_from_a_file_predicts_the_same(vectorizer):
    small = compress(fitted(vectorizer=vectorizer), max_bytes=3_000)
    copy = pickle.loads(pickle.dumps(small))
    np.testing.assert_array_equal(copy.predict_proba(TEXTS), small.predict_proba(TEXTS))
    assert copy.predict(TEXTS[:5]).tolist() == small.predict(TEXTS[:5]).tolist()
    assert is_classifier(copy)


def test_terms_of_any_characters_come_back_from_a_file():
    texts = ["a\nb\0c", "\ud800 x", '"q" \\', "é\u2028ü"] * 3
    classifier = TfidfTorchClassifier(random_state=0).set_params(vectorizer__analyzer="char")
    small = compress(classifier.fit(texts, [0, 1, 0, 1] * 3), max_bytes=PLENTY)
    assert pickle.loads(pickle.dumps(small)).vectorizer.vocabulary_ == small.vectorizer.vocabulary_


def test_the_classifier_stays_as_it_is():
    classifier = fitted()
    before = classifier.predict_proba(TEXTS)
    pickle.dumps(compress(classifier, max_bytes=3_000))
    np.testing.assert_array_equal(classifier.predict_proba(TEXTS), before)


def test_terms_that_were_given_and_dropped_take_no_room():
    terms = [*fitted().vectorizer_.vocabulary_, *(f"other {i}" for i in range(9999))]
    given = FastTfidfVectorizer(vocabulary=terms)
    small = compress(fitted(vectorizer=given), max_bytes=3_000)
    assert len(pickle.dumps(small)) <= 3_000
    assert small.score(TEXTS, TOPICS) > 0.9


class ByColumns(FastTfidfVectorizer):
    """A vectorizer of your own, whose matrices are not by rows."""

    def transform(self, raw_documents):
        return super().transform(raw_documents).tocsc()


class Dense(FastTfidfVectorizer):
    """A vectorizer of your own, whose matrices are dense."""

    def transform(self, raw_documents):
        return super().transform(raw_documents).toarray()


@pytest.mark.parametrize("kind", [ByColumns, Dense])
def test_matrices_of_a_vectorizer_of_your_own_may_be_of_any_kind(kind):
    classifier = fitted(vectorizer=kind())
    small = compress(classifier, max_bytes=PLENTY)
    expected = classifier.predict_proba(TEXTS)
    np.testing.assert_allclose(small.predict_proba(TEXTS), expected, atol=0.05)


def test_tags_say_that_it_takes_texts():
    tags = get_tags(compress(fitted(), max_bytes=PLENTY)).input_tags
    assert tags.string
    assert not tags.two_d_array


def test_a_loss_without_probabilities_stays_without():
    small = compress(fitted("binary", loss="hinge"), max_bytes=PLENTY)
    assert not hasattr(small, "predict_proba")
    assert small.score(TEXTS, LABELS["binary"]) > 0.9


def test_every_output_has_its_own_scale():
    weights = np.array([[1.0, -100.0, 0.0], [-0.5, 50.0, 0.0]], dtype=np.float32)
    integers, scales = scaled_to_int8(weights)
    assert integers.tolist() == [[127, -127, 0], [-64, 64, 0]]
    assert (np.abs(integers * scales - weights) <= scales / 2).all()


@pytest.mark.parametrize(
    ("classifier", "error", "message"),
    [
        (TfidfTorchClassifier(), NotFittedError, "not fitted"),
        (TfidfTorchClassifier(hidden_layer_sizes=(4,)), ValueError, "hidden layers"),
        (TfidfTorchClassifier("hashing", optimizer="adagrad"), TypeError, "has a vocabulary"),
    ],
)
def test_what_cannot_be_compressed_is_refused(classifier, error, message):
    if error is not NotFittedError:
        classifier.fit(TEXTS, TOPICS)
    with pytest.raises(error, match=message):
        compress(classifier, max_bytes=PLENTY)


@pytest.mark.parametrize(
    "other",
    [TorchClassifier(), GridSearchCV(TfidfTorchClassifier(), {}), LogisticRegression()],
    ids=lambda other: type(other).__name__,
)
def test_what_is_no_classifier_of_texts_is_refused(other):
    with pytest.raises(TypeError, match=f"got {type(other).__name__}. Of a search or a Pipeline"):
        compress(other, max_bytes=PLENTY)


@pytest.mark.parametrize(
    ("max_bytes", "error"), [(10, ValueError), (-1, ValueError), (1.5, TypeError)]
)
def test_too_little_room_is_refused(max_bytes, error):
    with pytest.raises(error, match="max_bytes"):
        compress(fitted(), max_bytes=max_bytes)


def test_compressed_classifier_is_calibrated_as_it_is_and_never_fitted():
    small = compress(fitted(), max_bytes=PLENTY)
    calibrated = CalibratedClassifier(FrozenEstimator(small)).fit(TEXTS, TOPICS)
    assert calibrated.predict_proba(TEXTS[:3]).shape == (3, len(small.classes_))
    assert clone(small) is small
    assert small.set_params() is small
    for change in (lambda: small.fit(TEXTS, TOPICS), lambda: small.set_params(loss="focal")):
        with pytest.raises(TypeError, match="compress that again"):
            change()
