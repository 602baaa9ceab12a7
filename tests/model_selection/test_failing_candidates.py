"""LossSearchCV: whatever a candidate raises, it alone is lost."""

from threading import Thread

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, KFold
from skorch.callbacks import Callback

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
)
from sktext.losses import CrossEntropyLoss
from sktext.model_selection import LossSearchCV
from sktext.model_selection._joint import _fits
from sktext.model_selection._joint._coroutines import run_coroutines

CV = KFold(2, shuffle=True, random_state=0)
SMALL = {"embedding_dim": 6, "max_epochs": 2, "batch_size": 16, "random_state": 0}
# Estimators of every kind of joint training, and how near their scores are to those alone.
TRAINERS = {
    "products": (TfidfTorchClassifier(max_epochs=2, random_state=0), 0),
    "dense rows": (TorchClassifier(optimizer="lbfgs", max_epochs=2, random_state=0), 0),
    "row steps": (
        TfidfTorchClassifier(optimizer="adagrad", max_epochs=2, batch_size=16, random_state=0),
        1e-6,
    ),
    "block steps": (
        TfidfTorchClassifier(optimizer="adamw", max_epochs=2, batch_size=16, random_state=0),
        1e-6,
    ),
    "perceptrons": (
        TfidfTorchClassifier(
            hidden_layer_sizes=(5,),
            optimizer="adagrad",
            max_epochs=2,
            batch_size=16,
            random_state=0,
        ),
        1e-6,
    ),
    "CNN": (CNNClassifier(n_filters=5, n_buckets=500, **SMALL), 0),
    "fastText": (FastTextClassifier(n_buckets=500, **SMALL), 1e-6),
    "LSTM": (LSTMClassifier(hidden_size=4, **SMALL), 0),
}


class FaultyLoss(CrossEntropyLoss):
    """Cross-entropy that fails at some point, by default at none."""

    def __init__(self, where=None, label_smoothing=0.0):
        super().__init__(label_smoothing=label_smoothing)
        self.where = where

    def fail(self, where):
        if self.where == where:
            raise ERRORS.get(where, RuntimeError)(f"fails in {where}")

    def build(self, *args, **kwargs):
        self.fail("build")
        self.n_calls = 0
        return super().build(*args, **kwargs)

    def set_progress(self, progress):
        self.fail("set_progress")
        if 0 < progress < 0.9:  # not where the loss is asked whether it changes on the way
            self.fail("second epoch")

    def penalty(self, module):
        self.fail("penalty")

    def final_logits(self, logits):
        self.fail("final_logits")
        return logits

    def __deepcopy__(self, memo):
        self.fail("deepcopy")
        copied = FaultyLoss(self.where, self.label_smoothing)
        vars(copied).update(vars(self))
        return copied

    def forward(self, logits, target, sample_weight=None, reduction="mean"):
        self.fail("forward")
        self.fail("memory")
        if len(logits) and torch.is_grad_enabled():
            self.n_calls += 1
            if self.n_calls > 1:
                self.fail("second batch")
        value = super().forward(logits, target, sample_weight, reduction)
        if self.where == "backward":
            value = FaultyGradient.apply(value)
        if self.where == "shape":
            return value.expand(3)
        return value * np.nan if self.where == "divergence" else value


class FaultyGradient(torch.autograd.Function):
    """Fails when its gradient is wanted."""

    @staticmethod
    def forward(ctx, value):
        return value.clone()

    @staticmethod
    def backward(ctx, gradient):
        raise ArithmeticError("fails in backward")


class Unclonable:
    """Fails when it is copied, as clone does."""

    def __deepcopy__(self, memo):
        raise NotImplementedError("fails in deepcopy")


