"""The public checks of text classifiers catch those that break a promise."""

import random
from functools import cache
from unittest import SkipTest

import numpy as np
import pytest
import torch

from sktext import TfidfTorchClassifier
from sktext.testing import check_text_classifier, text_classifier_checks


class Broken(TfidfTorchClassifier):
    """A base whose parameters are those of the classifier that is broken."""


class LooksAround(Broken):
    def predict_proba(self, X):
        proba = super().predict_proba(X) + super().predict_proba(X).mean(axis=0)
        return proba / proba.sum(axis=1, keepdims=True)


class SeedsNumpy(Broken):
    def fit(self, X, y, sample_weight=None):
        np.random.seed(0)
        return super().fit(X, y, sample_weight)


class DrawsFromRandom(Broken):
    def predict_proba(self, X):
        random.random()
        return super().predict_proba(X)


class ForgetsItsSeed(Broken):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        with torch.no_grad():
            bias = self.net_.module_.head.bias
            bias += 1e-3 * torch.randn(bias.shape)
        return self


class IgnoresWeights(Broken):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y)


class KnowsRowsOfNoWeight(Broken):
    def fit(self, X, y, sample_weight=None):
        weight = None if sample_weight is None else np.maximum(sample_weight, 1e-9)
        return super().fit(X, y, weight)


class KeepsTexts(Broken):
    def fit(self, X, y, sample_weight=None):
        self.texts_ = np.array(X)
        return super().fit(X, y, sample_weight)


class AnswersCodes(Broken):
    def predict(self, X):
        return np.searchsorted(self.classes_, super().predict(X))


class ReversesClasses(Broken):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.classes_ = self.classes_[::-1]
        return self


class WritesParameters(Broken):
    def fit(self, X, y, sample_weight=None):
        self.max_epochs = 3
        return super().fit(X, y, sample_weight)


class WritesTexts(Broken):
    def fit(self, X, y, sample_weight=None):
        if isinstance(X, np.ndarray):
            X[0] = "overwritten"
        return super().fit(X, y, sample_weight)


class TakesNone(Broken):
    def _make_features(self):
        features = super()._make_features()
        check = features.check
        features.check = lambda X, **how: check([text or "" for text in X], **how)
        return features


class Unnormalised(Broken):
    def predict_proba(self, X):
        return 2 * super().predict_proba(X)


class GoesOn(Broken):
    def fit(self, X, y, sample_weight=None):
        self.fits_ = getattr(self, "fits_", 0) + 1
        super().fit(X, y, sample_weight)
        with torch.no_grad():
            self.net_.module_.head.bias *= self.fits_
        return self


class LearnsWordsOfAllRows(Broken):
    def _make_features(self):
        features = super()._make_features()
        learn = features.fit_transform

        def learn_of_all(X, target, weight=None):
            learn(X, target, weight)
            features.fitted.fit(self.texts_)
            return features.transform(X)

        features.fit_transform = learn_of_all
        return features

    def fit(self, X, y, sample_weight=None):
        self.texts_ = X
        return super().fit(X, y, sample_weight)


class GuessesUnfitted(Broken):
    def predict(self, X):
        return super().predict(X) if hasattr(self, "net_") else np.zeros(len(X))


class DoesNotReturnItself(Broken):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)


BROKEN = {
    LooksAround: "check_prediction_does_not_depend_on_its_batch",
    SeedsNumpy: "check_global_generators_are_left_alone",
    DrawsFromRandom: "check_global_generators_are_left_alone",
    ForgetsItsSeed: "check_seed_decides_everything",
    IgnoresWeights: "check_weights_matter",
    KnowsRowsOfNoWeight: "check_weight_zero_is_a_row_left_out",
    KeepsTexts: "check_model_keeps_no_training_text",
    AnswersCodes: "check_labels_of_any_kind_come_back",
    ReversesClasses: "check_classes_are_sorted_labels",
    WritesParameters: "check_fit_leaves_its_arguments_alone",
    WritesTexts: "check_fit_leaves_its_arguments_alone",
    TakesNone: "check_non_texts_are_refused_by_place",
    Unnormalised: "check_probabilities_are_probabilities",
    GoesOn: "check_second_fit_forgets_the_first",
    LearnsWordsOfAllRows: "check_held_out_words_are_unknown",
    GuessesUnfitted: "check_unfitted_says_so",
    DoesNotReturnItself: "check_score_is_accuracy",
}


@cache
def failures(cls):
    """Names of the checks that a class fails, with what they say."""
    clf, failed = cls(vectorizer="count", max_epochs=1), {}
    for name, check in text_classifier_checks(clf, slow=False):
        if name != BROKEN.get(cls, name):
            continue
        try:
            check(clf)
        except SkipTest:
            continue
        except Exception as error:
            failed[name] = error
    return failed


def test_the_classifier_that_is_broken_below_is_whole():
    assert failures(Broken) == {}


@pytest.mark.parametrize("cls", BROKEN, ids=lambda cls: cls.__name__)
def test_broken_promise_is_caught_by_its_check(cls):
    failed = failures(cls)
    assert BROKEN[cls] in failed
    assert isinstance(failed[BROKEN[cls]], AssertionError)
    assert "must" in str(failed[BROKEN[cls]]) or "changes nothing" in str(failed[BROKEN[cls]])


def test_check_raises_the_first_failure():
    with pytest.raises(AssertionError, match="must"):
        check_text_classifier(AnswersCodes(max_epochs=1), slow=False)


def test_failure_that_is_expected_is_a_skip():
    checks = text_classifier_checks(
        AnswersCodes(), expected_failed_checks={"check_labels_of_any_kind_come_back": "codes"}
    )
    with pytest.raises(SkipTest, match="fails as expected: codes"):
        dict(checks)["check_labels_of_any_kind_come_back"](AnswersCodes(max_epochs=1))


def test_expected_failure_that_passes_is_an_error():
    clf = TfidfTorchClassifier(max_epochs=1)
    checks = text_classifier_checks(clf, expected_failed_checks={"check_score_is_accuracy": "old"})
    with pytest.raises(AssertionError, match="take it out of expected_failed_checks"):
        dict(checks)["check_score_is_accuracy"](clf)


def test_unknown_name_of_an_expected_failure_is_refused():
    with pytest.raises(ValueError, match=r"\['check_nothing'\], which are no checks"):
        text_classifier_checks(Broken(), expected_failed_checks={"check_nothing": ""})


def test_every_check_says_in_a_sentence_what_it_claims():
    for name, check in text_classifier_checks(Broken()):
        assert check.__doc__.strip().endswith("."), name
