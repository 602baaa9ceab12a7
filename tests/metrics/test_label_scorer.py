"""scikit-learn's scorers give sets of labels what they give the indicator matrix."""

import copy

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, get_scorer, hamming_loss, make_scorer, matthews_corrcoef
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktext import FastTextClassifier, TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.meta import CalibratedClassifier, RebalancedClassifier, TunedThresholdsClassifier
from sktext.metrics import LabelScorer, precision_at_k
from sktext.model_selection import IterativeStratifiedKFold, LossSearchCV

NAMES = np.array(["blue", "green", "red", "zinc"])
CONTAINERS = {
    "sets": lambda y: [set(NAMES[row > 0]) for row in y],
    "tuples": lambda y: [tuple(NAMES[row > 0]) for row in y],
    "lists": lambda y: [NAMES[row > 0].tolist() for row in y],
    "series": lambda y: pd.Series([NAMES[row > 0].tolist() for row in y]),
    "numbers": lambda y: [np.flatnonzero(row).tolist() for row in y],
}
SCORERS = {
    name: get_scorer(name)
    for name in (
        *("f1_macro", "f1_micro", "f1_samples", "f1_weighted", "jaccard_macro", "accuracy"),
        *("average_precision", "roc_auc", "recall_samples"),
    )
}
OWN = {
    "hamming": make_scorer(hamming_loss, greater_is_better=False),
    "top 2": make_scorer(precision_at_k, response_method="predict_proba", k=2),
}
SCORERS |= OWN


def quick(**params):
    return TfidfTorchClassifier(max_epochs=3, random_state=0, **params)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*(ill-defined|no true|No positive)")
@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_sets_score_as_their_indicator(container, name, multilabel):
    texts, y = multilabel
    given = CONTAINERS[container](y)
    scorer = LabelScorer(
        name if isinstance(name, str) and " " not in name and name != "hamming" else SCORERS[name]
    )
    expected = SCORERS[name](quick().fit(texts[:80], y[:80]), texts[80:], y[80:])
    clf = quick().fit(texts[:80], given[:80])
    assert scorer(clf, texts[80:], given[80:]) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["average_precision", "roc_auc", "f1_macro"])
def test_two_labels_are_not_taken_for_two_classes(name, multilabel):
    texts, y = multilabel
    y = y[:, :2]
    sets = [set(NAMES[:2][row > 0]) for row in y]
    expected = get_scorer(name)._score_func(
        y,
        quick().fit(texts, y).predict(texts)
        if name == "f1_macro"
        else quick().fit(texts, y).predict_proba(texts),
        average="macro",
    )
    clf = quick().fit(texts, sets)
    assert LabelScorer(name)(clf, texts, sets) == pytest.approx(expected)
    proba = make_scorer(get_scorer(name)._score_func, average="macro", response_method="predict")
    assert 0 < LabelScorer(proba)(clf, texts, sets) <= 1


