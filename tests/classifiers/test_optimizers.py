"""Which optimizer runs and why, groups of parameters, closures, schedules by the step."""

import pickle
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback, ProgressBar

from sktext import (
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    TfidfTorchClassifier,
)
from sktext._training import _optimizers
from sktext.classifiers._token_base import BaseTokenClassifier
from sktext.model_selection import LossSearchCV
from sktext.sampling import BalancedBatches

CHOSEN = {
    "lbfgs": {},
    "adagrad": {"hidden_layer_sizes": (4,)},
    "adamw": {"optimizer": "adamw"},
    "sgd": {"optimizer": partial(torch.optim.SGD, lr=0.1, momentum=0.9)},
    "adam": {"optimizer": torch.optim.Adam},
    "NAdam": {"optimizer": torch.optim.NAdam},
    "RMSprop": {"optimizer": lambda groups: torch.optim.RMSprop(groups), "weight_decay": 0},
}


@pytest.mark.parametrize("name", CHOSEN)
def test_optimizer_that_ran_has_a_name(name, multiclass):
    clf = TfidfTorchClassifier(max_epochs=1, **CHOSEN[name])
    with pytest.raises(NotFittedError):
        clf.optimizer_  # noqa: B018
    clf.fit(*multiclass)
    assert clf.optimizer_ == name
    if name != "RMSprop":  # a lambda cannot be pickled
        assert pickle.loads(pickle.dumps(clf)).optimizer_ == name


def test_every_classifier_names_its_optimizer(every, multiclass):
    assert every.fit(*multiclass).optimizer_ in _optimizers.OPTIMIZERS
    assert pickle.loads(pickle.dumps(every)).optimizer_ == every.optimizer_


@pytest.mark.parametrize("optimizer", ["adagrad", "adamw", "auto"])
def test_best_of_a_joint_search_names_its_optimizer(optimizer, multiclass):
    clf = TfidfTorchClassifier(optimizer=optimizer, max_epochs=2)
    search = LossSearchCV(clf, {"loss": ["focal", "margin_ce"]}, cv=2).fit(*multiclass)
    assert search.best_estimator_.optimizer_ == ("lbfgs" if optimizer == "auto" else optimizer)


def test_size_that_changes_the_optimizer_is_said(multiclass, monkeypatch):
    monkeypatch.setattr(_optimizers, "MAX_LBFGS_BYTES", 52_000)
    expected = r"takes 'adagrad', as the model has .* million weights, .*min_df=2.*'lbfgs'"
    with pytest.warns(UserWarning, match=expected) as caught:
        clf = TfidfTorchClassifier(max_epochs=1).fit(*multiclass)
    assert clf.optimizer_ == "adagrad"
    assert caught[0].filename == __file__
    for name in ("adagrad", "lbfgs"):  # who has chosen needs no word
        assert TfidfTorchClassifier(optimizer=name).fit(*multiclass).optimizer_ == name


OTHER_REASONS = {
    "network is not linear": {"hidden_layer_sizes": (4,)},
    "dropout=0.5": {"dropout": 0.5},
    "SelfAdjustingDiceLoss|does not suit": {"loss": "dice"},
    "draws batches": {"sampler": "balanced_batches"},
    "lr_schedule='step'": {"lr_schedule": "step"},
}


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_other_reasons_are_told_to_those_who_listen(reason, multiclass, capsys, monkeypatch):
    monkeypatch.setattr(_optimizers, "MAX_LBFGS_BYTES", 52_000)
    clf = TfidfTorchClassifier(max_epochs=1, **OTHER_REASONS[reason]).fit(*multiclass)
    assert clf.optimizer_ != "lbfgs"
    assert capsys.readouterr() == ("", "")
    clf.set_params(verbose=1).fit(*multiclass)
    printed = capsys.readouterr().out
    assert f"optimizer='auto' is {clf.optimizer_!r}" in printed
    assert any(part in printed for part in reason.split("|"))


