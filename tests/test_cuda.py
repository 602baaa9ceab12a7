"""The same on a CUDA device; skipped where there is none."""

import os
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from killed_runs import KillAfter, KilledError
from sklearn.base import clone
from skorch.callbacks import Callback

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    compress,
)
from sktext._training import _batches
from sktext.losses import LOSSES

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")

CONFIGURATIONS = [
    {},
    {"optimizer": "adagrad"},
    {"optimizer": "adamw"},
    {"hidden_layer_sizes": (16,), "early_stopping": True},
    {"loss": "margin_ce", "class_weight": "balanced"},
]


@pytest.mark.parametrize("params", CONFIGURATIONS, ids=lambda params: "-".join(params) or "plain")
def test_cuda_and_cpu_agree(params, multiclass):
    texts, labels = multiclass
    models = [
        TfidfTorchClassifier(device=device, dtype="float64", random_state=0, **params).fit(
            texts, labels
        )
        for device in ("cpu", "cuda")
    ]
    assert models[1].net_.module_.head.weight.is_cuda
    np.testing.assert_allclose(
        models[0].predict_proba(texts), models[1].predict_proba(texts), atol=1e-4
    )


def test_auto_takes_the_device(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(dropout=0.2, hidden_layer_sizes=(8,)).fit(texts, labels)
    assert clf.net_.device == "cuda"


def test_model_of_the_device_loads_without_it(multiclass, tmp_path):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(device="cuda", random_state=0).fit(texts, labels)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps(clf))
    code = f"import pickle; m = pickle.load(open({str(path)!r}, 'rb')); print(m.net_.device)"
    env = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False
    )
    assert done.stdout.strip() == "cpu", done.stderr


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_losses_survive_autocast(name, dtype):
    task = "multilabel" if LOSSES[name]().tasks == ("multilabel",) else "binary"
    loss = LOSSES[name]().build(task, [6.0, 4.0], 10.0).cuda()
    layer = torch.nn.Linear(4, 2 if task == "multilabel" else 1).cuda()
    target = torch.ones(8, 2) if task == "multilabel" else torch.ones(8)
    with torch.autocast("cuda", dtype=dtype):
        value = loss(layer(torch.randn(8, 4).cuda()), target.cuda())
    value.backward()
    assert value.isfinite()
    assert layer.weight.grad.isfinite().all()


