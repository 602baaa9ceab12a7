"""A frozen encoder reads each text once, whatever the epochs, the batches and the padding."""

import pickle

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sktext import TransformerClassifier
from sktext._pretrained import PretrainedEncoder
from sktext.modules import TransformerNetwork
from sktext.modules._known_vectors import KnownVectors

# After training, predictions for training texts are looked at.
N_TEXTS = N_CHECKED = 60
FROZEN = {
    "mean": {"trained_layers": 0},
    "cls": {"trained_layers": 0, "pooling": "cls"},
    "over": {"trained_layers": 0, "sampler": "over"},
    "concat": {"trained_layers": 0, "pooling": "concat", "gradient_accumulation_steps": 2},
    "early stopping": {"trained_layers": 0, "early_stopping": True, "scoring": "f1_macro"},
    "windows": {"trained_layers": 0, "long_texts": "windows", "window": 6, "pooling": "max"},
    "lbfgs": {"trained_layers": 0, "optimizer": "lbfgs", "lr_schedule": None},
    "bfloat16": {"trained_layers": 0, "dtype": "bfloat16"},
}


@pytest.fixture
def rows(multiclass):
    texts, y = multiclass
    return [f"{i} {text}" for i, text in enumerate(texts[:N_TEXTS])], y[:N_TEXTS]


@pytest.fixture
def make(encoder_of_texts):
    def make(**params):
        defaults = {"pooling": "mean", "head_lr": 0.1, "max_epochs": 4, "batch_size": 8}
        return TransformerClassifier(encoder_of_texts, random_state=0, **defaults | params)

    return make


@pytest.fixture
def n_read(monkeypatch):
    """Numbers of texts, or windows of texts, that encoders have read at a time."""
    counts, forward = [], PretrainedEncoder.forward

    def counted(self, ids, mask=None):
        counts.append(len(ids))
        return forward(self, ids, mask)

    monkeypatch.setattr(PretrainedEncoder, "forward", counted)
    return counts


@pytest.fixture
def forgetful(monkeypatch):
    """Function that lets networks compute all vectors again from now on."""
    return lambda: monkeypatch.setattr(
        KnownVectors, "__call__", lambda self, ids, compute: compute(ids)
    )


@pytest.mark.parametrize(
    ("name", "n_checked"), [("mean", N_CHECKED), ("over", 64), ("early stopping", 53)]
)
def test_each_text_is_read_once(name, n_checked, make, rows, n_read):
    make(**FROZEN[name]).fit(*rows)
    assert sum(n_read) == N_TEXTS + n_checked


@pytest.mark.parametrize("name", FROZEN)
def test_fits_are_those_that_read_each_time(name, make, rows, forgetful):
    atol = 0.02 if name == "bfloat16" else 1e-5
    found = make(**FROZEN[name]).fit(*rows)
    forgetful()
    expected = make(**FROZEN[name]).fit(*rows)
    assert expected.n_iter_ == found.n_iter_
    np.testing.assert_allclose(
        found.predict_proba(rows[0]), expected.predict_proba(rows[0]), atol=atol
    )
    assert expected.net_.module_.head.weight.abs().max() > 0.01


def test_layers_that_are_trained_later_read_all_again(make, rows, n_read, forgetful):
    params = {"frozen_epochs": 2, "lr_schedule": None}
    found = make(**params).fit(*rows)
    assert sum(n_read) == (1 + 2) * N_TEXTS + N_CHECKED
    forgetful()
    expected = make(**params).fit(*rows)
    np.testing.assert_allclose(
        found.predict_proba(rows[0]), expected.predict_proba(rows[0]), atol=1e-4
    )


def test_pooling_that_is_trained_reads_each_time(make, rows, n_read):
    make(trained_layers=0, pooling="attention").fit(*rows)
    assert sum(n_read) == 4 * N_TEXTS + N_CHECKED


def test_nothing_is_known_after_training(make, rows):
    clf = make(trained_layers=0).fit(*rows)
    assert clf.net_.module_.known is None
    trained = make(trained_layers=1).fit(*rows)
    assert len(pickle.dumps(clf)) < 1.01 * len(pickle.dumps(trained))


def test_copies_in_training_know_nothing(encoder_of_texts):
    network = TransformerNetwork.from_pretrained(encoder_of_texts, 2, trained_layers=0)
    network.remember(True)
    ids = torch.tensor([[3, 4, 5], [6, 0, 0]])
    torch.testing.assert_close(network(ids), network(ids), rtol=0, atol=0)
    assert len(network.known.vectors) == 2
    copied = pickle.loads(pickle.dumps(network))
    assert copied.known is None
    network.freeze(False)
    assert not network.known.vectors


def test_what_a_callback_predicts_while_training_is_not_kept(make, rows):
    class Predict(Callback):
        def on_train_begin(self, net, X=None, **kwargs):
            net.logits(X.x)  # in inference mode, whose tensors cannot be trained with

    clf = make(trained_layers=0, callbacks=[Predict()]).fit(*rows)
    expected = make(trained_layers=0).fit(*rows)
    np.testing.assert_array_equal(clf.predict_proba(rows[0]), expected.predict_proba(rows[0]))
