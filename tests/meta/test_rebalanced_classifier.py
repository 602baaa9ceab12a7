"""Hold out, resample, reweight, fit: around any classifier."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.meta import RebalancedClassifier


class Recorder(LogisticRegression):
    """Remembers what it was fitted on."""

    def fit(self, X, y, sample_weight=None):
        type(self).seen = X, y, sample_weight
        return super().fit(X, y, sample_weight)


@pytest.fixture
def numbers():
    X, y = make_classification(400, weights=[0.85], flip_y=0.05, random_state=0)
    return X, np.array(["no", "yes"])[y]


def pipeline(classifier=None):
    return make_pipeline(TfidfVectorizer(), classifier or LogisticRegression())


@pytest.mark.parametrize("sampler", ["over", "under", RandomOverSampler(), RandomUnderSampler()])
@pytest.mark.parametrize("make", [list, np.array, pd.Series], ids=lambda make: make.__name__)
def test_texts_are_resampled_before_a_pipeline(sampler, make, multiclass):
    texts, labels = multiclass
    clf = RebalancedClassifier(pipeline(), sampler=sampler, random_state=0)
    clf.fit(make(texts), labels)
    drawn = labels[clf.sample_indices_]
    assert len(set(np.unique(drawn, return_counts=True)[1])) == 1
    again = pipeline().fit([texts[row] for row in clf.sample_indices_], drawn)
    np.testing.assert_array_equal(clf.predict_proba(texts), again.predict_proba(texts))


def test_weights_follow_their_rows(numbers):
    X, y = numbers
    weight = np.arange(len(y)) + 1.0
    clf = RebalancedClassifier(Recorder(), sampler="over", random_state=0).fit(X, y, weight)
    seen, labels, weights = Recorder.seen
    np.testing.assert_array_equal(weights, weight[clf.sample_indices_])
    np.testing.assert_array_equal(seen, X[clf.sample_indices_])
    np.testing.assert_array_equal(labels, y[clf.sample_indices_])


@pytest.mark.parametrize("sampler", ["over", "under"])
def test_reweighted_rows_have_the_original_shares(sampler, numbers):
    X, y = numbers
    RebalancedClassifier(Recorder(), sampler=sampler, reweight=True, random_state=0).fit(X, y)
    _, labels, weights = Recorder.seen
    assert weights[labels == "yes"].sum() / weights.sum() == pytest.approx((y == "yes").mean())


def test_class_weight_is_computed_after_resampling(numbers):
    X, y = numbers
    RebalancedClassifier(Recorder(), sampler="over", class_weight="balanced").fit(X, y)
    np.testing.assert_allclose(Recorder.seen[2], 1)
    RebalancedClassifier(Recorder(), class_weight="balanced").fit(X, y)
    _, labels, weights = Recorder.seen
    assert weights[labels == "yes"].sum() == pytest.approx(weights[labels == "no"].sum())


def test_weights_reach_the_last_step_of_a_pipeline(multiclass):
    texts, labels = multiclass
    clf = RebalancedClassifier(pipeline(Recorder()), class_weight="balanced").fit(texts, labels)
    assert len(Recorder.seen[2]) == len(texts)
    assert clf.predict(texts).shape == (len(texts),)


def test_classifier_without_weights_is_refused_with_what_to_do(numbers):
    clf = RebalancedClassifier(KNeighborsClassifier(), sampler="over", reweight=True)
    with pytest.raises(TypeError, match=r"KNeighborsClassifier takes no sample_weight.*reweight"):
        clf.fit(*numbers)


def test_synthetic_rows_of_numbers(numbers):
    X, y = numbers
    clf = RebalancedClassifier(Recorder(), sampler=SMOTE(), random_state=0).fit(X, y)
    assert clf.sample_indices_ is None
    assert len(Recorder.seen[0]) == 2 * (y == "no").sum()
    RebalancedClassifier(Recorder(), sampler=SMOTE(), random_state=0).fit(pd.DataFrame(X), y)
    assert len(Recorder.seen[0]) == 2 * (y == "no").sum()


def test_synthetic_rows_of_texts_are_refused(multiclass):
    with pytest.raises(ValueError, match="needs rows of numbers"):
        RebalancedClassifier(pipeline(), sampler=SMOTE()).fit(*multiclass)


def test_rows_are_held_out_before_they_are_copied(multiclass):
    texts, labels = multiclass
    texts = [f"{text} number{i}" for i, text in enumerate(texts)]
    inner = TfidfTorchClassifier(early_stopping=True, random_state=0)
    clf = RebalancedClassifier(inner, sampler="over", validation_fraction=0.2, random_state=0)
    clf.fit(texts, labels)
    held = sorted(set(range(len(texts))) - set(clf.sample_indices_.tolist()))
    assert len(held) == pytest.approx(0.2 * len(texts), abs=3)
    vocabulary = clf.estimator_.vectorizer_.vocabulary_
    assert not any(f"number{row}" in vocabulary for row in held)


def test_inner_early_stopping_on_copies_is_warned_of(multiclass):
    inner = TfidfTorchClassifier(early_stopping=True, max_epochs=2)
    with pytest.warns(UserWarning, match="copies of training rows.*set validation_fraction"):
        RebalancedClassifier(inner, sampler="over").fit(*multiclass)


def test_pure_noise_does_not_fool_early_stopping(rng):
    texts = [" ".join(rng.choice(list("abcdefghijklmnop"), 6)) for _ in range(1500)]
    texts = [f"{text} id{i}" for i, text in enumerate(texts)]
    labels = (rng.uniform(size=1500) < 0.15).astype(int)
    inner = TfidfTorchClassifier(
        vectorizer="count", early_stopping=True, scoring="balanced_accuracy", random_state=0
    ).set_params(vectorizer__token_pattern=r"\S+")
    clf = RebalancedClassifier(inner, sampler="over", validation_fraction=0.3, random_state=0)
    clf.fit(texts, labels)
    assert clf.estimator_.best_validation_score_ == pytest.approx(0.5, abs=0.1)


def test_search_over_samplers_and_inner_parameters(multiclass):
    grid = {
        "sampler": [None, "over", RandomUnderSampler()],
        "estimator__logisticregression__C": [1, 10],
    }
    search = GridSearchCV(RebalancedClassifier(pipeline(), random_state=0), grid, cv=2)
    assert search.fit(*multiclass).best_score_ > 0.8


def test_metadata_routing_brings_weights_to_the_inner_classifier(numbers):
    X, y = numbers
    weight = np.arange(len(y)) + 1.0
    with config_context(enable_metadata_routing=True):
        inner = Recorder().set_fit_request(sample_weight=True)
        clf = RebalancedClassifier(inner, sampler="under", random_state=0)
        clf.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        cross_validate(clf, X, y, params={"sample_weight": weight}, cv=2, error_score="raise")
        assert Recorder.seen[2] is not None
        assert len(Recorder.seen[2]) == len(Recorder.seen[1])
        clone(clf).fit(X, y, sample_weight=weight)
        np.testing.assert_array_equal(Recorder.seen[2], [weight[(row == X).all(axis=1)][0]
                                                         for row in Recorder.seen[0]])  # fmt: skip


def test_multilabel_rows_are_resampled(multilabel):
    texts, y = multilabel
    clf = RebalancedClassifier(TfidfTorchClassifier(random_state=0), sampler="over", random_state=0)
    assert clf.fit(texts, y).predict(texts).shape == y.shape
    with pytest.raises(ValueError, match="weighs labels, not rows"):
        clf.set_params(class_weight="balanced").fit(texts, y)


def test_methods_are_those_of_the_classifier(numbers):
    assert not hasattr(RebalancedClassifier(LinearSVC()), "predict_proba")
    clf = RebalancedClassifier(LinearSVC(), sampler="over", random_state=0).fit(*numbers)
    assert clf.decision_function(numbers[0]).shape == (400,)
    assert clf.classes_.tolist() == ["no", "yes"]


def test_batches_drawn_per_epoch_are_refused(numbers):
    with pytest.raises(ValueError, match="draws rows for every epoch"):
        RebalancedClassifier(LinearSVC(), sampler="balanced_batches").fit(*numbers)


def test_oversampling_raises_the_recall_of_rare_classes(numbers):
    X, y = numbers
    plain = LogisticRegression().fit(X, y).predict(X)
    clf = RebalancedClassifier(LogisticRegression(), sampler="over", random_state=0).fit(X, y)
    assert balanced_accuracy_score(y, clf.predict(X)) > balanced_accuracy_score(y, plain)


def test_validation_rows_are_given_or_held_out_not_both(multiclass):
    texts, labels = multiclass
    inner = TfidfTorchClassifier(early_stopping=True, random_state=0)
    clf = RebalancedClassifier(inner, sampler="over", random_state=0)
    clf.fit(texts, labels, X_val=texts[:20], y_val=labels[:20])  # no warning of copies
    with pytest.raises(ValueError, match="give one of the two"):
        clf.set_params(validation_fraction=0.2).fit(texts, labels, X_val=texts, y_val=labels)


def test_parameter_per_row_is_refused_for_made_rows(numbers):
    with pytest.raises(ValueError, match="there is no groups"):
        RebalancedClassifier(Recorder(), sampler=SMOTE()).fit(*numbers, groups=np.arange(400))
