"""What thresholds are chosen for."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, make_scorer, precision_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, LinearSVC

from sktext.meta import Cost, FBeta, RecallAtPrecision, TunedThresholdsClassifier


@pytest.mark.parametrize("pos_label", ["no", "yes", None])
def test_objective_is_about_the_positive_class(pos_label, numbers):
    X, y = numbers
    clf = TunedThresholdsClassifier(
        LogisticRegression(), pos_label=pos_label, objective=RecallAtPrecision(0.97), random_state=0
    ).fit(X, y)
    positive = pos_label or "yes"
    column = clf.predict_proba(X)[:, ["no", "yes"].index(positive)]
    np.testing.assert_array_equal(clf.predict(X) == positive, column > clf.thresholds_[0])


def test_precision_is_reached_on_the_rows_that_were_scored(numbers):
    X, y = numbers
    split = PredefinedSplit(np.arange(400) % 5)
    objective = RecallAtPrecision(precision=0.9)
    clf = TunedThresholdsClassifier(LinearSVC(random_state=0), objective=objective, cv=split).fit(
        X, y
    )
    scores = cross_val_predict(
        LinearSVC(random_state=0), X, y, cv=split, method="decision_function"
    )
    assert clf.fold_thresholds_.shape == (1, 1)
    assert precision_score(y == "yes", scores > clf.thresholds_[0]) >= 0.9


def test_dear_misses_lower_the_threshold(numbers):
    thresholds = [
        TunedThresholdsClassifier(
            LogisticRegression(), objective=Cost([[0, 1], [miss, 0]]), random_state=0
        ).fit(*numbers).thresholds_[0]
        for miss in (0.2, 1, 20)
    ]  # fmt: skip
    assert thresholds[0] > thresholds[1] > thresholds[2]


def test_costs_between_classes_are_minded(classes):
    X, y = classes
    costs = np.array([[0, 1, 1], [1, 0, 1], [50, 50, 0]])
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=Cost(costs), random_state=0)
    assert (clf.fit(X, y).predict(X) == "c").sum() > (y == "c").sum() * 2


def test_default_of_two_classes_is_the_f1_of_both(numbers):
    X, y = numbers
    clf = TunedThresholdsClassifier(LogisticRegression(), random_state=0).fit(X, y)
    by_score = clone(clf).set_params(objective=make_scorer(f1_score, average="macro"))
    np.testing.assert_allclose(clf.thresholds_, by_score.fit(X, y).thresholds_)
    assert clf.best_score_ == pytest.approx(by_score.best_score_)
    swapped = clone(clf).set_params(pos_label="no").fit(X, y)
    np.testing.assert_array_equal(swapped.predict(X), clf.predict(X))


def test_default_keeps_the_macro_f1_of_balanced_classes_that_are_hard_to_tell(rng):
    y = np.arange(2000) % 2
    X = rng.normal(size=(2000, 1)) + 0.3 * y[:, None]
    half = np.arange(2000) < 1000

    def score(**params):
        clf = TunedThresholdsClassifier(LogisticRegression(), random_state=0, **params)
        fitted = clf.fit(X[half], y[half])
        found = (model.predict(X[~half]) for model in (fitted.estimator_, fitted))
        return [f1_score(y[~half], predicted, average="macro") for predicted in found]

    plain, by_default = score()
    assert by_default > plain - 0.01
    assert score(objective="f1")[1] < plain - 0.05


@pytest.mark.parametrize("objective", ["balanced_accuracy", "matthews_corrcoef", "jaccard", "f1"])
def test_scorer_by_name_for_two_classes(objective, numbers):
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=objective, random_state=0)
    assert 0 < clf.fit(*numbers).best_score_ < 1


def test_scorer_that_averages_over_labels_is_asked_per_label(labels):
    X, y = labels
    inner = OneVsRestClassifier(LogisticRegression())
    params = {"strategy": "per_label", "random_state": 0, "cv": 3}
    by_score = TunedThresholdsClassifier(inner, objective="f1_weighted", **params).fit(X, y)
    exact = TunedThresholdsClassifier(inner, objective="f1", **params).fit(X, y)
    np.testing.assert_allclose(by_score.objective_values_, exact.objective_values_)
    np.testing.assert_array_equal(by_score.predict(X), exact.predict(X))


@pytest.mark.parametrize("data", ["numbers", "classes", "labels"])
def test_scorer_without_weights_is_asked_about_all_rows(data, request):
    X, y = request.getfixturevalue(data)
    params = {"strategy": "auto", "random_state": 0, "cv": 3}
    plain = make_scorer(lambda y, predicted: accuracy_score(y, predicted))
    inner = LogisticRegression() if y.ndim == 1 else OneVsRestClassifier(LogisticRegression())
    by_rows = TunedThresholdsClassifier(inner, objective=plain, **params).fit(X, y)
    weighs = TunedThresholdsClassifier(inner, objective=make_scorer(accuracy_score), **params)
    np.testing.assert_allclose(by_rows.thresholds_, weighs.fit(X, y).thresholds_)


def test_scorer_without_weights_refuses_weighted_rows(numbers):
    plain = make_scorer(lambda y, predicted: accuracy_score(y, predicted))
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=plain)
    with pytest.raises(ValueError, match="takes no sample_weight, while rows have weights"):
        clf.fit(*numbers, sample_weight=np.linspace(0.5, 1.5, len(numbers[1])))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"objective": "roc_auc"}, "scores .*, which no threshold changes"),
        ({"objective": "f2"}, "objective='f2' is not known"),
        ({"objective": FBeta(beta=0)}, "beta"),
        ({"objective": Cost([1, 2])}, r"costs must be finite numbers of shape \(2, 2\)"),
        ({"pos_label": "maybe"}, "pos_label='maybe' is not one of"),
        ({"response_method": "predict_proba"}, "LinearSVC has no predict_proba"),
    ],
)
def test_what_does_not_suit_is_refused(params, message, numbers):
    with pytest.raises(ValueError, match=message):
        TunedThresholdsClassifier(LinearSVC(), **params).fit(*numbers)


def test_what_is_for_labels_is_refused_for_classes(classes, labels):
    clf = TunedThresholdsClassifier(LinearSVC(), strategy="global")
    with pytest.raises(ValueError, match="is for several labels per row"):
        clf.fit(*classes)
    with pytest.raises(ValueError, match="pos_label='a' is for two classes"):
        clone(clf).set_params(strategy="auto", pos_label="a").fit(*classes)
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC()), objective="f1_micro")
    with pytest.raises(ValueError, match="average='micro'"):
        clf.fit(*labels)
    one_against_one = SVC(decision_function_shape="ovo")
    X = np.random.RandomState(0).normal(size=(80, 2))
    with pytest.raises(ValueError, match="set decision_function_shape='ovr'"):
        TunedThresholdsClassifier(one_against_one).fit(X, np.arange(80) % 4)
