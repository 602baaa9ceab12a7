"""Training: chunks, warm starts, early stopping, schedules, callbacks, interruption."""

import functools
import signal

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, train_test_split
from skorch.callbacks import Callback, EarlyStopping, EpochScoring, GradientNormClipping

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._training._lr_schedules import LR_SCHEDULES


@pytest.fixture
def halves(multiclass):
    """Texts and labels, split in two."""
    texts, labels = multiclass
    return train_test_split(texts, labels, test_size=0.5, stratify=labels, random_state=0)


def test_partial_fit_learns_from_chunks_that_lack_classes(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(vectorizer="hashing", random_state=0)
    order = np.argsort(labels, kind="stable")  # the worst order: one class after the other
    for _ in range(8):
        for rows in np.array_split(np.random.RandomState(0).permutation(order), 4):
            chunk = [texts[row] for row in rows]
            clf.partial_fit(chunk, labels[rows], classes=["account", "billing", "delivery"])
    assert clf.n_iter_ == 32
    assert clf.score(texts, labels) > 0.9


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series, pd.Categorical, "object"])
def test_partial_fit_takes_classes_in_any_container(multiclass, container):
    texts, labels = multiclass
    names = ["praise", "account", "billing", "delivery"]
    classes = np.array(names, dtype=object) if container == "object" else container(names)
    clf = TfidfTorchClassifier(vectorizer="hashing", random_state=0)
    for _ in range(2):
        clf.partial_fit(texts, labels.astype(object), classes=classes)
    assert clf.classes_.tolist() == sorted(names)
    assert clf.classes_.dtype.kind == "U"


def test_partial_fit_names_a_class_that_is_missing():
    with pytest.raises(ValueError, match=r"classes\[1\] is missing"):
        TorchClassifier().partial_fit(np.eye(2), ["a", "b"], classes=["a", None, "b"])


def test_partial_fit_first_chunk_may_hold_a_single_class():
    clf = TorchClassifier(random_state=0)
    X = np.eye(4)
    clf.partial_fit(X[:2], [0, 0], classes=[0, 1])
    clf.partial_fit(X[2:], [1, 1])
    assert clf.classes_.tolist() == [0, 1]
    assert np.isfinite(clf.predict_proba(X)).all()


