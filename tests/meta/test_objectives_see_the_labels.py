"""Scorers as objectives see the labels of the user, and agree with scikit-learn."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    f1_score,
    fbeta_score,
    get_scorer,
    jaccard_score,
    make_scorer,
    recall_score,
)
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.meta import FBeta, TunedThresholdsClassifier
from sktext.model_selection import LossSearchCV


def gain(y, predicted):
    """A missed "billing" costs 20, a false one 1."""
    return -np.sum(np.where(y == "billing", 20 * (predicted != "billing"), predicted != "delivery"))


def call_gain(estimator, X, y):
    assert estimator.classes_.tolist() == ["billing", "delivery"]
    return gain(y, estimator.predict(X))


@pytest.fixture(scope="module")
def billing():
    return make_imbalanced_texts(600, n_classes=2, difficulty=0.5, random_state=0)


@pytest.mark.slow
@pytest.mark.parametrize("pos_label", ["billing", "delivery", None])
@pytest.mark.parametrize("scorer", [make_scorer(gain), call_gain])
def test_a_cost_of_the_users_labels_is_as_low_as_scikit_learns(scorer, pos_label, billing):
    texts, labels = billing
    clf = TfidfTorchClassifier(random_state=0)
    params = {"cv": 3, "random_state": 0}
    by_grid = TunedThresholdClassifierCV(clf, scoring=make_scorer(gain), **params)
    tuned = TunedThresholdsClassifier(clf, objective=scorer, pos_label=pos_label, **params)
    predicted, by_grid = (m.fit(texts, labels).predict(texts) for m in (tuned, by_grid))
    assert np.mean(predicted == by_grid) > 0.95
    assert gain(labels, predicted) >= gain(labels, by_grid) - 5
    assert (predicted == "billing").sum() > 40


@pytest.mark.slow
@pytest.mark.parametrize(
    "objective",
    [
        make_scorer(f1_score, pos_label="no"),
        make_scorer(f1_score, labels=["no"], average="macro"),
        make_scorer(lambda y, predicted: f1_score(y == "no", predicted == "no")),
    ],
    ids=["pos_label", "labels", "function"],
)
@pytest.mark.parametrize("pos_label", ["no", "yes", None])
def test_what_a_scorer_names_is_what_is_made_large(objective, pos_label, numbers):
    X, y = numbers
    params = {"cv": 3, "random_state": 0}
    clf = TunedThresholdsClassifier(
        LogisticRegression(), objective=objective, pos_label=pos_label, **params
    ).fit(X, y)
    about_no = TunedThresholdsClassifier(
        LogisticRegression(), objective="f1", pos_label="no", **params
    ).fit(X, y)
    np.testing.assert_array_equal(clf.predict(X), about_no.predict(X))
    assert clf.best_score_ == pytest.approx(about_no.best_score_)


@pytest.mark.parametrize("classes", [(0, 1), (1, 2), (-1, 1), (False, True)])
def test_positive_class_is_the_one_of_scikit_learn(classes, numbers):
    X, y = numbers
    y = np.where(y == "yes", classes[1], classes[0])
    scorer, inner = make_scorer(f1_score), LogisticRegression()
    scikit_learns = TunedThresholdClassifierCV(inner, scoring=scorer)._get_curve_scorer()
    for given, positive in ((None, scikit_learns._get_pos_label()), (classes[1], classes[1])):
        by_score, built_in = (
            TunedThresholdsClassifier(inner, random_state=0, **params).fit(X, y)
            for params in (
                {"objective": scorer, "pos_label": given},
                {"objective": "f1", "pos_label": positive},
            )
        )
        np.testing.assert_allclose(by_score.thresholds_, built_in.thresholds_)


def test_several_classes_are_the_users(classes):
    X, y = classes
    seen = set()

    def remember(y, predicted):
        seen.update(np.unique(y), np.unique(predicted))
        return np.mean((y == "c") * (predicted == "c") * 30 + (y == predicted))

    clf = TunedThresholdsClassifier(
        LogisticRegression(), objective=make_scorer(remember), random_state=0
    ).fit(X, y)
    assert seen == {"a", "b", "c"}
    assert recall_score(y, clf.predict(X), labels=["c"], average="macro") > 0.8


@pytest.mark.parametrize("strategy", ["per_label", "micro_macro"])
@pytest.mark.parametrize("name", [2, "tax"])
def test_labels_that_a_scorer_does_not_name_keep_their_threshold(strategy, name, labels):
    X, y = labels
    if name == "tax":
        y = [{["a", "b", "tax", "z"][k] for k in np.flatnonzero(row)} for row in y]
    params = {"random_state": 0, "cv": 3, "strategy": strategy}
    inner = OneVsRestClassifier(LogisticRegression())
    clf = TunedThresholdsClassifier(
        inner, objective=make_scorer(jaccard_score, labels=[name], average="macro"), **params
    ).fit(X, y)
    alone = TunedThresholdsClassifier(
        inner, objective=make_scorer(jaccard_score), **{**params, "strategy": "per_label"}
    ).fit(X, y)
    assert clf.fallback_.tolist() == [True, True, False, True]
    assert clf.thresholds_[[0, 1, 3]].tolist() == [0.5] * 3
    if strategy == "per_label":
        assert clf.thresholds_[2] == alone.thresholds_[2]
        assert clf.best_score_ == alone.objective_values_[2]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"labels": ["tax"], "average": "macro"}, "'tax' is not among the labels"),
        ({"pos_label": "tax"}, "each of several labels is a column of ones and zeros"),
    ],
)
def test_labels_that_are_none_are_named(params, message, labels):
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LogisticRegression()), objective=make_scorer(f1_score, **params)
    )
    with pytest.raises(ValueError, match=message):
        clf.fit(*labels)


@pytest.mark.parametrize("value", [1.0, np.nan], ids=["constant", "nan"])
@pytest.mark.parametrize(
    ("data", "strategy", "named"),
    [
        ("numbers", "auto", r"\['yes'\]"),
        ("classes", "auto", r"\['a', 'b', 'c'\]"),
        ("labels", "per_label", r"\[0, 1, 2, 3\]"),
        ("labels", "micro_macro", r"\[0, 1, 2, 3\]"),
        ("labels", "global", r"\[0, 1, 2, 3\]"),
    ],
)
def test_objective_that_tells_nothing_leaves_the_classifiers_threshold(
    value, data, strategy, named, request
):
    X, y = request.getfixturevalue(data)
    inner = LogisticRegression() if y.ndim == 1 else OneVsRestClassifier(LogisticRegression())
    clf = TunedThresholdsClassifier(
        inner, objective=make_scorer(lambda y, predicted: value), strategy=strategy, cv=3
    )
    with pytest.warns(UserWarning, match=f"the same value, or none, at all thresholds of {named}"):
        clf.fit(X, y)
    np.testing.assert_array_equal(clf.predict(X), clf.estimator_.predict(X))
    assert clf.fallback_.all()
    if data != "classes":
        assert (clf.thresholds_ == 0.5).all()
        assert np.isnan(clf.fold_thresholds_).all()


def test_score_that_is_nan_at_some_thresholds_is_large_elsewhere(numbers, classes):
    def careful(y, predicted, rare):
        found = np.sum((predicted == rare) & (y == rare))
        return found / np.sum(predicted == rare) if found > 5 else np.nan

    for (X, y), rare in ((numbers, "yes"), (classes, "c")):
        clf = TunedThresholdsClassifier(
            LogisticRegression(), objective=make_scorer(careful, rare=rare), cv=3, random_state=0
        ).fit(X, y)
        assert np.isfinite(clf.thresholds_).all()
        assert clf.best_score_ > 1.2 * np.mean(y == rare)


def test_scorer_that_does_not_reward_right_answers_is_asked_everywhere(numbers):
    X, y = numbers

    def share(y, predicted):
        return -abs(np.mean(predicted == "yes") - 0.6)

    clf = TunedThresholdsClassifier(
        LogisticRegression(), objective=make_scorer(share), cv=3, random_state=0
    ).fit(X, y)
    assert np.mean(clf.predict(X) == "yes") == pytest.approx(0.6, abs=0.06)


def look_at_rows(estimator, X, y):
    return len(X[0])


def ask_for_probabilities(estimator, X, y):
    return estimator.predict_proba(X).max()


def two_numbers(estimator, X, y):
    return {"a": 1.0}


@pytest.mark.parametrize(
    ("objective", "error", "message"),
    [
        (f1_score, ValueError, r"objective=f1_score looks like a metric.*make_scorer\(f1_score\)"),
        (lambda y, predicted: 1, ValueError, "looks like a metric function rather than a scorer"),
        (FBeta, ValueError, r"objective=FBeta is a class; give an object of it: FBeta\(...\)"),
        (look_at_rows, TypeError, "sees no rows of X"),
        (ask_for_probabilities, AttributeError, "predict_proba, which no threshold changes"),
        (two_numbers, ValueError, "must give one number; got dict"),
        (make_scorer(f1_score, pos_label="maybe"), ValueError, "pos_label='maybe' is not one of"),
    ],
)
def test_what_cannot_be_an_objective_is_told_why(objective, error, message, numbers):
    with pytest.raises(error, match=message):
        TunedThresholdsClassifier(LogisticRegression(), objective=objective).fit(*numbers)


@pytest.mark.parametrize(
    "metric", [f1_score, fbeta_score, lambda y_true, y_pred: 1.0], ids=["f1", "fbeta", "own"]
)
def test_metric_given_as_scoring_is_told_to_become_a_scorer(metric, binary):
    texts, y = binary
    clf = TfidfTorchClassifier(early_stopping=True, scoring=metric)
    with pytest.raises(ValueError, match=r"scoring=.* looks like a metric.*make_scorer\("):
        clf.fit(texts, y)
    clf = TfidfTorchClassifier()
    for scoring, refit in ((metric, True), ({"score": metric}, "score")):
        search = LossSearchCV(clf, {"loss": ["focal"]}, scoring=scoring, refit=refit)
        with pytest.raises(ValueError, match="looks like a metric"):
            search.fit(texts, y)


@pytest.mark.parametrize("strategy", ["auto", "micro_macro", "per_label", "global"])
@pytest.mark.parametrize("objective", ["f1", "accuracy", "recall_at_precision", "jaccard"])
@pytest.mark.parametrize("value", [0, 1])
def test_labels_that_no_row_or_every_row_has_keep_the_threshold(
    strategy, objective, value, multilabel
):
    texts, y = multilabel
    clf = TunedThresholdsClassifier(
        TfidfTorchClassifier(max_epochs=1, random_state=0),
        objective=objective, strategy=strategy, cv=2, random_state=0,
    ).fit(texts, np.full_like(y, value))  # fmt: skip
    assert (clf.thresholds_ == 0.5).all()
    assert clf.fallback_.all()
    assert np.isnan(clf.best_score_)
    assert (clf.predict(texts) == value).all()


@pytest.mark.parametrize("name", ["f1_macro", "accuracy"])
def test_names_of_scorers_mean_what_they_mean_in_scikit_learn(name, numbers):
    X, y = numbers
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=name, cv=3, random_state=0)
    scorer = get_scorer(name)
    threshold = clf.fit(X, y).thresholds_[0]
    by_threshold = [
        FixedThresholdClassifier(FrozenEstimator(clf.estimator_), threshold=level).fit(X, y)
        for level in (threshold, 0.05, 0.95)
    ]
    scores = [scorer(model, X, y) for model in by_threshold]
    assert scores[0] == max(scores)
    assert clf.best_score_ == pytest.approx(scores[0], abs=0.05)