class Body(torch.nn.Module):
    """A network with a body and a head."""

    def __init__(self, n_tokens, n_outputs):
        super().__init__()
        self.embedding = torch.nn.Embedding(n_tokens, 4, padding_idx=0)
        self.body = torch.nn.Linear(4, 4)
        self.head = torch.nn.Linear(4, n_outputs)

    def forward(self, ids):
        return self.head(self.body(self.embedding(ids).sum(dim=1)).tanh())


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd", "adagrad", torch.optim.NAdam])
def test_groups_of_parameters_have_their_own_options(optimizer, multiclass):
    params = {"optimizer": optimizer, "lr": 0.1, "max_epochs": 1, "random_state": 0}
    plain = ModuleClassifier(Body, **params).fit(*multiclass)
    start = {name: value.clone() for name, value in plain.net_.module_.named_parameters()}
    groups = [("body*", {"lr": 0.0}), ("embed*", {"lr": 1e-3, "weight_decay": 0.25})]
    clf = ModuleClassifier(Body, net_params={"optimizer__param_groups": groups}, **params)
    clf.fit(*multiclass)
    names = {id(value): name for name, value in clf.net_.module_.named_parameters()}
    found = {
        names[id(value)]: (group["lr"], group["weight_decay"])
        for group in clf.net_.optimizer_.param_groups
        for value in group["params"]
    }
    default = _optimizers.default_weight_decay(clf.net_.optimizer.factory)
    assert found == {
        "embedding.weight": (1e-3, 0.25),
        "body.weight": (0.0, default),
        "body.bias": (0.0, 0.0),
        "head.weight": (0.1, default),
        "head.bias": (0.1, 0.0),
    }
    assert not torch.equal(clf.net_.module_.head.weight, start["head.weight"])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"optimizer": "lbfgs"}, "'lbfgs' searches one step for all weights"),
        ({}, "'lbfgs' searches one step for all weights"),
        ({"optimizer": "adamw"}, r"pattern 'bdy\*'.*the network has head.weight, head.bias"),
    ],
)
def test_groups_that_cannot_be_are_refused(params, message, multiclass):
    groups = {"optimizer__param_groups": [("bdy*", {"lr": 1e-5})]}
    with pytest.raises(ValueError, match=message):
        TfidfTorchClassifier(net_params=groups, **params).fit(*multiclass)


def test_groups_search_each_by_itself(multiclass):
    groups = {"optimizer__param_groups": [("head*", {"lr": 1e-3})]}
    clf = TfidfTorchClassifier(optimizer="adamw", net_params=groups, max_epochs=2, random_state=0)
    search = LossSearchCV(clf, {"loss": ["focal", "margin_ce"]}, cv=2).fit(*multiclass)
    alone = clf.set_params(**search.best_params_).fit(*multiclass)
    np.testing.assert_array_equal(
        search.best_estimator_.predict_proba(multiclass[0]), alone.predict_proba(multiclass[0])
    )


class SAM(torch.optim.SGD):
    """Sharpness-aware minimisation: the gradient is that of a point uphill."""

    calls = 0

    def step(self, closure):
        loss = closure()
        values = [v for group in self.param_groups for v in group["params"] if v.grad is not None]
        with torch.no_grad():
            norm = torch.stack([value.grad.norm() for value in values]).norm()
            climbs = [value.grad * (0.05 / norm) for value in values]
            for value, climb in zip(values, climbs, strict=True):
                value.add_(climb)
        closure()
        with torch.no_grad():
            for value, climb in zip(values, climbs, strict=True):
                value.sub_(climb)
        super().step()
        type(self).calls += 2
        return loss


