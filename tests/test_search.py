"""Searches over losses and their parameters."""

import inspect
import re

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier
from sktext._training import _vectorized_features
from sktext.losses import LOSSES, CombinedLoss, DiceLoss, FocalLoss, Loss

GRID = [
    {"loss": ["cross_entropy", "margin_ce"], "class_weight": [None, "balanced"]},
    {"loss": ["focal"], "loss__gamma": [0.5, 2.0]},
    {"loss": [DiceLoss(), FocalLoss()]},
    {
        "loss": [CombinedLoss([("ce", "cross_entropy"), ("dice", DiceLoss())])],
        "loss__weights": [[1, 2]],
    },
    {"loss__label_smoothing": [0.0, 0.1]},
    {"vectorizer__ngram_range": [(1, 1), (1, 2)], "hidden_layer_sizes": [(), (8,)]},
]


@pytest.fixture
def clf():
    return TfidfTorchClassifier(max_epochs=3, random_state=0)


@pytest.mark.slow
def test_two_jobs_find_what_one_finds(clf, multiclass):
    texts, labels = multiclass
    scoring = ["f1_macro", "neg_log_loss"]
    one, two = (
        GridSearchCV(clf, GRID, cv=3, n_jobs=n_jobs, scoring=scoring, refit="f1_macro").fit(
            texts, labels
        )
        for n_jobs in (1, 2)
    )
    for key in one.cv_results_:
        if re.match(r"split|mean_test|rank", key):
            np.testing.assert_array_equal(one.cv_results_[key], two.cv_results_[key])
    np.testing.assert_array_equal(one.predict_proba(texts), two.predict_proba(texts))


def test_losses_of_a_search_differ(clf, multiclass):
    texts, labels = multiclass
    search = GridSearchCV(clf, {"loss": ["cross_entropy", "focal", "dice"]}, scoring="neg_log_loss")
    assert len(set(search.fit(texts, labels).cv_results_["mean_test_score"])) == 3


@pytest.mark.parametrize("name", [n for n in LOSSES if "multiclass" in LOSSES[n]().tasks])
def test_every_loss_is_searched_by_name(name, clf, multiclass):
    texts, labels = multiclass
    search = GridSearchCV(clf, {"loss": [name]}, cv=2).fit(texts, labels)
    assert search.best_score_ > 0.5


@pytest.mark.parametrize("resource", ["n_samples", "max_epochs"])
def test_halving_search(resource, clf, multiclass):
    texts, labels = multiclass
    limits = {"max_resources": 8, "min_resources": 1} if resource == "max_epochs" else {}
    search = HalvingGridSearchCV(
        clf,
        {"loss": ["focal"], "loss__gamma": [0.0, 1.0, 2.0, 5.0]},
        resource=resource,
        n_jobs=2,
        cv=2,
        random_state=0,
        **limits,
    ).fit(texts, labels)
    assert search.best_params_["loss__gamma"] in (0.0, 1.0, 2.0, 5.0)


def test_randomized_search_inside_a_pipeline(clf, multiclass):
    texts, labels = multiclass
    search = RandomizedSearchCV(
        make_pipeline(clf),
        {"tfidftorchclassifier__loss__label_smoothing": np.linspace(0, 0.5, 20)},
        n_iter=3,
        random_state=0,
    ).fit(texts, labels)
    assert search.best_score_ > 0.8


def test_parameter_of_a_loss_given_by_name():
    clf = TfidfTorchClassifier(loss="focal").set_params(loss__gamma=5.0)
    assert isinstance(clf.loss, FocalLoss)
    assert clf.loss.gamma == 5.0
    assert clf.get_params()["loss__alpha"] is None
    assert clf.set_params(loss="dice", loss__smooth=2.0).loss.smooth == 2.0
    assert clf.set_params(loss="focal").loss == "focal"


def test_losses_of_the_user_are_never_written_to(clf, multiclass):
    texts, labels = multiclass
    loss = FocalLoss(gamma=1.0)
    clf.set_params(loss=loss).fit(texts, labels)
    assert clf.loss is loss
    assert not hasattr(loss, "task_")
    assert clf.loss_ is not loss
    assert not hasattr(clone(clf).loss, "task_")


def test_fit_changes_no_parameter(clf, multiclass):
    texts, labels = multiclass
    clf.set_params(loss="ldam", class_weight={"billing": 1.0}, vectorizer__min_df=2)
    before = repr(clf.get_params())
    with pytest.warns(UserWarning, match="favour rare classes"):
        clf.fit(texts, labels)
    assert repr(clf.get_params()) == before


class HardExampleLoss(Loss):
    """A user's loss: cross-entropy of the hardest share of the batch."""

    def __init__(self, share=0.5):
        super().__init__()
        self.share = share

    def per_sample(self, logits, target):
        values = torch.nn.functional.cross_entropy(logits, target, reduction="none")
        bar = values.detach().quantile(1 - self.share)
        return values * (values.detach() >= bar) / self.share


def test_twelve_line_loss_of_a_user_works_in_a_parallel_search(multiclass):
    assert len(inspect.getsource(HardExampleLoss).splitlines()) <= 12
    texts, labels = multiclass
    clf = TfidfTorchClassifier(loss=HardExampleLoss(), random_state=0)
    search = GridSearchCV(clf, {"loss__share": [0.3, 1.0]}, n_jobs=2, cv=2).fit(texts, labels)
    assert search.best_score_ > 0.8
    assert search.predict_proba(texts).shape == (len(texts), 3)


def test_memory_computes_the_features_once_per_fold(tmp_path, multiclass, monkeypatch):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(memory=str(tmp_path), max_epochs=1, random_state=0)
    grid = {"loss": ["cross_entropy", "focal", "margin_ce"]}
    cached = GridSearchCV(clf, grid, cv=3, refit=False).fit(texts, labels)
    assert len(list(tmp_path.rglob("output.pkl"))) == 3
    plain = GridSearchCV(clf.set_params(memory=None), grid, cv=3, refit=False).fit(texts, labels)
    np.testing.assert_array_equal(
        cached.cv_results_["mean_test_score"], plain.cv_results_["mean_test_score"]
    )
    calls = []
    original = _vectorized_features.fit_transform
    monkeypatch.setattr(
        _vectorized_features,
        "fit_transform",
        lambda *args: calls.append(args) or original(*args),
    )
    clf.set_params(memory=str(tmp_path)).fit(texts, labels).predict(texts)
    assert len(calls) == 1
