"""N-grams have vectors where they occur, and nothing but memory tells the difference."""

import copy
import pickle
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

from sktext import CNNClassifier, FastTextClassifier, ModuleClassifier
from sktext.classifiers._sequence_base import EMBEDDING_SCALE
from sktext.datasets import make_imbalanced_texts
from sktext.modules import FastText, TextCNN
from sktext.testing import _modules as checks
from sktext.testing._modules import make_ids

N_BUCKETS = 100_000
SMALL = {"embedding_dim": 8, "n_buckets": N_BUCKETS, "max_epochs": 2, "random_state": 0}


class Full:
    """Makes the networks of a classifier with a vector for each bucket."""

    def make_module(self, *args):
        on_demand = super().make_module(*args)
        full = type(on_demand)(*args[:2], embedding_dim=args[2], **self.of_network, seed=args[3])
        assert len(full.embedding.weight) == args[0] + N_BUCKETS > len(on_demand.embedding.weight)
        return full


class FullCNN(Full, CNNClassifier):
    of_network = {
        "kernel_sizes": (3,),
        "pooling": "mean",
        "n_filters": 4,
        "n_buckets": N_BUCKETS,
        "embedding_dropout": 0.3,
        "embedding_scale": EMBEDDING_SCALE,
    }


class FullFastText(Full, FastTextClassifier):
    of_network = {"n_buckets": N_BUCKETS, "embedding_scale": EMBEDDING_SCALE}


PAIRS = {
    "cnn": (CNNClassifier(n_filters=4, **SMALL), FullCNN(n_filters=4, **SMALL)),
    "fasttext": (FastTextClassifier(**SMALL), FullFastText(**SMALL)),
}
OPTIMIZERS = {
    "auto": "auto",
    "dense": "adam",
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "started": partial(torch.optim.Adagrad, initial_accumulator_value=0.1),
}


@pytest.fixture(scope="module")
def rows():
    return make_imbalanced_texts(240, n_classes=3, random_state=0)


def both(name, **params):
    return [copy.deepcopy(clf).set_params(**params) for clf in PAIRS[name]]


def table(clf):
    return clf.net_.module_.embedding.weight


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", PAIRS)
def test_fit_has_the_bits_of_a_full_table(name, optimizer, rows):
    texts, labels = rows
    probas = []
    for clf in both(name, optimizer=OPTIMIZERS[optimizer]):
        clf.fit(texts[:160], labels[:160])
        probas.append(clf.predict_proba(texts))  # some pairs occur after the first 160 only
    np.testing.assert_array_equal(*probas)


@pytest.mark.parametrize("reloads", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", PAIRS)
def test_stream_of_new_pairs_ends_as_with_a_full_table(name, optimizer, reloads, rows):
    texts, labels = rows
    lengths, probas = [], []
    for clf in both(name, optimizer=OPTIMIZERS[optimizer]):
        for start in range(0, 240, 60):
            part = slice(start, start + 60)
            clf.partial_fit(texts[part], labels[part], classes=np.unique(labels))
            clf = pickle.loads(pickle.dumps(clf)) if reloads else clf
            lengths.append(len(table(clf)))
        probas.append(clf.predict_proba(texts))
    # New rows come last, and sums of sparse gradients are rounded in the order of rows.
    np.testing.assert_allclose(*probas, rtol=1e-4)
    assert lengths[0] < lengths[3] < lengths[4] == lengths[7]


@pytest.mark.parametrize("name", PAIRS)
def test_warm_start_learns_new_pairs(name, rows):
    texts, labels = rows
    probas = []
    for clf in both(name, warm_start=True):
        clf.fit(texts[:120], labels[:120])
        before = len(table(clf))
        clf.fit(texts[120:], labels[120:])
        probas.append(clf.predict_proba(texts))
    np.testing.assert_allclose(*probas, rtol=1e-4)
    assert len(table(both(name)[0].fit(texts[:120], labels[:120]))) < before


@pytest.mark.parametrize("name", PAIRS)
def test_table_is_as_long_as_what_occurs(name, rows):
    texts, labels = rows
    clf = both(name)[0].fit(texts, labels)
    words = [clf.tokenize([text])[0] for text in texts]
    pairs = {pair for row in words for pair in pairwise(row)}
    assert len(table(clf)) <= len(clf.tokenizer_.vocabulary_) + 2 + len(pairs)
    assert len(pickle.dumps(clf)) < 8 * 4 * len(table(clf)) + 60_000
    assert table(clf).shape == table(pickle.loads(pickle.dumps(clf))).shape


def test_checkpoints_hold_what_occurs(rows, tmp_path, monkeypatch):
    sizes = []
    save = torch.save

    def spy(state, path):
        save(state, path)
        sizes.append(path.stat().st_size)

    monkeypatch.setattr(torch, "save", spy)
    clf = both("cnn", checkpoint_dir=tmp_path)[0].fit(*rows)
    # The vectors, and what Adagrad remembers of each.
    assert max(sizes) < 2 * 8 * 4 * len(table(clf)) + 60_000


@pytest.mark.parametrize("make", [partial(TextCNN, n_filters=6), FastText])
def test_unmet_pairs_count_as_zeros(make):
    ids, others = make_ids((7, 4)), make_ids((9, 3), seed=1)
    full = make(checks.N_TOKENS, 2, embedding_dim=8, n_buckets=N_BUCKETS)
    network = make(checks.N_TOKENS, 2, embedding_dim=8, n_buckets=N_BUCKETS, on_demand=True)
    network.add_ngrams([ids, ids.int()])
    n_rows = len(network.embedding.weight)
    network.add_ngrams([ids])
    assert len(network.embedding.weight) == n_rows
    for one in (full, network):
        optimizer = torch.optim.Adagrad(one.parameters(), lr=0.1)
        for _ in range(3):
            checks.train_a_step(one, ids)
            optimizer.step()
            optimizer.zero_grad()
        one.eval()
    assert torch.equal(network(others), full(others))
    assert torch.equal(copy.deepcopy(network)(others), full(others))
    twin = pickle.loads(pickle.dumps(network))
    assert torch.equal(twin(ids), full(ids))
    assert torch.equal(twin.places, network.places)


def test_ngrams_without_words_start_at_random_where_they_occur():
    network = FastText(checks.N_TOKENS, 2, 8, (2, 2), n_buckets=N_BUCKETS, on_demand=True)
    network.add_ngrams([make_ids()])
    weight = network.embedding.weight
    assert len(weight) < 2 * checks.N_TOKENS + 40
    assert (weight[checks.N_TOKENS :].abs().sum(dim=1) > 0).all()
    assert network(make_ids(seed=1)).isfinite().all()


def test_network_in_a_classifier_of_texts_may_have_pairs_on_demand(rows):
    clf = ModuleClassifier(FastText, {"on_demand": True}, max_epochs=2, random_state=0)
    full = ModuleClassifier(FastText, max_epochs=2, random_state=0)
    np.testing.assert_array_equal(
        clf.fit(*rows).predict_proba(rows[0]), full.fit(*rows).predict_proba(rows[0])
    )
    assert 50 * len(table(clf)) < len(table(full))
