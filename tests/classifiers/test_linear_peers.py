"""Linear models with losses of scikit-learn's find the minimum that scikit-learn's do."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from sktext import TorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.losses import CombinedLoss, CrammerSingerLoss, HingeLoss

C = 2.0


@pytest.fixture(scope="module")
def data():
    texts, labels = make_imbalanced_texts(
        600, n_classes=6, imbalance=10, difficulty=0.5, random_state=0
    )
    return TfidfVectorizer(sublinear_tf=True).fit_transform(texts), labels


def linear(loss, X, **params):
    params = {"weight_decay": 1 / (C * X.shape[0]), "max_epochs": 200} | params
    return TorchClassifier(loss=loss, optimizer="lbfgs", dtype="float64", **params)


def signed(clf, X, y):
    """Scores of all classes, with the sign turned where the class is wrong."""
    return np.where(y[:, None] == clf.classes_, 1, -1) * clf.decision_function(X)


def squared_hinge(clf, X, y):
    return (np.maximum(0, 1 - signed(clf, X, y)) ** 2).sum(axis=1)


def log_loss_of_each(clf, X, y):
    return np.logaddexp(0, -signed(clf, X, y)).sum(axis=1)


def crammer_singer(clf, X, y):
    scores, right = clf.decision_function(X), y[:, None] == clf.classes_
    best_other = np.where(right, -np.inf, scores).max(axis=1)
    return np.maximum(0, 1 + best_other - scores[right])


# The loss, scikit-learn's model with nearly free biases, and the cost that both minimise.
PEERS = {
    "hinge": ("hinge", LinearSVC(C=C, intercept_scaling=30, tol=1e-6), squared_hinge, 1e-3),
    "bce": (
        "bce",
        OneVsRestClassifier(LogisticRegression(C=C, tol=1e-8, max_iter=1000)),
        log_loss_of_each,
        1e-3,
    ),
    "crammer_singer": (
        CrammerSingerLoss(smoothing=0.02),
        LinearSVC(C=C, multi_class="crammer_singer", intercept_scaling=30, max_iter=100_000),
        crammer_singer,
        1e-2,
    ),
}


@pytest.mark.parametrize("name", PEERS)
def test_minimum_is_that_of_scikit_learn(name, data):
    X, y = data
    loss, peer, cost, tolerance = PEERS[name]
    ours, theirs = linear(loss, X).fit(X, y), peer.fit(X, y)
    values = []
    for clf in (ours, theirs):
        parts = getattr(clf, "estimators_", [clf])
        weights = np.vstack([part.coef_ for part in parts])
        values.append(0.5 * (weights**2).sum() / (C * len(y)) + cost(clf, X, y).mean())
    assert values[0] < (1 + tolerance) * values[1]
    assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.97


def test_two_classes_are_one_label(data):
    X, y = data
    y = y == y[0]
    clf, svc = linear("hinge", X).fit(X, y), LinearSVC(C=C, intercept_scaling=30).fit(X, y)
    np.testing.assert_allclose(clf.decision_function(X), svc.decision_function(X), atol=0.1)


def test_classes_one_against_the_rest_have_the_probabilities_of_scikit_learn(data):
    X, y = data
    ours = linear("bce", X, weight_decay=1e-2).fit(X, y).predict_proba(X)
    alone = LogisticRegression(C=100 / len(y), tol=1e-8, max_iter=1000)
    theirs = OneVsRestClassifier(alone).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@pytest.mark.parametrize(
    "loss", ["hinge", "margin_ce", "multi_margin", "crammer_singer", "generalized_ce", "combined"]
)
def test_auto_takes_lbfgs_and_learns_rare_classes(loss, data):
    X, y = data
    clf = TorchClassifier(loss=loss, weight_decay=1e-6, random_state=0).fit(X, y)
    assert clf.net_.optimizer.name == "lbfgs"
    assert clf.score(X, y) > 0.95


def test_kinks_at_the_start_are_told_instead_of_a_model_that_has_learned_nothing(data):
    with pytest.warns(ConvergenceWarning, match="no lower loss than that at the start"):
        linear(CrammerSingerLoss(smoothing=0.0), data[0]).fit(*data)


def test_nothing_to_learn_is_no_failure(data):
    X, y = data
    for loss in ("cross_entropy", "hinge", "crammer_singer"):
        linear(loss, X).fit(np.zeros((len(y), 3)), y)


def test_sum_suits_lbfgs_if_one_term_is_steep_and_none_has_kinks():
    dice, hinge = ("dice", "dice"), ("hinge", HingeLoss(p=1))
    assert CombinedLoss([("bce", "bce"), dice]).suits_lbfgs
    assert not CombinedLoss([dice]).suits_lbfgs
    assert not CombinedLoss([("bce", "bce"), hinge]).suits_lbfgs
