"""Calibration: agreement with scikit-learn, labels, classes, weights, posteriors, copies."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.meta import CalibratedClassifier, TunedThresholdsClassifier
from sktext.sampling import prior_shift

LEARNT = ["temperature", "vector", "sigmoid", "isotonic"]


def of_labels(**params):
    return CalibratedClassifier(OneVsRestClassifier(LogisticRegression()), random_state=0, **params)


@pytest.mark.parametrize("method", ["temperature", "sigmoid", "isotonic"])
@pytest.mark.parametrize("data", ["numbers", "classes"])
def test_probabilities_are_those_of_scikit_learn(method, data, request):
    if method == "temperature":
        pytest.importorskip("sklearn", "1.8")  # the first with temperature scaling
    X, y = request.getfixturevalue(data)
    weight = np.linspace(0.5, 2, len(y))
    cv = StratifiedKFold(4)
    inner = LinearSVC(random_state=0)
    own = CalibratedClassifier(inner, method=method, cv=cv).fit(X, y, sample_weight=weight)
    oracle = CalibratedClassifierCV(inner, method=method, cv=cv, ensemble=False)
    oracle.fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(own.predict_proba(X), oracle.predict_proba(X), atol=1e-3)


@pytest.mark.parametrize("method", LEARNT)
@pytest.mark.parametrize("data", ["numbers", "classes", "labels"])
def test_probabilities_are_valid_and_better_than_those_of_a_sure_classifier(method, data, request):
    X, y = request.getfixturevalue(data)
    inner = RandomForestClassifier(10, random_state=0)
    clf = CalibratedClassifier(inner, method=method, random_state=0).fit(X[::2], y[::2])
    proba = clf.predict_proba(X[1::2])
    assert ((proba >= 0) & (proba <= 1)).all()
    if data == "labels":
        assert proba.shape == y[1::2].shape
        np.testing.assert_array_equal(clf.predict(X[1::2]), proba > 0.5)
        return
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    np.testing.assert_array_equal(clf.predict(X), clf.classes_[clf.predict_proba(X).argmax(1)])
    raw = clone(inner).fit(X[::2], y[::2]).predict_proba(X[1::2])
    assert log_loss(y[1::2], proba) < log_loss(y[1::2], raw)


def test_temperature_keeps_the_order_of_the_rows(numbers):
    X, y = numbers
    clf = CalibratedClassifier(LinearSVC(), random_state=0).fit(X, y)
    order = np.argsort(clf.estimator_.decision_function(X))
    assert (np.diff(clf.predict_proba(X)[order, 1]) >= 0).all()


@pytest.mark.parametrize("method", LEARNT)
def test_labels_do_not_depend_on_each_other(method, labels):
    X, y = labels
    cv = [(np.arange(0, 100), np.arange(100, 200)), (np.arange(100, 200), np.arange(0, 100))]
    both = of_labels(method=method, cv=cv).fit(X, y).predict_proba(X)
    alone = of_labels(method=method, cv=cv).fit(X, y[:, 1:3]).predict_proba(X)
    np.testing.assert_allclose(both[:, 1:3], alone, atol=1e-9)


@pytest.mark.filterwarnings("ignore:Label .* is present in all training examples")
@pytest.mark.parametrize(
    "inner", [OneVsRestClassifier(LinearSVC()), RandomForestClassifier(5, random_state=0)]
)
def test_labels_of_few_rows_share_a_temperature(inner, labels):
    X, y = labels
    y = np.column_stack([y, np.arange(200) == 3, np.zeros(200, int), np.ones(200, int)])
    clf = CalibratedClassifier(inner, method="isotonic", random_state=0).fit(X, y)
    assert clf.fallback_.tolist() == [False] * 4 + [True] * 3
    proba = clf.predict_proba(X)
    assert proba[3, 4] == proba[:, 4].max()
    np.testing.assert_allclose(proba[:, 5], 1 / 202)  # no row has it
    np.testing.assert_allclose(proba[:, 6], 201 / 202)


@pytest.mark.parametrize("method", LEARNT)
def test_class_of_one_row_is_survived(method, classes):
    X, y = classes
    y = y.astype(object)
    y[0] = "rare"
    for inner in (LogisticRegression(), GaussianNB()):
        clf = CalibratedClassifier(inner, method=method, random_state=0).fit(X, y)
        assert clf.fallback_.tolist() == [False] * 3 + [method != "temperature"]
        usual = CalibratedClassifier(inner, method=method, random_state=0).fit(X[1:], y[1:])
        gap = np.abs(clf.predict_proba(X)[:, :3] - usual.predict_proba(X))
        assert gap.mean() < 0.05


def test_labels_that_were_not_observed_are_left_out(labels):
    X, y = labels
    inner = FrozenEstimator(OneVsRestClassifier(LogisticRegression()).fit(X, y))
    hidden = np.where((np.arange(200) % 2 == 0)[:, None], y, -1)
    half = CalibratedClassifier(inner, method="vector").fit(X[::2], y[::2])
    whole = CalibratedClassifier(inner, method="vector").fit(X, hidden)
    np.testing.assert_allclose(half.predict_proba(X), whole.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("method", LEARNT)
def test_weight_two_equals_two_copies(method, classes):
    X, y = classes
    inner = FrozenEstimator(LogisticRegression().fit(X[:200], y[:200]))
    weight = np.arange(200) % 3
    copies = np.repeat(np.arange(200, 400), weight)
    clf = CalibratedClassifier(inner, method=method, min_positives=1)
    weighted = clf.fit(X[200:], y[200:], sample_weight=weight).predict_proba(X)
    copied = clf.fit(X[copies], y[copies]).predict_proba(X)
    np.testing.assert_allclose(weighted, copied, atol=1e-5)


def test_frozen_classifier_stays_and_keeps_its_classes(classes):
    X, y = classes
    inner = LogisticRegression().fit(X, y)
    some = y != "c"
    clf = CalibratedClassifier(FrozenEstimator(inner)).fit(X[some], y[some])
    assert clf.estimator_.estimator is inner
    assert clf.classes_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(clf.predict(X), inner.predict(X))


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "logit_adjustment"])
@pytest.mark.parametrize("data", ["binary", "multiclass", "multilabel"])
def test_posterior_is_that_of_the_loss(loss, data, request):
    texts, y = request.getfixturevalue(data)
    clf = CalibratedClassifier(TfidfTorchClassifier(loss=loss, random_state=0), method="posterior")
    inner = clf.fit(texts, y).estimator_
    expected = inner.loss_.posterior(torch.from_numpy(inner.decision_function(texts)))
    np.testing.assert_allclose(clf.predict_proba(texts), expected)
    assert not clf.fallback_.any()


@pytest.mark.parametrize("params", [{"class_weight": "balanced"}, {"sampler": "over"}])
@pytest.mark.parametrize("data", ["binary", "multiclass"])
def test_posterior_takes_weights_and_resampling_back(params, data, request):
    texts, y = request.getfixturevalue(data)
    inner = TfidfTorchClassifier(random_state=0, **params)
    clf = CalibratedClassifier(inner, method="posterior").fit(texts, y)
    shares = np.array([(y == label).mean() for label in clf.classes_])
    even = np.full(len(shares), 1 / len(shares))
    raw = clf.estimator_.predict_proba(texts)
    expected = prior_shift(raw, even, shares)
    np.testing.assert_allclose(clf.predict_proba(texts), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("inner", "data", "message"),
    [
        (LogisticRegression(), "numbers", "LogisticRegression has none.*'isotonic'"),
        (TfidfTorchClassifier(loss="margin_ce"), "binary", "MarginCELoss has none"),
        (TfidfTorchClassifier(sampler="over"), "multilabel", "cannot correct for sampler='over'"),
    ],
)
def test_posterior_that_there_is_not_is_refused(inner, data, message, request):
    with pytest.raises(ValueError, match=message):
        CalibratedClassifier(inner, method="posterior").fit(*request.getfixturevalue(data))


@pytest.mark.parametrize("method", ["vector", "sigmoid", "isotonic"])
def test_shares_of_the_data_come_back_after_resampling(method, binary):
    texts, y = binary
    inner = TfidfTorchClassifier(sampler="over", random_state=0)
    clf = CalibratedClassifier(inner, method=method, random_state=0).fit(texts, y)
    assert clf.predict_proba(texts)[:, 0].mean() == pytest.approx((y == "billing").mean(), abs=0.05)


def test_labels_go_out_in_their_container(labels):
    X, y = labels
    names = ["p", "q", "r", "s"]
    clf = of_labels().fit(X, pd.DataFrame(y, columns=names))
    assert clf.predict(X).columns.tolist() == names
    assert clf.classes_.tolist() == names


def test_copies_and_searches_work(numbers):
    X, y = numbers
    clf = CalibratedClassifier(LinearSVC(), random_state=0)
    again = pickle.loads(pickle.dumps(clone(clf).fit(X, y)))
    np.testing.assert_array_equal(again.predict_proba(X), clf.fit(X, y).predict_proba(X))
    assert not hasattr(clf, "decision_function")
    search = GridSearchCV(clf, {"method": LEARNT, "estimator__C": [0.1]}, cv=2).fit(X, y)
    assert search.best_estimator_.estimator.C == 0.1
    tuned = TunedThresholdsClassifier(clf, cv=2, random_state=0).fit(X, y)
    assert 0 < tuned.thresholds_[0] < 1


def test_weights_are_routed_on_request(numbers):
    X, y = numbers
    with config_context(enable_metadata_routing=True):
        inner = LogisticRegression().set_fit_request(sample_weight=True)
        clf = CalibratedClassifier(inner, cv=StratifiedKFold(2))
        routed = clf.fit(X, y, sample_weight=np.arange(400) + 1.0).predict_proba(X)
    direct = clf.fit(X, y, sample_weight=np.arange(400) + 1.0).predict_proba(X)
    np.testing.assert_array_equal(routed, direct)
