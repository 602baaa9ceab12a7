"""Streams: chunks that go on from files, watch rows, and never grow what they leave behind."""

import copy
import io
import pickle
from functools import partial

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone

from sktext import CNNClassifier, ModuleClassifier, TfidfTorchClassifier, TorchClassifier
from sktext._training import _net
from sktext.sampling import BalancedBatches


def by_joblib(model):
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "joblib": by_joblib,
    "deepcopy": copy.deepcopy,
}


def bits(clf):
    return [value.detach().numpy().tobytes() for value in clf.net_.module_.parameters()]


def stream(clf, texts, labels, chunks):
    for rows in chunks:
        clf.partial_fit(texts[rows], labels[rows], classes=np.unique(labels))
    return clf


FIRST, LAST = [slice(0, 60), slice(40, 100)], [slice(80, 140), slice(120, 180)]


@pytest.mark.parametrize("way", COPIES)
def test_copy_goes_on_as_the_original_does(way, every, multiclass):
    every.set_params(keep_optimizer=True)
    stream(every, *multiclass, FIRST)
    twin = COPIES[way](every)
    assert bits(stream(twin, *multiclass, LAST)) == bits(stream(every, *multiclass, LAST))
    again = COPIES[way](twin)  # and on, from a copy of a copy
    assert bits(stream(again, *multiclass, FIRST)) == bits(stream(every, *multiclass, FIRST))