@pytest.mark.parametrize("optimizer", [SAM, "sgd"])
@pytest.mark.parametrize("n_batches", [2, 4])
def test_gathered_gradients_are_those_of_one_batch_whatever_asks_for_them(
    optimizer, n_batches, multiclass
):
    texts, labels = multiclass

    def fit(batch_size, n_batches):
        clf = ModuleClassifier(
            Body,
            optimizer=optimizer,
            lr=0.1,
            batch_size=batch_size,
            gradient_accumulation_steps=n_batches,
            max_epochs=3,
            dtype="float64",
            random_state=0,
        )
        return clf.fit(texts, labels)

    whole, parts = fit(240, 1), fit(240 // n_batches, n_batches)
    for a, b in zip(whole.net_.module_.parameters(), parts.net_.module_.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


def test_closures_are_told_of_as_gradients_are(multiclass):
    told = []

    class Listener(Callback):
        def on_grad_computed(self, net, **kwargs):
            told.append(len(net.history))

        def __deepcopy__(self, memo):
            return self

    before = SAM.calls
    FastTextClassifier(
        n_buckets=50, embedding_dim=4, optimizer=SAM, lr=0.1, batch_size=60,
        gradient_accumulation_steps=2, max_epochs=2, callbacks=[Listener()],
    ).fit(*multiclass)  # fmt: skip
    assert len(told) == SAM.calls - before == 8


@pytest.mark.parametrize("n_gathered", [1, 2, 3])
def test_one_cycle_moves_with_the_steps(n_gathered, multiclass):
    clf = LSTMClassifier(
        4, embedding_dim=4, optimizer="adamw", lr=0.01, lr_schedule="one_cycle", batch_size=30,
        gradient_accumulation_steps=n_gathered, max_epochs=3, random_state=0,
    ).fit(*multiclass)  # fmt: skip
    rates = [
        batch["event_lr"]
        for epoch in clf.history_
        for batch in epoch["batches"]
        if "event_lr" in batch
    ]
    assert len(rates) == 3 * -(-8 // n_gathered)
    assert max(rates) > 0.9 * 0.01
    assert clf.net_.optimizer_.param_groups[0]["lr"] < 1e-5


@pytest.mark.parametrize("n_gathered", [1, 3])
@pytest.mark.parametrize("schedule", ["warmup_linear", "warmup_cosine"])
def test_warm_up_rises_for_a_tenth_of_the_steps_and_ends_at_zero(schedule, n_gathered, multiclass):
    clf = LSTMClassifier(
        4, embedding_dim=4, optimizer="adamw", lr=0.01, lr_schedule=schedule, batch_size=10,
        gradient_accumulation_steps=n_gathered, max_epochs=5, random_state=0,
    ).fit(*multiclass)  # fmt: skip
    batches = [batch for epoch in clf.history_ for batch in epoch["batches"]]
    rates = np.array([batch["event_lr"] for batch in batches if "event_lr" in batch])
    n_steps = 5 * -(-24 // n_gathered)
    peak = -(-n_steps // 10)
    assert len(rates) == n_steps
    np.testing.assert_allclose(rates[:peak], 0.01 * np.arange(1, peak + 1) / peak)
    assert (np.diff(rates[peak:]) < 0).all()
    assert 0 < rates[-1] < 1e-3
    assert clf.net_.optimizer_.param_groups[0]["lr"] == 0


class Totals(ProgressBar):
    """skorch's, which keeps what it has shown."""

    seen = []

    def on_epoch_end(self, net, **kwargs):
        self.seen.append((self.pbar_.total, self.pbar_.n))
        super().on_epoch_end(net, **kwargs)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"optimizer": "adagrad"},
        {"optimizer": "adagrad", "early_stopping": True},
        {"sampler": "over", "optimizer": "adagrad"},
        {"sampler": BalancedBatches()},
    ],
    ids=str,
)
def test_progress_bar_of_skorch_ends_where_it_says(params, multiclass):
    Totals.seen.clear()
    TfidfTorchClassifier(callbacks=[Totals()], max_epochs=2, batch_size=50, **params).fit(
        *multiclass
    )
    assert len(Totals.seen) == 2
    assert all(total == shown for total, shown in Totals.seen)


def test_progress_bar_counts_batches_that_only_gather(every, multiclass):
    if "gradient_accumulation_steps" not in every.get_params():
        pytest.skip("it has none")
    Totals.seen.clear()
    every.set_params(callbacks=[Totals()], gradient_accumulation_steps=3, batch_size=50)
    every.fit(*multiclass)
    assert all(total == shown for total, shown in Totals.seen)


def test_float16_on_a_cpu_is_said_and_trains_in_float32(every, multiclass):
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    if not isinstance(every, BaseTokenClassifier):
        with pytest.raises(ValueError, match="for networks that read sequences of tokens"):
            every.set_params(dtype="float16").fit(*multiclass)
        return
    plain = type(every)(**every.get_params(deep=False)).fit(*multiclass)
    with pytest.warns(UserWarning, match="'float16' is for CUDA devices.*trains in float32"):
        every.set_params(dtype="float16").fit(*multiclass)
    texts = multiclass[0]
    np.testing.assert_array_equal(every.predict_proba(texts), plain.predict_proba(texts))
    every.net_.half = "float16"  # as of one that was fitted on a CUDA device
    np.testing.assert_array_equal(every.predict_proba(texts), plain.predict_proba(texts))


def test_bfloat16_on_a_cpu_has_an_effect(every, multiclass):
    if not isinstance(every, BaseTokenClassifier):
        pytest.skip("it takes no half precision")
    plain = type(every)(**every.get_params(deep=False)).fit(*multiclass)
    half = every.set_params(dtype="bfloat16").fit(*multiclass)
    change = np.abs(half.predict_proba(multiclass[0]) - plain.predict_proba(multiclass[0])).max()
    assert 0 < change < 0.2
