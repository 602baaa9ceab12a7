"""L-BFGS that knows how sharply the loss bends comes to the same minimum sooner."""

import numpy as np
import pytest
import torch
from scipy import sparse

from sktext import TorchClassifier
from sktext._training import _optimizer_plan, _optimizers
from sktext._training._network_input import to_network_input
from sktext._training._preconditioner import column_squares
from sktext.losses import CrammerSingerLoss, HingeLoss
from sktext.modules import MLP


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_column_squares_are_those_of_numpy(kind):
    matrix = np.random.RandomState(0).binomial(3, 0.2, (50, 7)) * [0, 1, 2, 3, 1, 1, 9.0]
    rows = to_network_input(kind(matrix), torch.float64)
    np.testing.assert_allclose(column_squares(rows, None).numpy(), (matrix**2).mean(axis=0))
    weight = np.linspace(0.5, 1.5, 50)
    expected = np.average(matrix**2, axis=0, weights=weight)
    np.testing.assert_allclose(column_squares(rows, weight).numpy(), expected)
    each = column_squares(rows, np.stack([weight - 0.1, weight + 0.1], axis=1))
    np.testing.assert_allclose(each.numpy(), expected)


def uneven_rows(task):
    """Make columns of which the last is met, or counts, a thousand times as much as the first."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(500, 20)) * np.logspace(-2, 1, 20)
    logits = X @ (rng.normal(size=(20, 3)) / np.logspace(-2, 1, 20)[:, None])
    logits += rng.logistic(size=logits.shape)
    y = {"binary": logits[:, 0] > 0, "multiclass": logits.argmax(axis=1)}
    return X, y[task].astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_scaled_search_takes_fewer_epochs_to_the_same_minimum(task, monkeypatch):
    X, y = uneven_rows(task)
    params = {"optimizer": "lbfgs", "dtype": "float64", "max_epochs": 300, "random_state": 0}
    monkeypatch.setattr(_optimizer_plan, "TOLERANCE", 1e-9)
    scaled = TorchClassifier(**params).fit(X, y)
    monkeypatch.setattr(_optimizers.OptimizerPlan, "preconditioner", lambda *_: None)
    plain = TorchClassifier(**params).fit(X, y)
    losses = [model.history_[-1, "train_loss"] for model in (scaled, plain)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert 2 * scaled.n_iter_ < plain.n_iter_


def test_empty_columns_without_a_penalty_do_no_harm():
    X, y = uneven_rows("binary")
    X = np.column_stack([X, np.zeros(len(X))])
    model = TorchClassifier(optimizer="lbfgs", weight_decay=0.0, random_state=0).fit(X, y)
    assert np.isfinite(model.coef_).all()
    assert model.coef_[0, -1] == 0


def test_numbers_too_large_to_be_squared_are_told():
    X, y = uneven_rows("binary")
    with pytest.raises(ValueError, match="scale the features"):
        TorchClassifier(optimizer="lbfgs", random_state=0).fit(X * 1e20, y)


class Tempered(MLP):
    """A linear model with one more number to learn."""

    def __init__(self, n_inputs, n_outputs):
        super().__init__(n_inputs, n_outputs)
        self.heat = torch.nn.Parameter(torch.ones(1))

    def forward(self, x):
        return super().forward(x) * self.heat


class TemperedClassifier(TorchClassifier):
    """What a user may write."""

    def make_module(self, n_features, n_outputs, row_norm, seed):
        return Tempered(n_features, n_outputs)


def test_a_linear_network_of_your_own_may_have_more_parameters():
    X, y = uneven_rows("binary")
    model = TemperedClassifier(optimizer="lbfgs", weight_decay=0.0, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize("loss", [HingeLoss(p=1), CrammerSingerLoss(smoothing=0.0), "ldam"])
def test_losses_of_margins_are_searched_as_they_are(loss, monkeypatch):
    X, y = uneven_rows("binary")
    model = TorchClassifier(loss=loss, optimizer="lbfgs", random_state=0).fit(X, y)
    monkeypatch.setattr(_optimizers.OptimizerPlan, "preconditioner", lambda *_: None)
    unscaled = TorchClassifier(loss=loss, optimizer="lbfgs", random_state=0).fit(X, y)
    np.testing.assert_array_equal(model.coef_, unscaled.coef_)
