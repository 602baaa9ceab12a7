"""Rows drawn anew for every epoch."""

import numpy as np
import pytest
import torch
from scipy import sparse

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._training._batches import Batches
from sktext.modules import SparseRows
from sktext.sampling import BalancedBatches, EpochSampler


@pytest.fixture
def unequal(rng):
    """Two classes that overlap, one of them rare."""
    y = (rng.uniform(size=3000) < 0.1).astype(int)
    return rng.normal(size=(3000, 2)) + y[:, None], y


@pytest.mark.parametrize(("batch_size", "least"), [(9, 3), (10, 2)])
def test_every_batch_has_every_class_equally_often(batch_size, least, rng):
    y = np.repeat([0, 1, 2], [79, 15, 5])
    target = torch.from_numpy(y)

    def draw(rng):
        return BalancedBatches().draw(y, rng), None

    for _ in range(3):
        batches = Batches(torch.eye(99), target, batch_size=batch_size, rng=rng, draw=draw)
        for x, drawn in batches:
            if len(drawn) == batch_size:
                assert np.bincount(drawn, minlength=3).min() >= least
            np.testing.assert_array_equal(target[x.x.argmax(dim=1)], drawn)


def test_no_row_comes_twice_before_all_of_its_class_came_once(rng):
    y = np.repeat([0, 1], [90, 10])
    counts = np.bincount(BalancedBatches().draw(y, rng), minlength=100)
    assert counts[:90].max() == 1
    assert set(counts[90:]) == {5}


def test_other_rows_come_in_every_epoch(rng):
    y = np.repeat([0, 1], [90, 10])
    first, second = (set(BalancedBatches(n_rows=20).draw(y, rng).tolist()) for _ in range(2))
    assert first != second


def test_labels_take_turns_in_multilabel_targets(rng):
    y = np.zeros((100, 3), dtype=int)
    y[:90, 0] = 1
    y[90:95, 1] = 1
    drawn = y[BalancedBatches(n_rows=300).draw(y, rng)]
    assert drawn.sum(axis=0).tolist() == [100, 100, 0]
    assert (~drawn.any(axis=1)).sum() == 100


def test_balanced_batches_predict_as_if_classes_were_equal(unequal):
    X, y = unequal
    clf = TorchClassifier(sampler=BalancedBatches(), random_state=0, max_epochs=20).fit(X, y)
    balanced = TorchClassifier(class_weight="balanced", random_state=0).fit(X, y)
    difference = clf.predict_proba(X)[:, 1] - balanced.predict_proba(X)[:, 1]
    assert np.abs(difference).mean() < 0.05
    assert clf.class_counts_.tolist() == [1500, 1500]


def test_reweighted_balanced_batches_predict_the_shares_of_the_data(unequal):
    X, y = unequal
    plain = TorchClassifier(sampler="balanced_batches", random_state=0).fit(X, y)
    assert abs(plain.predict_proba(X)[:, 1].mean() - y.mean()) > 0.15
    for weight in (None, np.where(y, 2.0, 1.0)):
        clf = TorchClassifier(
            sampler="balanced_batches", reweight=True, random_state=0, max_epochs=30
        ).fit(X, y, weight)
        share = np.average(y, weights=weight)
        assert np.average(clf.predict_proba(X)[:, 1], weights=weight) == pytest.approx(
            share, abs=0.03
        )


def test_reweight_with_class_weights_of_labels(multilabel):
    texts, y = multilabel
    clf = TfidfTorchClassifier(
        sampler="balanced_batches", reweight=True, class_weight={0: 2.0}, random_state=0
    )
    assert clf.fit(texts, y).predict_proba(texts).shape == y.shape


def test_custom_draw_decides_what_is_trained_on(multiclass):
    class OnlyFirst(EpochSampler):
        def draw(self, target, rng):
            return np.flatnonzero(target == target[0])

    texts, labels = multiclass
    clf = TfidfTorchClassifier(sampler=OnlyFirst(), random_state=0).fit(texts, labels)
    assert (clf.predict(texts) == labels[0]).all()


def test_wrong_row_numbers_are_refused(multiclass):
    class Outside(EpochSampler):
        def draw(self, target, rng):
            return [len(target)]

    with pytest.raises(ValueError, match=r"must return row numbers from 0 to 239"):
        TfidfTorchClassifier(sampler=Outside()).fit(*multiclass)


def test_draws_and_full_batches_are_refused_together(multiclass):
    clf = TfidfTorchClassifier(sampler="balanced_batches", optimizer="lbfgs")
    with pytest.raises(ValueError, match=r"draws batches.*optimizer='auto'"):
        clf.fit(*multiclass)


def test_rows_are_looked_up_not_copied():
    X = sparse.random(20_000, 1000, density=0.05, format="csr", dtype=np.float32, random_state=0)
    x = SparseRows.from_csr(X, torch.float32)
    y = np.repeat([0, 1], [19_900, 100])

    def draw(rng):
        return BalancedBatches().draw(y, rng), None

    batches = Batches(
        x, torch.from_numpy(y), batch_size=100, rng=np.random.RandomState(0), draw=draw
    )
    largest = max(len(inputs.x.values) for inputs, _ in batches)
    assert largest < 0.06 * len(x.values)  # eight batches at a time


def test_same_random_state_draws_the_same(multiclass):
    texts, labels = multiclass
    first, again = (
        TfidfTorchClassifier(sampler="balanced_batches", random_state=0).fit(texts, labels)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.predict_proba(texts), again.predict_proba(texts))


@pytest.mark.parametrize("rows", [np.arange(240) % 2 == 0, [0.9, 1.9], [[1, 2]], [], None])
def test_what_is_no_list_of_row_numbers_is_refused(rows, multiclass):
    class Wrong(EpochSampler):
        def draw(self, target, rng):
            return rows

    with pytest.raises(ValueError, match="must return row numbers"):
        TfidfTorchClassifier(sampler=Wrong()).fit(*multiclass)


def test_history_counts_the_batches_that_were_drawn(unequal):
    clf = TorchClassifier(sampler=BalancedBatches(n_rows=500), batch_size=100, max_epochs=2)
    assert clf.fit(*unequal).history_[:, "train_batch_count"] == [5, 5]
