"""LossSearchCV as a search: scorers, refit, groups, failures, halving, copies, routing."""

import pickle

import numpy as np
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier
from sktext._training._vectorized_features import VectorizedFeatures
from sktext.losses import Loss
from sktext.model_selection import LossSearchCV
from sktext.model_selection._halving import best_of, rounds_of
from sktext.model_selection._joint._candidates import group
from sktext.model_selection._joint._coroutines import run_coroutines

GRID = {"loss__gamma": [0.0, 2.0], "class_weight": [None, "balanced"]}


class SometimesInfinite(Loss):
    """Cross-entropy, or no number."""

    def __init__(self, factor=1.0):
        super().__init__()
        self.factor = factor

    def per_sample(self, logits, target):
        values = torch.nn.functional.cross_entropy(logits, target, reduction="none")
        return values / self.factor


@pytest.fixture
def clf():
    return TfidfTorchClassifier(loss="focal", optimizer="adagrad", max_epochs=2, random_state=0)


def test_predicts_like_the_best_candidate(clf, binary):
    texts, labels = binary
    search = LossSearchCV(clf, GRID, scoring="f1_macro", cv=2).fit(texts, labels)
    best = clone(clf).set_params(**search.best_params_).fit(texts, labels)
    np.testing.assert_array_equal(search.predict_proba(texts), best.predict_proba(texts))
    np.testing.assert_array_equal(search.classes_, best.classes_)
    assert search.score(texts, labels) == f1_score(labels, best.predict(texts), average="macro")
    assert search.best_score_ == search.cv_results_["mean_test_score"].max()
    assert search.n_splits_ == 2
    assert search.refit_time_ > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scoring", "refit"),
    [
        (None, True),
        (["accuracy", "f1_macro"], "f1_macro"),
        ({"a": "accuracy", "b": make_scorer(f1_score, pos_label="billing")}, "b"),
        (lambda estimator, X, y: {"n": len(X), "score": estimator.score(X, y)}, "score"),
        ("accuracy", lambda results: 3),
        ("accuracy", False),
    ],
    ids=["default", "list", "dict", "callable", "chosen", "no refit"],
)
def test_results_have_the_form_of_grid_search(scoring, refit, clf, binary):
    how = {"scoring": scoring, "refit": refit, "cv": 2, "return_train_score": True}
    own = LossSearchCV(clf, GRID, **how).fit(*binary)
    oracle = GridSearchCV(clf, GRID, **how).fit(*binary)
    assert own.cv_results_.keys() == oracle.cv_results_.keys()
    for name, expected in oracle.cv_results_.items():
        assert own.cv_results_[name].dtype == expected.dtype if name != "params" else True
        assert "time" in name or list(own.cv_results_[name]) == list(expected)
    assert {name for name in vars(oracle) if name.endswith("_")} >= {
        name for name in vars(own) if name.endswith("_")
    }
    assert own.multimetric_ == oracle.multimetric_
    if refit:
        assert own.best_index_ == oracle.best_index_


def test_any_grid_is_searched_in_groups(clf, binary):
    grid = [
        GRID,
        {"vectorizer__ngram_range": [(1, 2)], "loss": ["cross_entropy", "dice"]},
        {"hidden_layer_sizes": [(), (3,)], "lr": [0.1, 0.2]},
    ]
    how = {"scoring": "f1_macro", "refit": False, "cv": 2}
    own, oracle = (kind(clf, grid, **how).fit(*binary) for kind in (LossSearchCV, GridSearchCV))
    name = "mean_test_score"
    np.testing.assert_allclose(own.cv_results_[name], oracle.cv_results_[name], atol=1e-5)


def test_groups_are_those_with_the_same_rows_and_network():
    def one(text):
        return text

    def other(text):
        return text

    assert group([{"lr": 1}, {"loss__gamma": 2}, {"batch_size": 8}, {"batch_size": 8}]) == [
        [0, 1],
        [2, 3],
    ]
    assert group([{"preprocessor": one}, {"preprocessor": other}, {"preprocessor": one}]) == [
        [0, 2],
        [1],
    ]


def test_features_are_learned_once_per_fold(clf, binary, monkeypatch):
    calls = []
    learn = VectorizedFeatures.fit_transform

    def counted(self, X, target, weight=None):
        calls.append(len(X))
        return learn(self, X, target, weight)

    monkeypatch.setattr(VectorizedFeatures, "fit_transform", counted)
    LossSearchCV(clf, GRID, refit=False, cv=2).fit(*binary)
    assert len(calls) == 2


def test_estimators_of_others_are_searched_too(binary):
    pipeline = make_pipeline(TfidfTorchClassifier().set_params(vectorizer="words"))
    assert LossSearchCV(pipeline, {}, cv=2).fit(*binary).best_score_ > 0.5
    X = np.random.RandomState(0).normal(size=(60, 3))
    search = LossSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, X[:, 0] > 0)
    assert search.best_score_ > 0.5


