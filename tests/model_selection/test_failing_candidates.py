"""LossSearchCV: whatever a candidate raises, it alone is lost."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV, KFold

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
)
from sktext.losses import CrossEntropyLoss
from sktext.model_selection import LossSearchCV

CV = KFold(2, shuffle=True, random_state=0)
SMALL = {"embedding_dim": 6, "max_epochs": 2, "batch_size": 32, "random_state": 0}
# Estimators of every kind of joint training, and how near their scores are to those alone.
TRAINERS = {
    "products": (TfidfTorchClassifier(max_epochs=2, random_state=0), 0),
    "dense rows": (TorchClassifier(optimizer="lbfgs", max_epochs=2, random_state=0), 0),
    "row steps": (
        TfidfTorchClassifier(optimizer="adagrad", max_epochs=2, batch_size=32, random_state=0),
        1e-6,
    ),
    "block steps": (
        TfidfTorchClassifier(optimizer="adamw", max_epochs=2, batch_size=32, random_state=0),
        1e-6,
    ),
    "perceptrons": (
        TfidfTorchClassifier(
            hidden_layer_sizes=(5,),
            optimizer="adagrad",
            max_epochs=2,
            batch_size=32,
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
        if progress > 0:
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
    texts, labels = multiclass
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
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_the_others_score_as_alone(seed, name, rows, alone):
    rng = np.random.RandomState(seed)
    poisons = [POISONS[k] for k in np.array(list(POISONS))[seed::3]]
    candidates = [*poisons, *GOOD]
    candidates = [candidates[i] for i in rng.permutation(len(candidates))]
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
    with pytest.raises(Exception, match=".+") as one:
        search.fit(X, y)
    assert not isinstance(one.value, AssertionError)
    search, X, y = search_of("row steps", candidates[1:], rows)
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        search.fit(X, y)
    assert not hasattr(search, "cv_results_")