OPTIMIZERS = {
    "adagrad": "adagrad",
    "adamw": "adamw",
    "adam": "adam",
    "momentum": partial(torch.optim.SGD, momentum=0.9, lr=0.1),
    "NAdam": torch.optim.NAdam,
    "amsgrad": partial(torch.optim.AdamW, amsgrad=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("seed", [0, "RandomState"])
def test_memory_of_any_optimizer_is_in_the_file(name, seed, multiclass):
    seed = np.random.RandomState(0) if seed == "RandomState" else seed
    clf = TfidfTorchClassifier(
        optimizer=OPTIMIZERS[name], keep_optimizer=True, random_state=seed, dropout=0.2
    )
    stream(clf, *multiclass, FIRST)
    twin = pickle.loads(pickle.dumps(clf))
    assert bits(stream(twin, *multiclass, LAST)) == bits(stream(clf, *multiclass, LAST))


def test_draws_go_on_after_fit_as_well(every, multiclass):
    texts, labels = multiclass
    every.set_params(keep_optimizer=True).fit(texts, labels)
    twin = pickle.loads(pickle.dumps(every))
    assert bits(twin.partial_fit(texts, labels)) == bits(every.partial_fit(texts, labels))
    twin = pickle.loads(pickle.dumps(every.set_params(warm_start=True)))
    assert bits(twin.fit(texts, labels)) == bits(every.fit(texts, labels))


def test_sampler_that_draws_goes_on(multiclass):
    clf = TfidfTorchClassifier(sampler=BalancedBatches(), keep_optimizer=True, random_state=0)
    stream(clf, *multiclass, FIRST)
    twin = pickle.loads(pickle.dumps(clf))
    assert bits(stream(twin, *multiclass, LAST)) == bits(stream(clf, *multiclass, LAST))


def test_file_without_the_optimizer_is_as_slim_as_ever(every, multiclass):
    stream(every, *multiclass, FIRST)
    slim = pickle.dumps(every)
    weights = sum(value.nbytes for value in every.net_.module_.parameters())
    assert b"exp_avg" not in slim
    assert pickle.loads(slim).net_.optimizer_ is None
    kept = len(pickle.dumps(every.set_params(keep_optimizer=True)))
    assert len(slim) < kept <= len(slim) + 2.2 * weights + 60_000
    fresh = clone(every)
    assert not hasattr(fresh, "net_")
    assert fresh.keep_optimizer


def test_file_of_hashed_pairs_is_no_larger_than_those_that_occurred(multiclass):
    texts, labels = multiclass
    clf = CNNClassifier(n_filters=4, embedding_dim=8, n_buckets=100_000, keep_optimizer=True)
    clf.partial_fit(texts, labels)
    whole = 4 * clf.embedding_dim * clf.n_buckets
    assert len(pickle.dumps(clf)) < whole / 10


def test_optimizer_of_a_cuda_device_goes_on_without_one(multiclass, monkeypatch):
    clf = TfidfTorchClassifier(keep_optimizer=True, dropout=0.2, random_state=0)
    stream(clf, *multiclass, FIRST)
    clf.net_.device = "cuda"  # as after chunks on one
    data = pickle.dumps(clf)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    loaded = pickle.loads(data)
    state = loaded.net_.optimizer_.state_dict()["state"]
    assert {value.device.type for part in state.values() for value in part.values()} == {"cpu"}
    loaded.set_params(device="auto")
    loaded._network = clf._network
    stream(loaded, *multiclass, LAST)


def test_new_step_size_keeps_what_the_optimizer_remembers(every, multiclass):
    stream(every, *multiclass, FIRST)
    optimizer = every.net_.optimizer_
    with_head = "head_lr" in every.get_params()
    lower = {"lr": 1e-4, "head_lr": 1e-4} if with_head else {"lr": 1e-4}
    stream(every.set_params(**lower), *multiclass, LAST)
    assert every.net_.optimizer_ is optimizer
    assert {group["lr"] for group in optimizer.param_groups} == {1e-4}
    before = bits(every)
    stream(every.set_params(**dict.fromkeys(lower, 1e-30)), *multiclass, LAST)
    change = [
        np.abs(np.frombuffer(a, "f4") - np.frombuffer(b, "f4")).max()
        for a, b in zip(before, bits(every), strict=True)
    ]
    assert max(change) < 1e-6
    stream(every.set_params(optimizer="sgd"), *multiclass, LAST)
    assert every.net_.optimizer_ is not optimizer


def test_chunks_watch_rows(every, multiclass):
    texts, labels = multiclass
    every.set_params(scoring="f1_macro")
    alone = clone(every)
    for _ in range(2):
        every.partial_fit(texts, labels, X_val=texts[:60], y_val=labels[:60])
        alone.partial_fit(texts, labels)
    assert np.isfinite(every.history_[:, ("valid_loss", "valid_score")]).all()
    assert every.score(texts[:60], labels[:60]) <= 1
    assert bits(every) == bits(alone)  # they are only watched
    every.partial_fit(texts, labels)  # and may be left out
    with pytest.raises(ValueError, match="X_val and y_val belong together"):
        every.partial_fit(texts, labels, X_val=texts)
    with pytest.raises(ValueError, match=r"y_val\[0\] is 'z'"):
        every.partial_fit(texts, labels, X_val=texts[:1], y_val=["z"])


def test_watched_rows_of_chunks_may_be_label_sets(multilabel):
    texts, Y = multilabel
    names = np.array(["a", "b", "c", "d"])
    sets = [tuple(names[row > 0]) for row in Y]
    clf = TfidfTorchClassifier(random_state=0)
    clf.partial_fit(texts, sets, classes=names, X_val=texts[:50], y_val=sets[:50])
    assert np.isfinite(clf.history_[-1, "valid_loss"])


def test_long_stream_leaves_no_more_behind_than_a_short_one(rng, monkeypatch):
    monkeypatch.setattr(_net, "MAX_HISTORY", 100)
    X, y = rng.normal(size=(4, 3)), [0, 1, 0, 1]
    clf = TorchClassifier(random_state=0)
    sizes = []
    for n_calls in (100, 200):
        for _ in range(n_calls):
            clf.partial_fit(X, y)
        sizes.append(len(pickle.dumps(clf)))
        assert sum(len(epoch["batches"]) for epoch in clf.history_) == 1
    assert len(clf.history_) == 100
    assert abs(sizes[1] - sizes[0]) < 0.01 * sizes[0]
    assert clf.n_iter_ == clf.history_[-1, "epoch"] == 300
    loaded = pickle.loads(pickle.dumps(clf)).partial_fit(X, y)
    assert loaded.n_iter_ == loaded.history_[-1, "epoch"] == 301


class Net(torch.nn.Module):
    """A network of a size that shows in a file."""

    def __init__(self, n_tokens=2000, n_outputs=3):
        super().__init__()
        self.embedding = torch.nn.Embedding(n_tokens, 64, padding_idx=0)
        self.head = torch.nn.Linear(64, n_outputs)

    def forward(self, ids):
        return self.head(self.embedding(ids).sum(dim=1))


def test_built_network_is_in_the_file_once(multiclass):
    texts, labels = multiclass
    network = Net()
    params = {"max_epochs": 1, "random_state": 0}
    clf = ModuleClassifier(network, **params).fit(texts, labels)
    loaded = pickle.loads(data := pickle.dumps(clf))
    assert len(data) < 1.1 * sum(value.nbytes for value in network.parameters())
    np.testing.assert_array_equal(loaded.predict_proba(texts), clf.predict_proba(texts))
    assert clf.module is network  # writing a file changes nothing
    assert bits(loaded.partial_fit(texts, labels)) == bits(clf.partial_fit(texts, labels))
    loaded.set_params(warm_start=True).fit(texts, labels)
    for unfinished in (clone(loaded), loaded.set_params(warm_start=False)):
        with pytest.raises(ValueError, match=r"Give it again: set_params\(module=...\)"):
            unfinished.fit(texts, labels)
    expected = ModuleClassifier(network, **params).fit(texts, labels)
    assert bits(loaded.set_params(module=network).fit(texts, labels)) == bits(expected)


@pytest.mark.parametrize("copied", [copy.deepcopy, clone])
def test_copies_that_are_no_files_can_be_fitted_anew(copied, multiclass):
    clf = ModuleClassifier(Net(), max_epochs=1, random_state=0).fit(*multiclass)
    expected = bits(clf)
    assert bits(copied(clf).fit(*multiclass)) == expected


def test_unfitted_classifier_keeps_its_network_in_a_file(multiclass):
    clf = ModuleClassifier(Net(), max_epochs=1, random_state=0)
    loaded = pickle.loads(pickle.dumps(clf))
    assert bits(loaded.fit(*multiclass)) == bits(clf.fit(*multiclass))