NO_DROPOUT = {"embedding_dim": 8, "dropout": 0.0, "token_dropout": 0.0}
NETWORKS = {
    "lstm": LSTMClassifier(8, **NO_DROPOUT),
    "both ends": LSTMClassifier(8, n_layers=2, bidirectional=True, **NO_DROPOUT),
    "gru": LSTMClassifier(8, cell="gru", pooling="attention", **NO_DROPOUT),
    "cnn": CNNClassifier(n_filters=8, embedding_dim=8, dropout=0.0),
    "dilated": CNNClassifier(n_filters=8, n_layers=2, embedding_dim=8, dropout=0.0),
    "fasttext": FastTextClassifier(n_buckets=500, embedding_dim=8),
    "self attention": SelfAttentionClassifier(2, hidden_size=8, embedding_dim=8, dropout=0.0),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_agree_on_cuda_and_cpu(name, multiclass):
    texts, labels = multiclass
    params = {"dtype": "float64", "max_epochs": 2, "random_state": 0}
    models = [
        clone(NETWORKS[name]).set_params(device=device, **params).fit(texts, labels)
        for device in ("cpu", "cuda")
    ]
    np.testing.assert_allclose(
        models[0].predict_proba(texts), models[1].predict_proba(texts), atol=1e-4
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_read_columns_alike_on_cuda_and_cpu(name, multiclass):
    texts, labels = multiclass
    X = pd.DataFrame({"text": texts, "length": [len(text) for text in texts]})
    params = {"dtype": "float64", "max_epochs": 2, "random_state": 0}
    models = [
        clone(NETWORKS[name]).set_params(device=device, **params).fit(X, labels)
        for device in ("cpu", "cuda")
    ]
    X["text"] = ["", *texts[1:]]
    np.testing.assert_allclose(models[0].predict_proba(X), models[1].predict_proba(X), atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_mixed_precision_learns(name, dtype, multiclass):
    texts, labels = multiclass
    clf = clone(NETWORKS[name]).set_params(dtype=dtype, max_epochs=30, random_state=0, lr=0.02)
    clf.fit(texts, labels)
    assert np.isfinite(clf.history_[:, "train_loss"]).all()
    assert clf.score(texts, labels) > 0.8


def test_recurrent_dropout_runs_packed_without_a_warning(multiclass):
    texts, labels = multiclass
    clf = LSTMClassifier(8, recurrent_dropout=0.3, random_state=0, max_epochs=2)
    assert np.isfinite(clf.fit(texts, labels).predict_proba(texts)).all()


def test_rows_that_do_not_fit_the_device_are_sent_by_the_batch(multiclass, monkeypatch):
    texts, labels = multiclass
    whole = LSTMClassifier(8, max_epochs=2, random_state=0).fit(texts, labels)
    monkeypatch.setattr(_batches, "RESIDENT_FRACTION", 0)
    sent = LSTMClassifier(8, max_epochs=2, random_state=0).fit(texts, labels)
    np.testing.assert_allclose(sent.predict_proba(texts), whole.predict_proba(texts), atol=1e-5)


def test_killed_run_goes_on_with_scaled_gradients(multiclass, tmp_path):
    texts, labels = multiclass
    params = {"dtype": "float16", "max_epochs": 4, "random_state": 0}
    whole = CNNClassifier(n_filters=8, **params).fit(texts, labels)
    with pytest.raises(KilledError):
        CNNClassifier(n_filters=8, checkpoint_dir=tmp_path, callbacks=[KillAfter(2)], **params).fit(
            texts, labels
        )
    again = CNNClassifier(n_filters=8, checkpoint_dir=tmp_path, **params).fit(texts, labels)
    np.testing.assert_allclose(again.predict_proba(texts), whole.predict_proba(texts), atol=1e-3)


class NoWaiting(Callback):
    """Lets torch refuse whatever waits for the device, from an epoch's first batch to its last."""

    def on_epoch_begin(self, net, dataset_train=None, **kwargs):
        self.left_ = len(dataset_train)

    def on_batch_begin(self, net, **kwargs):
        torch.cuda.set_sync_debug_mode("error")

    def on_batch_end(self, net, **kwargs):
        self.left_ -= 1
        if not self.left_:  # the losses of an epoch are read at its end
            torch.cuda.set_sync_debug_mode("default")


@pytest.fixture
def waiting_allowed_again():
    yield
    torch.cuda.set_sync_debug_mode("default")


SMALL_BATCHES = {"batch_size": 8, "max_epochs": 2, "random_state": 0, "callbacks": [NoWaiting()]}
DENSE_ADAGRAD = partial(torch.optim.Adagrad, fused=True)
NEVER_WAITING = {
    "adam": TfidfTorchClassifier(hidden_layer_sizes=(8,), optimizer="adam", dropout=0.2),
    "adagrad": TfidfTorchClassifier(optimizer=DENSE_ADAGRAD, lr=0.1, class_weight="balanced"),
    "cnn": CNNClassifier(n_filters=8, embedding_dim=8, n_buckets=0, optimizer="adam"),
}


@pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype")
@pytest.mark.parametrize("share", [_batches.RESIDENT_FRACTION, 0])
@pytest.mark.parametrize("name", NEVER_WAITING)
def test_no_batch_waits_for_the_device(name, share, multiclass, monkeypatch, waiting_allowed_again):
    texts, labels = multiclass
    monkeypatch.setattr(_batches, "RESIDENT_FRACTION", share)
    clf = clone(NEVER_WAITING[name]).set_params(device="cuda", **SMALL_BATCHES).fit(texts, labels)
    losses = [batch["train_loss"] for batch in clf.history_[-1, "batches"]]
    assert np.isfinite(clf.history_[:, "train_loss"]).all()
    assert all(type(loss) is float for loss in losses)


def test_compressed_model_of_the_device_is_on_the_cpu(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(device="cuda", loss="logit_adjustment", random_state=0)
    small = compress(clf.fit(texts, labels), max_bytes=10**6)
    assert all(buffer.device.type == "cpu" for buffer in small.loss.buffers())
    assert any(buffer.is_cuda for buffer in clf.loss_.buffers())