def test_partial_fit_keeps_what_the_optimizer_remembers(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).partial_fit(texts, labels)
    before = clf.net_.optimizer_
    clf.partial_fit(texts, labels)
    assert clf.net_.optimizer_ is before
    steps = [state["step"].item() for state in before.state.values()]
    assert set(steps) == {2 * -(-len(texts) // clf.batch_size)}


def test_partial_fit_goes_on_after_fit(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    epochs = clf.n_iter_
    clf.partial_fit(texts, labels)
    assert clf.n_iter_ == epochs + 1


def test_partial_fit_weight_zero_rows_have_no_pull(multiclass):
    texts, labels = multiclass
    weight = (np.arange(len(texts)) % 2).astype(float)
    rows = np.flatnonzero(weight)
    weighted = TfidfTorchClassifier(random_state=0).partial_fit(texts, labels, sample_weight=weight)
    alone = TfidfTorchClassifier(random_state=0).partial_fit(
        [texts[row] for row in rows], labels[rows]
    )
    np.testing.assert_array_equal(weighted.predict_proba(texts), alone.predict_proba(texts))


def test_warm_start_goes_on_where_the_last_fit_ended(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(
        "words", optimizer="adagrad", max_epochs=2, warm_start=True, random_state=0
    ).fit(texts, labels)
    first = clf.history_[-1, "train_loss"]
    vocabulary = clf.vectorizer_
    clf.fit(texts, labels)
    assert clf.n_iter_ == 4
    assert clf.history_[2, "train_loss"] < first
    assert clf.vectorizer_ is vocabulary


def test_cold_start_forgets(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    expected = clf.predict_proba(texts)
    np.testing.assert_array_equal(clf.fit(texts, labels).predict_proba(texts), expected)


@pytest.mark.parametrize("optimizer", ["adagrad", "lbfgs"])
def test_early_stopping_restores_the_best_weights(optimizer, halves):
    train, test, y_train, y_test = halves
    clf = TfidfTorchClassifier(
        optimizer=optimizer,
        weight_decay=0.0,
        max_epochs=200,
        early_stopping=True,
        n_iter_no_change=3,
        random_state=0,
    )
    clf.fit(train, y_train, X_val=test, y_val=y_test)
    losses = clf.history_[:, "valid_loss"]
    assert clf.n_iter_ < 200
    assert clf.best_validation_score_ == min(losses)
    logits = torch.as_tensor(clf.decision_function(test))
    target = torch.as_tensor(np.searchsorted(clf.classes_, y_test))
    assert clf.loss_(logits, target).item() == pytest.approx(min(losses), rel=1e-4)


@pytest.mark.parametrize(
    "scoring",
    [
        "f1_macro",
        "neg_log_loss",
        make_scorer(f1_score, average="macro", labels=["account"], pos_label=None),
        lambda model, X, y: (model.predict(X) == y).mean(),
    ],
    ids=["name", "of probabilities", "of the user's labels", "callable"],
)
def test_early_stopping_watches_any_scorer(scoring, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(
        optimizer="adagrad", early_stopping=True, scoring=scoring, max_epochs=30, random_state=0
    ).fit(texts, labels)
    scores = clf.history_[:, "valid_score"]
    assert clf.best_validation_score_ == max(scores)


def test_scorer_of_early_stopping_sees_the_weights_of_the_held_out_rows(multiclass):
    texts, labels = multiclass
    seen = []

    def scorer(model, X, y, sample_weight=None):
        seen.append(sample_weight)
        return 1.0

    TfidfTorchClassifier(early_stopping=True, scoring=scorer, max_epochs=1).fit(
        texts, labels, sample_weight=np.arange(1.0, len(texts) + 1)
    )
    assert len(np.unique(seen[0])) == len(seen[0]) > 10


def test_scorer_for_binary_probabilities(binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(early_stopping=True, scoring="roc_auc", max_epochs=3)
    clf.fit(texts, labels)
    assert 0.5 < clf.best_validation_score_ <= 1


def test_validation_rows_without_early_stopping_are_only_watched(halves):
    train, test, y_train, y_test = halves
    watched = TfidfTorchClassifier(random_state=0).fit(train, y_train, X_val=test, y_val=y_test)
    alone = TfidfTorchClassifier(random_state=0).fit(train, y_train)
    assert len(watched.history_[:, "valid_loss"]) == watched.n_iter_
    np.testing.assert_array_equal(watched.predict_proba(test), alone.predict_proba(test))


def test_held_out_rows_have_every_class_left_in_training(rng):
    y = np.repeat([0, 1, 2], [50, 5, 1])
    X = rng.normal(size=(56, 3))
    clf = TorchClassifier(early_stopping=True, validation_fraction=0.5, max_epochs=1).fit(X, y)
    assert (clf.class_counts_ > 0).all()


WARM_RESTARTS = functools.partial(torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, T_0=3)


@pytest.mark.parametrize("schedule", [*LR_SCHEDULES, WARM_RESTARTS], ids=str)
def test_lr_schedule_changes_the_step_size(schedule, multiclass):
    texts, labels = multiclass
    rates = []

    class Recorder(Callback):
        def on_epoch_begin(self, net, **kwargs):
            rates.append(net.optimizer_.param_groups[0]["lr"])

    TfidfTorchClassifier(
        lr_schedule=schedule,
        optimizer="adamw",
        lr=1e-7,  # so small that the loss stays, which is what "plateau" waits for
        max_epochs=12,
        callbacks=[("recorder", _share(Recorder()))],
    ).fit(texts, labels)
    assert len(set(rates)) > 1
    assert np.isfinite(rates).all()


def _share(callback):
    """Keep a callback from being copied, to look into it afterwards."""
    callback.__class__.__deepcopy__ = lambda self, memo: self
    return callback


def test_one_cycle_ends_below_where_it_started(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(lr_schedule="one_cycle", optimizer="adamw", max_epochs=5)
    clf.fit(texts, labels)
    assert clf.net_.optimizer_.param_groups[0]["lr"] < 1e-4


def test_callbacks_of_skorch_work_and_are_copied(multiclass):
    texts, labels = multiclass
    callback = EpochScoring("f1_macro", name="macro", lower_is_better=False)
    clf = TfidfTorchClassifier(
        callbacks=[callback], early_stopping=True, optimizer="adagrad", max_epochs=3
    ).fit(texts, labels)
    assert len(clf.history_[:, "macro"]) == 3
    assert not hasattr(callback, "best_score_")


def test_early_stopping_of_skorch_ends_training(multiclass):
    texts, labels = multiclass
    stopper = EarlyStopping(monitor="train_loss", patience=2, threshold=10.0, threshold_mode="abs")
    clf = TfidfTorchClassifier(callbacks=[stopper], optimizer="adagrad", max_epochs=20)
    assert clf.fit(texts, labels).n_iter_ == 3


def test_gradient_clipping_bounds_the_step(multiclass):
    texts, labels = multiclass
    params = {"optimizer": "sgd", "lr": 1.0, "max_epochs": 1, "bias_init": "zero"}
    free = TfidfTorchClassifier(**params, random_state=0).fit(texts, labels)
    clip = GradientNormClipping(1e-3)
    clipped = TfidfTorchClassifier(**params, callbacks=[clip], random_state=0).fit(texts, labels)

    def norm(clf):
        return clf.net_.module_.head.weight.norm().item()

    assert norm(clipped) <= 1e-3 * -(-len(texts) // clipped.batch_size)
    assert norm(free) > 10 * norm(clipped)


def test_dropout_changes_training_but_not_prediction(multiclass):
    texts, labels = multiclass
    params = {"hidden_layer_sizes": (16,), "random_state": 0}
    dropped = TfidfTorchClassifier(dropout=0.5, **params).fit(texts, labels)
    whole = TfidfTorchClassifier(**params).fit(texts, labels)
    assert not np.allclose(dropped.predict_proba(texts), whole.predict_proba(texts))
    np.testing.assert_array_equal(dropped.predict_proba(texts), dropped.predict_proba(texts))


def test_weight_decay_shrinks_the_weights(multiclass):
    texts, labels = multiclass

    def norm(**params):
        clf = TfidfTorchClassifier(random_state=0, **params).fit(texts, labels)
        return clf.net_.module_.head.weight.norm().item()

    for optimizer in ("lbfgs", "adamw", "adagrad", "sgd"):
        none = norm(optimizer=optimizer, weight_decay=0)
        default = norm(optimizer=optimizer)
        assert norm(optimizer=optimizer, weight_decay=0.1) < min(none, default)
        assert (none > default) == (optimizer in ("lbfgs", "adamw"))


@pytest.mark.parametrize(
    "optimizer",
    [
        "lbfgs",
        "adagrad",
        "adamw",
        "adam",
        "sgd",
        functools.partial(torch.optim.NAdam, lr=0.02),
        functools.partial(torch.optim.SGD, lr=0.5, momentum=0.9),
    ],
    ids=str,
)
@pytest.mark.parametrize("hidden_layer_sizes", [(), (16,)])
def test_every_optimizer_learns(optimizer, hidden_layer_sizes, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(
        optimizer=optimizer,
        hidden_layer_sizes=hidden_layer_sizes,
        lr=1.0 if optimizer == "sgd" else "auto",
        max_epochs=40,
        batch_size=32,
        random_state=0,
    ).fit(texts, labels)
    assert clf.score(texts, labels) > 0.9


def test_net_params_reach_the_optimizer(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(
        optimizer="adamw", max_epochs=1, net_params={"optimizer__betas": (0.5, 0.6)}
    ).fit(texts, labels)
    assert clf.net_.optimizer_.param_groups[0]["betas"] == (0.5, 0.6)


def test_verbose_shows_a_bar_and_silence_is_the_default(multiclass, capsys):
    texts, labels = multiclass
    TfidfTorchClassifier(max_epochs=2).fit(texts, labels)
    assert capsys.readouterr() == ("", "")
    TfidfTorchClassifier(max_epochs=2, verbose=1).fit(texts, labels)
    assert "epoch" in capsys.readouterr().err
    TfidfTorchClassifier(max_epochs=2, verbose=2).fit(texts, labels)
    assert "train_loss" in capsys.readouterr().out


@pytest.fixture
def listening():
    """Hear Ctrl-C even if the tests run in the background, where a shell turns it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class CtrlC(Callback):
    """Interrupts as the user's signal does, in the middle of an epoch."""

    def on_batch_end(self, net, **kwargs):
        import _thread

        _thread.interrupt_main()
        for _ in range(10**6):
            pass


@pytest.mark.usefixtures("listening")
def test_ctrl_c_ends_fit_with_an_interrupt(multiclass):
    texts, labels = multiclass
    with pytest.raises(KeyboardInterrupt):
        TfidfTorchClassifier(callbacks=[CtrlC()]).fit(texts, labels)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_never_counts_as_a_success_inside_a_search(multiclass):
    texts, labels = multiclass
    search = GridSearchCV(TfidfTorchClassifier(callbacks=[CtrlC()]), {"max_epochs": [1, 2]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(texts, labels)


class StopsItself(Callback):
    """Ends training in skorch's way."""

    def on_epoch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def test_callback_may_end_training_by_raising(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(callbacks=[StopsItself()], max_epochs=5)
    assert clf.fit(texts, labels).n_iter_ == 1


def test_deferred_reweighting_begins_late_in_training(multiclass):
    texts, labels = multiclass
    states = []

    class Recorder(Callback):
        def on_epoch_end(self, net, **kwargs):
            states.append(net.criterion_.reweighting_)

    clf = TfidfTorchClassifier(
        loss="ldam", max_epochs=5, callbacks=[("recorder", _share(Recorder()))]
    ).set_params(loss__reweight_from=0.6)
    clf.fit(texts, labels)
    assert states == [False, False, False, True, True]


@pytest.mark.parametrize("task", ["binary", "multilabel"])
def test_asymmetric_loss_of_a_linear_model_gets_lower_by_all_rows_at_once(task, multilabel):
    texts, labels = multilabel
    labels = labels[:, -1] if task == "binary" else labels
    losses = {
        optimizer: TfidfTorchClassifier(
            loss="asl", optimizer=optimizer, weight_decay=0, random_state=0
        )
        .fit(texts, labels)
        .history_[-1, "train_loss"]
        for optimizer in ("auto", "adagrad")
    }
    assert losses["auto"] < losses["adagrad"]


class Ready(torch.nn.Module):
    """A network one part of which comes ready for predictions, as pretrained ones do."""

    def __init__(self, n_inputs, n_outputs):
        super().__init__()
        self.part = torch.nn.Dropout(0.5).eval()
        self.head = torch.nn.Linear(n_inputs, n_outputs)
        self.modes = []

    def forward(self, x):
        self.modes.append(self.part.training)
        return self.head(self.part(x))


class ReadyClassifier(TorchClassifier):
    """What a user may write."""

    def make_module(self, n_features, n_outputs, row_norm, seed):
        return Ready(n_features, n_outputs)


def test_all_parts_of_a_network_train_from_the_first_batch_on():
    X, y = np.eye(20), [0, 1] * 10
    clf = ReadyClassifier(batch_size=10, max_epochs=1, random_state=0).fit(X, y)
    assert clf.net_.module_.modes[:2] == [True, True]