WRAPPERS = {
    "thresholds": lambda: TunedThresholdsClassifier(quick(), cv=KFold(2), random_state=0),
    "calibration": lambda: CalibratedClassifier(quick(), cv=KFold(2), random_state=0),
    "rebalanced": lambda: RebalancedClassifier(quick(), sampler="over", random_state=0),
    "pipeline": lambda: make_pipeline(FunctionTransformer(list), quick()),
    "search": lambda: LossSearchCV(
        quick(), {"loss": ["bce"]}, cv=KFold(2), scoring=LabelScorer("f1_micro")
    ),
    "grid": lambda: GridSearchCV(
        quick(), {"lr": [0.1]}, cv=KFold(2), scoring=LabelScorer("average_precision")
    ),
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_scorer_reads_labels_as_the_classifier_inside(name, multilabel):
    texts, y = multilabel
    sets = CONTAINERS["sets"](y)
    clf = WRAPPERS[name]().fit(texts, sets)
    predicted = np.array(
        [[label in row for label in NAMES[: y.shape[1]]] for row in clf.predict(texts)]
    )
    for scoring in ("f1_macro", "accuracy"):
        expected = get_scorer(scoring)._score_func(
            y, predicted.astype(int), **get_scorer(scoring)._kwargs
        )
        assert LabelScorer(scoring)(clf, texts, sets) == pytest.approx(expected)
    assert 0 < LabelScorer("average_precision")(clf, texts, sets) <= 1


def test_cross_validation_and_searches_of_sets_have_scores(multilabel):
    texts, y = multilabel
    folds = IterativeStratifiedKFold(2)
    scoring = {name: LabelScorer(name) for name in ("f1_macro", "average_precision", "accuracy")}
    own = cross_validate(quick(), texts, CONTAINERS["sets"](y), cv=folds, scoring=scoring)
    expected = cross_validate(quick(), texts, y, cv=folds, scoring=list(scoring))
    for name in scoring:
        np.testing.assert_allclose(own[f"test_{name}"], expected[f"test_{name}"])


def test_early_stopping_watches_sets(multilabel):
    texts, y = multilabel
    params = {"early_stopping": True, "random_state": 0, "max_epochs": 3}
    for clf in (TfidfTorchClassifier(**params), FastTextClassifier(n_buckets=100, **params)):
        own = copy.deepcopy(clf).set_params(scoring=LabelScorer("f1_micro"))
        own.fit(texts, CONTAINERS["lists"](y))
        other = clf.set_params(scoring="f1_micro").fit(texts, y)
        np.testing.assert_allclose(own.history_[:, "valid_score"], other.history_[:, "valid_score"])


SINGLE = {
    "object": lambda y: pd.Series(y, dtype=object),
    "object of ints": lambda y: np.unique(y, return_inverse=True)[1].astype(object),
    "string": lambda y: pd.Series(y, dtype="string"),
    "list": list,
}


@pytest.mark.parametrize("container", SINGLE)
@pytest.mark.parametrize("name", ["f1_macro", "balanced_accuracy", "roc_auc_ovr", "neg_log_loss"])
def test_single_labels_of_any_container_score_as_an_array(container, name, texts_and_labels):
    texts, labels = texts_and_labels
    given = SINGLE[container](labels)
    clf = quick().fit(texts, given)
    expected = get_scorer(name)(quick().fit(texts, labels), texts, labels)
    assert LabelScorer(name)(clf, texts, given) == pytest.approx(expected)


@pytest.fixture
def texts_and_labels():
    texts, labels = make_imbalanced_texts(120, n_classes=3, difficulty=0.6, random_state=0)
    return texts, np.asarray(labels)


def test_positive_class_is_named_by_its_label(texts_and_labels):
    texts, labels = texts_and_labels
    two = np.where(labels == labels[0], "yes", "no").astype(object)
    clf = quick().fit(texts, two)
    for label in ("yes", "no"):
        scorer = LabelScorer(make_scorer(f1_score, pos_label=label))
        expected = f1_score(two.astype(str), clf.predict(texts), pos_label=label)
        assert scorer(clf, texts, two) == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore:.*(ill-defined|no true|No positive)")
def test_labels_that_were_not_fitted_are_missed_and_last():
    texts = ["a red box", "a blue box", "red and blue", "none"] * 5
    sets = [("red",), ("blue",), ("red", "blue"), ()] * 5
    clf = TfidfTorchClassifier(max_epochs=50, random_state=0).fit(texts, sets)
    new = [*sets[:3], ("new",)]
    assert LabelScorer("accuracy")(clf, texts[:4], sets[:4]) == 1
    assert LabelScorer("accuracy")(clf, texts[:4], new) == 0.75 == clf.score(texts[:4], new)
    assert LabelScorer("f1_macro")(clf, texts[:4], new) == pytest.approx(2 / 3)
    assert LabelScorer("roc_auc")(clf, texts[:4], new) == pytest.approx((1 + 1 + 0.5) / 3)


def test_weights_reach_scorers_and_other_classifiers_are_scored_as_ever(texts_and_labels, rng):
    texts, labels = texts_and_labels
    clf = quick().fit(texts, pd.Series(labels, dtype=object))
    weight = rng.uniform(size=len(texts))
    expected = get_scorer("accuracy")(clf, texts, labels, sample_weight=weight)
    assert LabelScorer("accuracy")(clf, texts, labels, weight) == pytest.approx(expected)
    X = rng.uniform(size=(120, 3))
    plain = LogisticRegression().fit(X, labels)
    assert LabelScorer("accuracy")(plain, X, labels) == plain.score(X, labels)
    scorer = make_scorer(matthews_corrcoef)
    assert LabelScorer(scorer)(plain, X, labels) == scorer(plain, X, labels)


def test_unknown_scorers_are_refused(texts_and_labels):
    texts, labels = texts_and_labels
    clf = quick().fit(texts, labels)
    with pytest.raises(ValueError, match="scoring"):
        LabelScorer("f1_makro")(clf, texts, labels)
    margin = TfidfTorchClassifier(loss="crammer_singer", random_state=0).fit(texts, labels)
    with pytest.raises(AttributeError, match="predict_proba"):
        LabelScorer("neg_log_loss")(margin, texts, labels)
