"""Rare labels, weights, frozen classifiers, texts, copies and checks around thresholds."""

import pickle

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_backend
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.meta import RecallAtPrecision, TunedThresholdsClassifier
from sktext.testing import text_classifier_checks


class Recorder(LogisticRegression):
    """Remembers the weights of every fit."""

    seen = []

    def fit(self, X, y, sample_weight=None):
        self.seen.append(sample_weight)
        return super().fit(X, y, sample_weight)


class OwnScores(ClassifierMixin, BaseEstimator):
    """Answers with its rows."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return X[:, 0] if X.shape[1] == 1 else X


@pytest.mark.filterwarnings("ignore:Label .* is present in all training examples")
@pytest.mark.parametrize(
    "inner", [OneVsRestClassifier(LinearSVC()), RandomForestClassifier(5, random_state=0)]
)
def test_labels_of_few_rows_keep_the_threshold_of_the_classifier(inner, labels):
    X, y = labels
    y = np.column_stack([y, np.zeros(200, int), np.ones(200, int), np.arange(200) == 3])
    clf = TunedThresholdsClassifier(inner, random_state=0).fit(X, y)
    default = 0.5 if isinstance(inner, RandomForestClassifier) else 0.0
    assert clf.fallback_.tolist() == [False] * 4 + [True, True, False]
    assert (clf.thresholds_[[4, 5]] == default).all()
    answers = clf.predict(X)
    assert answers[:, 4].sum() == 0
    assert answers[:, 5].all()
    clf.set_params(min_positives=2).fit(X, y)
    assert clf.fallback_[6]
    assert clf.thresholds_[6] == default


def test_class_of_one_row_is_survived(classes):
    X, y = classes
    y = y.astype(object)
    y[0] = "rare"
    for inner in (LogisticRegression(), LinearSVC()):
        clf = TunedThresholdsClassifier(inner, min_positives=2, random_state=0).fit(X, y)
        assert clf.fallback_.tolist() == [False, False, False, True]
        assert set(clf.predict(X)) <= {"a", "b", "c", "rare"}


def test_at_least_one_label_if_wished(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LinearSVC()), objective=RecallAtPrecision(1.0), random_state=0
    ).fit(X, y)
    bare = clf.predict(X)
    assert not bare.any(axis=1).all()
    full = clf.set_params(at_least_one=True).predict(X)
    assert full.any(axis=1).all()
    some = bare.any(axis=1)
    np.testing.assert_array_equal(full[some], bare[some])
    assert (full[~some].sum(axis=1) == 1).all()


def test_weights_reach_the_classifier_and_the_objective(numbers):
    X, y = numbers
    weight = np.linspace(0.5, 2, 400)
    Recorder.seen.clear()
    TunedThresholdsClassifier(Recorder(), cv=4, random_state=0).fit(X, y, sample_weight=weight)
    assert sorted(map(len, Recorder.seen)) == [300] * 4 + [400]
    heavy = np.where(y == "yes", 30.0, 1.0)
    plain = TunedThresholdsClassifier(GaussianNB(), objective="accuracy", random_state=0)
    untaught = KNeighborsClassifier(15)  # takes no weights itself
    plain.set_params(estimator=untaught)
    before = plain.fit(X, y).thresholds_[0]
    assert plain.fit(X, y, sample_weight=heavy).thresholds_[0] < before


def test_weight_zero_is_a_row_left_out(labels):
    X, y = labels
    weight = (np.arange(200) % 3 > 0).astype(float)
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    by_weight = clf.fit(X, y, sample_weight=weight).thresholds_
    kept = weight > 0
    np.testing.assert_array_equal(by_weight, clf.fit(X[kept], y[kept]).thresholds_)


def test_weights_are_routed_on_request(numbers):
    X, y = numbers
    with config_context(enable_metadata_routing=True):
        inner = Recorder().set_fit_request(sample_weight=True)
        Recorder.seen.clear()
        TunedThresholdsClassifier(inner, cv=2).fit(X, y, sample_weight=np.arange(400) + 1.0)
        assert [len(weight) for weight in Recorder.seen] == [400, 200, 200]


def test_frozen_classifier_stays_what_it_is():
    scores = np.array([[3.0], [2.0], [1.0], [0.5], [0.2], [0.1]])
    y = np.array([1, 1, 1, 0, 0, 0])
    frozen = FrozenEstimator(OwnScores().fit(scores, y))
    split = [([0, 5], np.arange(6))]
    clf = TunedThresholdsClassifier(frozen, cv=split).fit(scores, y)
    assert clf.thresholds_.tolist() == [0.75]
    np.testing.assert_array_equal(clf.predict(scores), y)


@pytest.mark.parametrize("make", [list, np.array, pd.Series], ids=lambda make: make.__name__)
def test_texts_in_any_container(make, multilabel):
    texts, y = multilabel
    inner = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LinearSVC(random_state=0)))
    clf = TunedThresholdsClassifier(inner, random_state=0).fit(make(texts), y)
    expected = clone(clf).fit(texts, y)
    np.testing.assert_array_equal(clf.thresholds_, expected.thresholds_)
    np.testing.assert_array_equal(clf.predict(make(texts)), expected.predict(texts))


def test_around_a_torch_classifier(multilabel, multiclass):
    for texts, y in (multilabel, multiclass):
        inner = TfidfTorchClassifier(max_epochs=2, random_state=0)
        clf = TunedThresholdsClassifier(inner, cv=2, random_state=0).fit(texts, y)
        assert clf.predict(texts).shape == y.shape


def test_parallel_fits_pickles_and_search(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    one = clone(clf).fit(X, y)
    with_threads = clone(clf).set_params(n_jobs=2)
    with parallel_backend("threading"):
        np.testing.assert_array_equal(with_threads.fit(X, y).thresholds_, one.thresholds_)
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(again.predict(X), one.predict(X))
    grid = {"objective__beta": [0.5, 2], "estimator__estimator__C": [0.1, 1]}
    search = GridSearchCV(clf, grid, scoring="f1_macro", cv=2).fit(X, y)
    assert search.best_params_.keys() == grid.keys()
    assert clone(clf).set_params(objective__beta=2).objective.beta == 2


def test_methods_are_those_of_the_classifier(numbers):
    clf = TunedThresholdsClassifier(LinearSVC())
    assert not hasattr(clf, "predict_proba")
    assert clf.fit(*numbers).decision_function(numbers[0]).shape == (400,)


def around_a_pipeline():
    with config_context(enable_metadata_routing=True):
        asking = LogisticRegression().set_fit_request(sample_weight=True)
    return TunedThresholdsClassifier(make_pipeline(TfidfVectorizer(), asking), cv=3)


THRESHOLDS = "thresholds, not the largest score, decide"
EXPECTED = {
    "check_column_of_texts_is_a_container": "vectorizers of scikit-learn take one dimension",
    "check_non_texts_are_refused_by_place": "its vectorizers do not say where",
    "check_shapes_that_are_no_texts_are_refused": "its vectorizers speak of the vocabulary",
    "check_tags_tell_of_texts": "a Pipeline passes no tag of texts on",
    "check_probabilities_are_probabilities": THRESHOLDS,
    "check_decision_values_point_at_the_prediction": THRESHOLDS,
    "check_scale_of_weights_does_not_matter": "its penalty counts less next to larger weights",
}


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=name)
        for name, check in text_classifier_checks(
            around_a_pipeline(), expected_failed_checks=EXPECTED, slow=False
        )
    ],
)
def test_passes_the_checks_of_text_classifiers(check):
    check(around_a_pipeline())
