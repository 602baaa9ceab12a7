"""Thresholds around classifiers of all kinds of y, X and answers."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import logit
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sktext.meta import TunedThresholdsClassifier

MULTILABEL = [
    OneVsRestClassifier(LinearSVC()),
    OneVsRestClassifier(LogisticRegression()),
    MultiOutputClassifier(GaussianNB()),
    ClassifierChain(LogisticRegression(), random_state=0),
    RandomForestClassifier(20, random_state=0),
    DecisionTreeClassifier(max_depth=3, random_state=0),
    KNeighborsClassifier(),
    MLPClassifier((4,), max_iter=30, random_state=0),
]
ONE_LABEL = [LinearSVC(), LogisticRegression(), GaussianNB(), SVC(), KNeighborsClassifier()]


@pytest.mark.parametrize("estimator", MULTILABEL, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("strategy", ["micro_macro", "per_label", "global"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_multilabel_answers_of_all_shapes(estimator, strategy, labels):
    X, y = labels
    clf = TunedThresholdsClassifier(estimator, strategy=strategy, cv=3, random_state=0).fit(X, y)
    assert clf.thresholds_.shape == clf.objective_values_.shape == clf.fallback_.shape == (4,)
    assert clf.fold_thresholds_.shape == (3, 4)
    assert clf.classes_.tolist() == [0, 1, 2, 3]
    answers = clf.predict(X)
    assert answers.shape == y.shape
    assert set(np.unique(answers)) <= {0, 1}
    assert not clf.fallback_.any()
    assert clf.best_score_ == pytest.approx(clf.objective_values_.mean())


@pytest.mark.parametrize("strategy", ["micro_macro", "per_label", "global"])
def test_thresholds_of_labels_are_the_same_from_probabilities_and_their_log_odds(strategy, labels):
    X, y = labels
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LogisticRegression(C=100)), strategy=strategy, cv=3, random_state=0
    )
    by_log_odds = clone(clf).set_params(response_method="decision_function").fit(X, y)
    by_probability = clf.set_params(response_method="predict_proba").fit(X, y)
    np.testing.assert_allclose(logit(by_probability.thresholds_), by_log_odds.thresholds_)


@pytest.mark.parametrize("estimator", ONE_LABEL, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("data", ["numbers", "classes"])
def test_one_label_per_row(estimator, data, request):
    X, y = request.getfixturevalue(data)
    clf = TunedThresholdsClassifier(estimator, cv=3, random_state=0).fit(X, y)
    assert set(clf.predict(X)) <= set(y)
    assert clf.thresholds_.shape == ((1,) if data == "numbers" else (3,))


@pytest.mark.parametrize("estimator", [LinearSVC(), LogisticRegression()])
def test_out_of_fold_macro_f1_of_classes_rises(estimator, classes):
    X, y = classes
    clf = TunedThresholdsClassifier(estimator, random_state=0).fit(X, y)
    plain = f1_score(y, cross_val_predict(estimator, X, y, cv=5), average="macro")
    assert clf.best_score_ > plain


def test_thresholds_of_classes_decide(classes):
    X, y = classes
    clf = TunedThresholdsClassifier(LogisticRegression(), random_state=0).fit(X, y)
    assert clf.thresholds_.sum() == pytest.approx(1)
    answer = np.argmax(clf.predict_proba(X) / clf.thresholds_, axis=1)
    np.testing.assert_array_equal(clf.predict(X), clf.classes_[answer])


def test_thresholds_of_labels_decide(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0
    ).fit(X, y)
    expected = clf.decision_function(X) > clf.thresholds_
    np.testing.assert_array_equal(clf.predict(X), expected)


def test_objective_values_are_those_of_out_of_fold_predictions(labels):
    X, y = labels
    split = PredefinedSplit(np.arange(200) % 5)
    inner = OneVsRestClassifier(LogisticRegression())
    clf = TunedThresholdsClassifier(inner, cv=split).fit(X, y)
    scores = cross_val_predict(inner, X, y, cv=split, method="predict_proba")
    expected = f1_score(y, scores > clf.thresholds_, average=None)
    np.testing.assert_allclose(clf.objective_values_, expected)


@pytest.mark.parametrize("make", [sparse.csr_array, lambda y: y.tolist(), pd.DataFrame])
def test_container_of_labels_does_not_matter(make, labels):
    X, y = labels
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    expected = clf.fit(X, y).thresholds_
    np.testing.assert_array_equal(clf.fit(X, make(y)).thresholds_, expected)