ERRORS = {"memory": MemoryError, "build": KeyError, "penalty": AttributeError}
POISONS = {
    **{
        where: {"loss": FaultyLoss(where)}
        for where in (
            *("build", "set_progress", "second epoch", "penalty", "forward", "second batch"),
            *("memory", "backward", "shape", "divergence"),
        )
    },
    "unknown loss": {"loss": "focall"},
    "parameter of an unknown loss": {"loss": "focall", "loss__gamma": 1.0},
    "parameter that the loss has not": {"loss": "crammer_singer", "loss__gamma": 1.0},
    "loss of another task": {"loss": "zlpr"},
    "range of the loss": {"loss": "focal", "loss__gamma": -1},
    "type of the loss": {"loss": 3},
    "no loss": {"loss": None},
    "range of lr": {"lr": -1.0},
    "type of lr": {"lr": [0.1]},
    "unknown class": {"class_weight": {"nobody": 2.0}},
    "weights of nothing": {"class_weight": dict.fromkeys(["a", "b", "c"], 0.0)},
    "negative weight": {"class_weight": {"a": -1.0}},
    "type of weight": {"class_weight": {"a": "much"}},
    "type of bias": {"bias_init": ["prior"]},
    "not copied": {"class_weight": Unclonable()},
}
RAISED = (
    ArithmeticError,
    AttributeError,
    KeyError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
GOOD = [
    {"loss": "focal", "loss__gamma": 2.0},
    {"class_weight": "balanced"},
    {"loss": FaultyLoss(), "lr": 0.2},
    {"loss": FaultyLoss(label_smoothing=0.1), "lr": 0.2},
]


def as_grid(candidates):
    """Spell candidates as a grid, in their order."""
    return [{name: [value] for name, value in params.items()} for params in candidates]


@pytest.fixture(scope="module")
def rows(multiclass):
    """Rows of each kind of estimator, with classes a, b and c."""
    texts, labels = (part[:120] for part in multiclass)
    y = np.array(list("abc"))[np.unique(labels, return_inverse=True)[1]]
    X, _ = make_classification(len(y), 12, n_informative=5, random_state=0)
    return {"texts": (texts, y), "dense rows": (X, y)}


@pytest.fixture(scope="module")
def alone(rows):
    """Give the scores of candidates that each were searched alone by scikit-learn."""
    known = {}

    def scores_of(name, candidates):
        estimator, X, y = parts_of(name, rows)
        for params in candidates:
            key = name, repr(params)
            if key not in known:
                search = GridSearchCV(
                    estimator, as_grid([params]), cv=CV, scoring="neg_log_loss", refit=False
                )
                results = search.fit(X, y).cv_results_
                known[key] = [results[f"split{i}_test_score"][0] for i in range(2)]
        return [known[name, repr(params)] for params in candidates]

    return scores_of


def parts_of(name, rows):
    return TRAINERS[name][0], *rows.get(name, rows["texts"])


def search_of(name, candidates, rows, **how):
    estimator, X, y = parts_of(name, rows)
    how = {"cv": CV, "scoring": "neg_log_loss", "refit": False} | how
    return LossSearchCV(estimator, as_grid(candidates), **how), X, y


@pytest.mark.parametrize("name", TRAINERS)
@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_the_others_score_as_alone(name, rows, alone):
    candidates = [*POISONS.values(), *GOOD]
    order = np.random.RandomState(len(name)).permutation(len(candidates))
    candidates = [candidates[i] for i in order]
    search, X, y = search_of(name, candidates, rows)
    with pytest.warns(FitFailedWarning, match="fits failed out of a total of"):
        results = search.fit(X, y).cv_results_
    scores = np.transpose([results[f"split{i}_test_score"] for i in range(2)])
    is_good = np.array([any(params is good for good in GOOD) for params in candidates])
    assert np.isnan(scores[~is_good]).all(), np.array(candidates)[~np.isnan(scores[:, 0])]
    expected = alone(name, [params for params in candidates if any(params is g for g in GOOD)])
    np.testing.assert_allclose(scores[is_good], expected, rtol=0, atol=TRAINERS[name][1])


@pytest.mark.parametrize("poison", POISONS)
def test_raise_raises_and_all_failing_is_an_error(poison, rows):
    candidates = [GOOD[0], POISONS[poison]]
    search, X, y = search_of("row steps", candidates, rows, error_score="raise")
    with pytest.raises(RAISED):
        search.fit(X, y)
    search, X, y = search_of("row steps", candidates[1:], rows)
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        search.fit(X, y)
    assert not hasattr(search, "cv_results_")


def test_a_loss_that_fails_later_leaves_the_others_together(rows, monkeypatch):
    def refuse(*args):
        raise AssertionError("candidates train one by one")

    monkeypatch.setattr(_fits, "train_one_by_one", refuse)
    candidates = [*GOOD, POISONS["second batch"], POISONS["second epoch"]]
    for name in ("row steps", "block steps", "CNN"):
        search, X, y = search_of(name, candidates, rows)
        with (
            pytest.warns(FitFailedWarning, match="4 fits failed out of a total of 12"),
            pytest.warns(UserWarning, match="non-finite"),
        ):
            search.fit(X, y)


def test_a_loss_that_takes_no_weights_of_labels(multilabel):
    grid = {"loss": ["cross_entropy", "zlpr", "focal"], "class_weight": [None, "balanced"]}
    clf = TfidfTorchClassifier(max_epochs=2, random_state=0)
    found = []
    for kind in (LossSearchCV, GridSearchCV):
        search = kind(clf, grid, cv=CV, refit=False, scoring="f1_macro")
        with (
            pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 12"),
            pytest.warns(UserWarning, match="non-finite"),
        ):
            found.append(search.fit(*multilabel).cv_results_["mean_test_score"])
    np.testing.assert_array_equal(*found)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
@pytest.mark.parametrize("name", ["products", "row steps", "CNN"])
def test_halving_goes_on_without_those_that_fail(name, rows):
    poisons = [POISONS[where] for where in ("build", "backward", "divergence", "type of lr")]
    search, X, y = search_of(name, [*poisons, *GOOD], rows, halving=2, refit=True)
    with pytest.warns(FitFailedWarning, match="fits failed"):
        search.fit(X, y)
    assert search.cv_results_["iter"].tolist() == [0] * 8 + [1] * 4 + [2] * 2 + [3]
    assert np.isfinite(search.best_score_)
    assert any(search.best_params_.items() >= good.items() for good in GOOD)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_halving_falls_back_to_the_last_round_with_a_score(rows):
    search, X, y = search_of("row steps", [POISONS["second epoch"]] * 2, rows, halving=2)
    with pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 6"):
        search.fit(X, y)
    assert search.best_params_["max_epochs"] == 1
    assert np.isfinite(search.best_score_)


class FailingCallback(Callback):
    """Fails when an epoch ends."""

    def on_epoch_end(self, net, **kwargs):
        raise OSError("fails in a callback")


def test_callbacks_that_fail(rows):
    candidates = [{}, {"callbacks": [FailingCallback()]}, {"class_weight": "balanced"}]
    search, X, y = search_of("products", candidates, rows)
    failing = pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 6")
    with failing, pytest.warns(UserWarning, match="non-finite"):
        search.fit(X, y)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True, False]


