"""Warnings point at the user's line, through whatever the user has wrapped a classifier in.

Threads and processes of joblib are left out: a stack there begins in joblib, and has no line of
the user's.
"""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import Pipeline

import sktext
from sktext import FastTextClassifier, TfidfTorchClassifier
from sktext._training import _optimizers
from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)
from sktext.model_selection import IterativeStratifiedKFold, LossSearchCV

SMALL = {"max_epochs": 3, "random_state": 0}
TOKENS = {"n_buckets": 100, "embedding_dim": 4, **SMALL}
TEXTS = ["a good film", "not a good film", "a bad film", "so dull a film"] * 15
LABELS = ["yes", "no", "no", "no"] * 15
JOINED = ["good, long", "good", "long", "good"] * 15


def no_score(estimator, X, y):
    return np.nan


def no_number(estimator, X, y):
    return "good"


def early_stopping(optimizer):
    """Make a classifier whose score on the validation rows has no value."""
    return TfidfTorchClassifier(optimizer=optimizer, early_stopping=True, scoring=no_score, **SMALL)


# What the classifier warns of, the classifier, and its labels.
WARNINGS = [
    ("Texts of more than max_length", FastTextClassifier(max_length=2, **TOKENS), LABELS),
    ("dtype='float16' is for CUDA", FastTextClassifier(dtype="float16", **TOKENS), LABELS),
    (
        "corrects the imbalance twice",
        TfidfTorchClassifier(loss="logit_adjustment", class_weight="balanced", **SMALL),
        LABELS,
    ),
    (
        "bias_init='prior' starts",
        TfidfTorchClassifier(loss="margin_ce", bias_init="prior", **SMALL),
        LABELS,
    ),
    ("optimizer='auto' takes", TfidfTorchClassifier(**SMALL), LABELS),
    (
        "still falling",
        TfidfTorchClassifier(optimizer="adam", batch_size=16, lr=0.1, **SMALL),
        LABELS,
    ),
    # Candidates of a joint search may train in threads, by either of these.
    ("has no value", early_stopping("adam"), LABELS),
    ("has no value", early_stopping("lbfgs"), LABELS),
    ("look like several labels in one", TfidfTorchClassifier(**SMALL), JOINED),
]


def loss_search(classifier):
    """Search over two candidates, which train together."""
    return LossSearchCV(classifier, {"weight_decay": [0.0, 0.1]}, cv=2)


WRAPPERS = {
    "fit": lambda classifier, X, y: classifier.fit(X, y),
    "Pipeline": lambda classifier, X, y: Pipeline([("it", classifier)]).fit(X, y),
    "GridSearchCV": lambda classifier, X, y: GridSearchCV(classifier, {}, cv=2).fit(X, y),
    "cross_val_score": lambda classifier, X, y: cross_val_score(classifier, X, y, cv=2),
    "LossSearchCV": lambda classifier, X, y: loss_search(classifier).fit(X, y),
    "nested": lambda classifier, X, y: cross_val_score(loss_search(classifier), X, y, cv=2),
    "RebalancedClassifier": lambda classifier, X, y: RebalancedClassifier(classifier).fit(X, y),
    "CalibratedClassifier": lambda classifier, X, y: CalibratedClassifier(classifier, cv=2).fit(
        X, y
    ),
    "TunedThresholdsClassifier": lambda classifier, X, y: TunedThresholdsClassifier(
        classifier, cv=2
    ).fit(X, y),
    "BalancedTextBagging": lambda classifier, X, y: BalancedTextBagging(
        classifier, n_estimators=2
    ).fit(X, y),
}


def warned(run, words):
    """Run something, and return its warnings that have some words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    return [warning for warning in caught if words in str(warning.message)]


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(("words", "classifier", "labels"), WARNINGS)
def test_warnings_of_classifiers_point_here(words, classifier, labels, wrapper, monkeypatch):
    monkeypatch.setattr(_optimizers, "MAX_LBFGS_BYTES", 1)
    found = warned(lambda: WRAPPERS[wrapper](classifier, TEXTS, labels), words)
    assert found
    assert {warning.filename for warning in found} == {__file__}


INDICATOR = np.array([[1, 0], [0, 1], [1, 1], [0, 0]] * 15)
FIRST = TfidfTorchClassifier(max_epochs=10, random_state=0)
OTHERS = {
    "groups parameter is ignored by IterativeStratifiedKFold": lambda: list(
        IterativeStratifiedKFold(2).split(TEXTS, INDICATOR, groups=LABELS)
    ),
    "groups parameter is ignored by a FrozenEstimator": lambda: CalibratedClassifier(
        FrozenEstimator(FIRST.fit(TEXTS, LABELS))
    ).fit(TEXTS, LABELS, groups=LABELS),
    "keep the threshold": lambda: TunedThresholdsClassifier(FIRST, objective=no_score, cv=2).fit(
        TEXTS, LABELS
    ),
    "lack the classes": lambda: CalibratedClassifier(FIRST, cv=KFold(2)).fit(
        TEXTS, ["a"] * 20 + ["b"] * 20 + ["c"] * 20
    ),
    "stops early on rows": lambda: RebalancedClassifier(
        TfidfTorchClassifier(early_stopping=True), sampler="over"
    ).fit(TEXTS, LABELS),
    "Scoring failed": lambda: LossSearchCV(
        FIRST, {}, cv=2, scoring=no_number, error_score=0, refit=False
    ).fit(TEXTS, LABELS),
}


@pytest.mark.parametrize("words", OTHERS)
def test_other_warnings_point_here(words):
    found = warned(OTHERS[words], words)
    assert {warning.filename for warning in found} == {__file__}


def test_all_warnings_find_the_users_line():
    package = Path(sktext.__file__).parent
    for path in package.rglob("*.py"):
        if path.name != "_user_warnings.py":
            found = re.findall(r"stacklevel|warnings\.warn\b", path.read_text(encoding="utf-8"))
            assert not found, f"{path}: use sktext._user_warnings.warn"
