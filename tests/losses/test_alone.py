"""Losses outside the package's own classifiers: plain torch, plain skorch."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
from skorch import NeuralNetClassifier

from sktext.losses import (
    LOSSES,
    CombinedLoss,
    DiceLoss,
    FocalLoss,
    LDAMLoss,
    LogitAdjustmentLoss,
    MarginCELoss,
)


@pytest.fixture
def problem():
    X, y = make_classification(
        300, 10, n_informative=6, n_classes=3, weights=[0.6, 0.3], random_state=0
    )
    return X.astype(np.float32), y.astype(np.int64)


@pytest.mark.parametrize("name", [n for n in LOSSES if "multiclass" in LOSSES[n]().tasks])
def test_loss_trains_a_plain_torch_loop(name, problem):
    X, y = map(torch.from_numpy, problem)
    generator = torch.Generator().manual_seed(0)
    layer = torch.nn.Linear(10, 3)
    torch.nn.init.normal_(layer.weight, std=0.1, generator=generator)
    loss = LOSSES[name]()
    if loss.needs_counts:
        loss.build("multiclass", class_counts=torch.bincount(y))
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    first = None
    for _ in range(150):
        optimizer.zero_grad()
        value = loss(layer(X), y)
        value.backward()
        optimizer.step()
        first = value.item() if first is None else first
    assert value.item() < first
    assert (layer(X).argmax(dim=1) == y).float().mean() > 0.6


def test_loss_moves_with_the_module_it_belongs_to():
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.loss = LDAMLoss().build("multiclass", [5, 3])

    model = Model().to(torch.float32)
    assert "loss.margins_" in model.state_dict()
    assert model.loss.margins_.dtype == torch.float32


def test_losses_work_under_skorch_by_class_and_parameters(problem):
    X, y = problem
    net = NeuralNetClassifier(
        torch.nn.Linear,
        module__in_features=10,
        module__out_features=3,
        criterion=FocalLoss,
        criterion__gamma=3.0,
        predict_nonlinearity=FocalLoss().predict_proba,
        lr=0.1,
        max_epochs=10,
        verbose=0,
        train_split=None,
    )
    assert net.fit(X, y).score(X, y) > 0.6
    np.testing.assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    search = GridSearchCV(net, {"criterion__gamma": [0.0, 2.0]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.5
    assert clone(net).criterion is FocalLoss


def test_loss_that_needs_counts_works_under_skorch_when_built(problem):
    X, y = problem
    net = NeuralNetClassifier(
        torch.nn.Linear,
        module__in_features=10,
        module__out_features=3,
        criterion=LogitAdjustmentLoss().build("multiclass", class_counts=np.bincount(y)),
        lr=0.1,
        max_epochs=10,
        verbose=0,
        train_split=None,
    )
    assert net.fit(X, y).score(X, y) > 0.5


def test_unbuilt_loss_says_how_to_give_it_the_counts():
    with pytest.raises(ValueError, match=r"build\('multiclass', class_counts="):
        LDAMLoss()(torch.zeros(2, 3), torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="n_samples="):
        LogitAdjustmentLoss().build("multilabel", class_counts=[1, 2])


@pytest.mark.parametrize(
    ("logits", "target", "message"),
    [
        (torch.zeros(3, 2), torch.tensor([0.5, 1.0, 0.0]), "class numbers"),
        (torch.zeros(3), torch.tensor([0, 2, 1]), "0 and 1"),
        (torch.zeros(3, 2), torch.tensor([0, -1, 1]), "class numbers"),
        (torch.zeros(3, 2), torch.zeros(3, 4), "shape"),
        (torch.zeros(4), torch.zeros(3), "shape"),
    ],
)
def test_wrong_targets_are_explained(logits, target, message):
    with pytest.raises(ValueError, match=message):
        FocalLoss()(logits, target)


def test_task_that_a_loss_cannot_do_is_named():
    with pytest.raises(ValueError, match="LDAMLoss takes binary or multiclass targets"):
        LDAMLoss().build("multilabel", [1, 2], n_samples=3)


def test_parameters_are_checked_when_a_loss_is_built_or_first_called():
    with pytest.raises(ValueError, match="'margin' parameter of MarginCELoss"):
        MarginCELoss(margin=0.4).build("binary")
    with pytest.raises(ValueError, match="'gamma' parameter of FocalLoss"):
        FocalLoss(gamma=-1)(torch.zeros(2), torch.zeros(2))


def test_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="reduction must be"):
        FocalLoss()(torch.zeros(2), torch.zeros(2), reduction="avg")


def test_combined_loss_composes_parameters_and_refuses_bad_weights():
    loss = CombinedLoss([("ce", "cross_entropy"), ("dice", DiceLoss(smooth=2.0))], weights=[1, 1])
    assert loss.get_params()["dice__smooth"] == 2.0
    assert clone(loss).set_params(dice=FocalLoss()).get_params()["dice__gamma"] == 2.0
    with pytest.raises(ValueError, match="one number for each of the 2 losses"):
        loss.set_params(weights=[1, 2, 3]).build("binary")
    with pytest.raises(ValueError, match="'nope' is not known"):
        CombinedLoss([("x", "nope")]).build("binary")
    with pytest.raises(ValueError, match="no unreduced form"):
        CombinedLoss()(torch.zeros(2), torch.zeros(2), reduction="none")