@pytest.mark.parametrize("several", [False, True])
def test_scorers_that_fail_for_one(several, rows):
    def scorer(estimator, X, y):
        if estimator.class_weight == "balanced":
            raise OSError("fails in scoring")
        score = "much" if estimator.lr == 0.2 else 1.0
        return {"one": score, "two": 2.0} if several else score

    candidates = [{"class_weight": "balanced"}, {"lr": 0.2}, {"lr": 0.1}]
    search, X, y = search_of("row steps", candidates, rows, scoring=scorer, error_score=-1)
    with pytest.warns(UserWarning, match="Scoring failed"):
        results = search.fit(X, y).cv_results_
    name = "mean_test_one" if several else "mean_test_score"
    assert results[name].tolist() == [-1.0, -1.0, 1.0]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", ["products", "row steps", "CNN"])
def test_only_the_user_ends_a_search(name, stop, rows, monkeypatch):
    monkeypatch.setitem(ERRORS, "forward", stop)
    search, X, y = search_of(name, [*GOOD, POISONS["forward"]], rows, refit=True)
    good, _, _ = search_of(name, GOOD[:2], rows, refit=True)
    with pytest.raises(stop):
        search.fit(X, y)
    with pytest.raises(NotFittedError):
        search.predict(X)
    assert not [key for key in vars(search) if key.endswith("_")]
    search.set_params(param_grid=good.param_grid).fit(X, y)
    before = dict(vars(search))
    search.set_params(param_grid=as_grid([*GOOD, POISONS["forward"]]))
    with pytest.raises(stop):
        search.fit(X, y)
    assert {key: vars(search)[key] for key in before if key.endswith("_")} == {
        key: value for key, value in before.items() if key.endswith("_")
    }


def test_a_later_fit_leaves_nothing_of_an_earlier_one(rows):
    search, X, y = search_of("row steps", GOOD[:2], rows, refit=True)
    search.fit(X, y).set_params(refit=False).fit(X, y)
    assert not hasattr(search, "best_estimator_")


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ("f1_makro", r"scoring='f1_makro' is not known; did you mean 'f1_macro'\?"),
        (["accuracy", "f1_makro"], r"scoring\[1\]='f1_makro' is not known"),
        ({"a": "roc_auk"}, r"scoring\['a'\]='roc_auk' is not known; did you mean 'roc_auc'\?"),
    ],
)
def test_names_of_scorers_are_looked_up(scoring, message, rows):
    search, X, y = search_of("row steps", GOOD, rows, scoring=scoring)
    with pytest.raises(ValueError, match=message):
        search.fit(X, y)


def test_functions_that_fail_do_not_halt_the_others():
    def member(ask, fails_at):
        for i in range(5):
            if i == fails_at:
                raise ValueError(f"at {i}")
            ask(i)

    def stubborn(ask):
        for _ in range(3):
            try:
                ask(0)
            except BaseException:
                continue

    def answer(asked):
        return {i: ArithmeticError("no") if i == 5 else question for i, question in asked.items()}

    found = []

    def run():
        functions = [lambda ask, k=k: member(ask, k) for k in range(6)]
        found.append(run_coroutines(functions, answer))
        with pytest.raises(OSError, match="broken"):
            run_coroutines([stubborn, *functions], broken)

    def broken(asked):
        raise OSError("broken")

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=300)
    assert not thread.is_alive()
    assert [str(error) for error in found[0]] == [f"at {k}" for k in range(5)] + ["no"]