@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adamw"])
def test_candidates_that_diverge_are_dropped_and_reported(optimizer, clf, binary):
    clf.set_params(loss=SometimesInfinite(), optimizer=optimizer)
    grid = {"loss__factor": [1.0, 0.0, 2.0]}
    failing = pytest.warns(FitFailedWarning, match="2 fits failed(?s:.*)The loss became")
    with failing, pytest.warns(UserWarning, match="non-finite"):
        own = LossSearchCV(clf, grid, cv=2, scoring="neg_log_loss").fit(*binary)
    scores = own.cv_results_["mean_test_score"]
    assert np.isnan(scores).tolist() == [False, True, False]
    alone = GridSearchCV(clf, {"loss__factor": [1.0, 2.0]}, cv=2, scoring="neg_log_loss")
    expected = alone.fit(*binary).cv_results_["mean_test_score"]
    np.testing.assert_allclose(scores[[0, 2]], expected, atol=1e-5)
    with pytest.raises(ValueError, match="The loss became"):
        LossSearchCV(clf, grid, cv=2, error_score="raise").fit(*binary)


def test_losses_that_do_not_suit_the_labels_fail_alone(clf, multiclass):
    grid = {"loss": ["zlpr", "cross_entropy", "focal"]}
    with pytest.warns(FitFailedWarning, match="takes multilabel labels"):
        search = LossSearchCV(clf, grid, cv=2, error_score=-1.0).fit(*multiclass)
    assert (search.cv_results_["mean_test_score"] > 0).tolist() == [False, True, True]


def test_all_failing_is_an_error(clf, multiclass):
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        LossSearchCV(clf, {"loss": ["zlpr"]}, cv=2).fit(*multiclass)


def test_halving_trains_ever_fewer_candidates_for_ever_more_epochs(clf, binary):
    clf.set_params(max_epochs=4)
    grid = {"loss__gamma": [0.0, 0.5, 1.0, 5.0]}
    search = LossSearchCV(clf, grid, halving=2, scoring="f1_macro", cv=2).fit(*binary)
    assert search.cv_results_["iter"].tolist() == [0] * 4 + [1] * 2 + [2]
    assert search.cv_results_["n_resources"].tolist() == [1] * 4 + [2] * 2 + [4]
    assert search.best_index_ == 6
    assert search.best_params_["max_epochs"] == 4
    with pytest.raises(ValueError, match="halving sets max_epochs"):
        LossSearchCV(clf, {"max_epochs": [1, 2]}, halving=2).fit(*binary)
    with pytest.raises(ValueError, match="max_epochs, which DummyClassifier does not have"):
        LossSearchCV(DummyClassifier(), {}, halving=2).fit(*binary)


def test_grid_without_candidates_is_refused(clf, binary):
    with pytest.raises(ValueError, match="no candidates"):
        LossSearchCV(clf, []).fit(*binary)


def test_rounds_end_with_all_epochs():
    assert rounds_of(9, 3, 10) == [(9, 2), (3, 4), (1, 10)]
    assert rounds_of(1, 2, 5) == [(1, 5)]
    assert best_of(np.array([0.1, np.nan, 0.3, 0.2]), 2).tolist() == [2, 3]


def test_copies_and_pickles(clf, binary):
    texts, labels = binary
    search = LossSearchCV(clf, GRID, cv=2)
    assert clone(search).get_params()["param_grid"] == GRID
    search.fit(texts, labels)
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict_proba(texts), search.predict_proba(texts))
    assert not hasattr(clf, "net_")


def test_metadata_are_routed(clf, binary):
    texts, labels = binary
    weight, groups = np.linspace(0.1, 2, len(texts)), np.arange(len(texts)) % 5
    with config_context(enable_metadata_routing=True):
        asking = clf.set_fit_request(sample_weight=True)
        scorer = make_scorer(f1_score, pos_label="billing").set_score_request(sample_weight=True)
        own, oracle = (
            kind(asking, GRID, scoring=scorer, cv=GroupKFold(2)).fit(
                texts, labels, sample_weight=weight, groups=groups
            )
            for kind in (LossSearchCV, GridSearchCV)
        )
    name = "mean_test_score"
    np.testing.assert_allclose(own.cv_results_[name], oracle.cv_results_[name], atol=1e-5)


def test_a_bar_shows_progress(clf, binary, capsys):
    LossSearchCV(clf, GRID, cv=2, verbose=1, refit=False).fit(*binary)
    assert "0/8" in capsys.readouterr().err  # later numbers only if it takes long
    LossSearchCV(clf, GRID, cv=2, refit=False).fit(*binary)
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"halving": 1}, "halving"),
        ({"halving": True}, "halving"),
        ({"param_grid": 3}, "param_grid"),
    ],
)
def test_parameters_are_checked(params, message, clf, binary):
    with pytest.raises(ValueError, match=message):
        LossSearchCV(clf, GRID).set_params(**params).fit(*binary)


def test_functions_take_turns_and_are_ended():
    def twice(ask, x):
        return seen.append(ask(ask(x)))

    def failing(ask):
        ask(0)
        raise ValueError("no")

    seen = []
    n_threads = torch.get_num_threads()
    functions = [lambda ask: twice(ask, 1), lambda ask: twice(ask, 10), failing]
    errors = run_coroutines(functions, lambda asked: {i: x + len(asked) for i, x in asked.items()})
    assert seen == [6, 15]
    assert [str(error) for error in errors] == ["None", "None", "no"]

    def broken(asked):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_coroutines(functions, broken)
    assert torch.get_num_threads() == n_threads
