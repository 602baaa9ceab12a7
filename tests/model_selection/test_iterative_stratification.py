"""Splits of multilabel rows: sizes, shares, kinds of labels, and their place in a search."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
    cross_validate,
)

from sktext import TfidfTorchClassifier
from sktext._labels._iterative_stratification import divide_rows
from sktext.datasets import fetch_reuters
from sktext.model_selection import IterativeStratifiedKFold, IterativeStratifiedShuffleSplit


@st.composite
def indicators(draw):
    """Indicator matrices with labels of any frequency, some of them without a row."""
    n_samples, n_labels = draw(st.integers(10, 60)), draw(st.integers(2, 8))
    rng = np.random.RandomState(draw(st.integers(0, 2**20)))
    return (rng.uniform(size=(n_samples, n_labels)) < rng.uniform(0, 0.5, n_labels)).astype(int)


def held_out_by(splitter, y):
    return [test for _, test in splitter.split(np.zeros(y.shape[0]), y)]


@settings(deadline=None, max_examples=60)
@given(indicators(), st.integers(2, 10), st.integers(0, 100))
def test_folds_are_a_partition_into_equal_sizes(y, n_splits, seed):
    folds = IterativeStratifiedKFold(n_splits, shuffle=True, random_state=seed)
    splits = list(folds.split(y, y))
    assert len(splits) == folds.get_n_splits() == n_splits
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(y)))
    sizes = [len(test) for _, test in splits]
    assert max(sizes) - min(sizes) <= 1
    for train, test in splits:
        assert sorted([*train, *test]) == list(range(len(y)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-1, 6), min_size=12, max_size=80), st.integers(2, 9))
def test_labels_that_share_no_row_are_divided_exactly(labels, n_splits):
    y = (np.array(labels)[:, None] == np.arange(7)).astype(int)
    counts = np.array(
        [y[test].sum(axis=0) for test in held_out_by(IterativeStratifiedKFold(n_splits), y)]
    )
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


@settings(deadline=None, max_examples=60)
@given(indicators(), st.integers(2, 6), st.integers(0, 100))
def test_rarest_label_is_spread_over_as_many_folds_as_it_has_rows(y, n_splits, seed):
    totals = y.sum(axis=0)
    if not totals.any():
        return
    rarest = np.where(totals > 0, totals, len(y)).argmin()
    folds = IterativeStratifiedKFold(n_splits, shuffle=True, random_state=seed)
    counts = np.array([y[test, rarest].sum() for test in held_out_by(folds, y)])
    assert (counts > 0).sum() == min(totals[rarest], n_splits)
    assert counts.max() - counts.min() <= 1


@settings(deadline=None, max_examples=40)
@given(indicators(), st.floats(0.1, 0.9), st.integers(0, 100))
def test_shuffle_splits_have_the_sizes_of_scikit_learns(y, test_size, seed):
    params = {"n_splits": 2, "test_size": test_size, "random_state": seed}
    ours = IterativeStratifiedShuffleSplit(**params).split(y, y)
    theirs = ShuffleSplit(**params).split(y)
    for (train, test), (train_size, expected) in zip(ours, theirs, strict=True):
        assert (len(train), len(test)) == (len(train_size), len(expected))
        assert not set(train) & set(test)


def test_train_and_test_size_may_leave_rows_out(rng):
    y = (rng.uniform(size=(100, 3)) < 0.3).astype(int)
    splits = IterativeStratifiedShuffleSplit(1, train_size=40, test_size=20, random_state=0)
    train, test = next(splits.split(y, y))
    assert (len(train), len(test)) == (40, 20)
    np.testing.assert_allclose(y[train].sum(axis=0), 0.4 * y.sum(axis=0), atol=1.5)


@pytest.mark.parametrize(
    "splitter",
    [
        IterativeStratifiedKFold(3, shuffle=True, random_state=0),
        IterativeStratifiedShuffleSplit(3, random_state=0),
    ],
    ids=repr,
)
def test_seed_makes_splits_again_and_another_seed_others(splitter, rng):
    y = (rng.uniform(size=(60, 4)) < 0.3).astype(int)
    again, other = clone_of(splitter), clone_of(splitter, random_state=1)
    for test, same in zip(held_out_by(splitter, y), held_out_by(again, y), strict=True):
        np.testing.assert_array_equal(test, same)
    pairs = zip(held_out_by(splitter, y), held_out_by(other, y), strict=True)
    assert any(set(test) != set(another) for test, another in pairs)


def clone_of(splitter, **params):
    return type(splitter)(**{**vars(splitter), **params})


CONTAINERS = {
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
    "bool": lambda y: y.astype(bool),
    "DataFrame": lambda y: pd.DataFrame(y, columns=list("abcd")),
    "list of lists": lambda y: y.tolist(),
}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_container_of_labels_does_not_change_the_folds(kind, rng):
    y = (rng.uniform(size=(60, 4)) < 0.3).astype(int)
    expected = held_out_by(IterativeStratifiedKFold(3), y)
    got = [test for _, test in IterativeStratifiedKFold(3).split(y, CONTAINERS[kind](y))]
    for test, same in zip(got, expected, strict=True):
        np.testing.assert_array_equal(test, same)


def test_one_label_per_row_is_split_as_scikit_learn_does(multiclass):
    texts, labels = multiclass
    pairs = [
        (IterativeStratifiedKFold(3), StratifiedKFold(3)),
        (
            IterativeStratifiedShuffleSplit(2, test_size=0.3, random_state=0),
            StratifiedShuffleSplit(2, test_size=0.3, random_state=0),
        ),
    ]
    for ours, theirs in pairs:
        for split, expected in zip(
            ours.split(texts, labels), theirs.split(texts, labels), strict=True
        ):
            np.testing.assert_array_equal(split[0], expected[0])
            np.testing.assert_array_equal(split[1], expected[1])


def test_repr_names_the_parameters():
    assert repr(IterativeStratifiedKFold(3)) == (
        "IterativeStratifiedKFold(n_splits=3, random_state=None, shuffle=False)"
    )
    assert "test_size=0.2" in repr(IterativeStratifiedShuffleSplit(test_size=0.2))


def test_wrong_parameters_say_so():
    y = np.eye(4, dtype=int)
    with pytest.raises(ValueError, match="at least 2; got 1"):
        next(IterativeStratifiedKFold(1).split(y, y))
    with pytest.raises(ValueError, match="more than the 4 rows"):
        next(IterativeStratifiedKFold(5).split(y, y))
    with pytest.raises(ValueError, match="without shuffle=True"):
        next(IterativeStratifiedKFold(2, random_state=0).split(y, y))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        next(IterativeStratifiedKFold(2).split(y[:3], y))


def test_splitters_are_cv_of_searches_and_validation(multilabel):
    texts, y = multilabel
    clf = TfidfTorchClassifier(max_epochs=2, optimizer="adamw", random_state=0)
    cv = IterativeStratifiedKFold(3, shuffle=True, random_state=0)
    scores = cross_validate(clf, texts, y, cv=cv, scoring="f1_micro")["test_score"]
    assert scores.shape == (3,)
    search = GridSearchCV(
        clone(clf),
        {"max_epochs": [1, 2]},
        cv=IterativeStratifiedShuffleSplit(2, random_state=0),
        scoring="f1_micro",
    ).fit(texts, y)
    assert search.n_splits_ == 2


def test_time_grows_with_the_rows(rng):
    def seconds(n_rows):
        y = sparse.csr_array(rng.uniform(size=(n_rows, 28)) < np.geomspace(0.3, 0.001, 28))
        start = time.process_time()
        parts = divide_rows(y, np.full(5, 0.2), rng)
        assert np.bincount(parts).tolist() == [n_rows // 5] * 5
        return time.process_time() - start

    few, many = (min(seconds(n_rows) for _ in range(2)) for n_rows in (2500, 20_000))
    assert many < 24 * few  # eight times the rows; a quadratic way takes 64 times as long


def test_folds_of_reuters_are_more_alike_than_random_ones(real_texts):
    real_texts("reuters_r90", nrows=1)  # skips where the texts are not
    y = fetch_reuters(return_X_y=True)[1]
    totals = y.sum(axis=0)
    common = totals >= 5
    spread, empty, off = {}, {}, {}
    for cv in (
        IterativeStratifiedKFold(5, shuffle=True, random_state=0),
        KFold(5, shuffle=True, random_state=0),
    ):
        counts = np.array([y[test].sum(axis=0) for test in held_out_by(cv, y)])
        name = type(cv).__name__
        spread[name] = (counts / totals).std(axis=0)[common].mean()
        empty[name] = (counts[:, common] == 0).sum()
        off[name] = (np.abs(counts - totals / 5)[:, common] >= 1).sum()
    assert empty["IterativeStratifiedKFold"] == 0 < empty["KFold"]
    assert spread["IterativeStratifiedKFold"] < spread["KFold"] / 2
    # Only the most frequent topics take what the sizes of the folds leave to them.
    assert off["IterativeStratifiedKFold"] <= 10 < off["KFold"]
