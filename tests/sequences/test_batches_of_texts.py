"""Ragged rows are padded by the batch, in batches of like length."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sktext._buckets import batches_by_budget, bucketed_order
from sktext._token_rows import TokenRows
from sktext._training._batches import Batches, in_prediction_order
from sktext.modules import RaggedTokens

lengths_of_texts = st.lists(st.integers(0, 30), min_size=1, max_size=80)


def texts(lengths):
    """Rows of some lengths, each filled with its own number."""
    return RaggedTokens.from_rows(
        TokenRows.from_lists([[i + 2] * n for i, n in enumerate(lengths)])
    )


@given(lengths_of_texts, st.integers(1, 9), st.integers(0, 3))
def test_bucketed_order_holds_every_row_once(lengths, batch_size, seed):
    order = bucketed_order(np.array(lengths), batch_size, np.random.RandomState(seed))
    assert sorted(order) == list(range(len(lengths)))


def test_bucketed_order_pads_little_and_is_shuffled():
    rng = np.random.RandomState(0)
    lengths = rng.geometric(0.01, size=6400)
    order = bucketed_order(lengths, 32, rng)
    batches = lengths[order].reshape(-1, 32)
    padded = (batches.max(axis=1) * 32).sum()
    shuffled = (lengths[rng.permutation(6400)].reshape(-1, 32).max(axis=1) * 32).sum()
    assert padded < 1.1 * lengths.sum() < 0.5 * shuffled
    correlation = np.corrcoef(batches.mean(axis=1)[:-1], batches.mean(axis=1)[1:])[0, 1]
    assert abs(correlation) < 0.2


def test_any_row_may_be_in_the_short_batch():
    lengths = np.arange(103)
    last = {
        row
        for seed in range(60)
        for row in bucketed_order(lengths, 10, np.random.RandomState(seed))[100:]
    }
    assert min(last) < 20
    assert max(last) > 80


@given(lengths_of_texts, st.integers(1, 100))
def test_runs_by_budget_hold_every_row_and_keep_to_the_budget(lengths, budget):
    lengths = np.sort(lengths)
    runs = list(batches_by_budget(lengths, budget))
    assert [row for run in runs for row in range(*run)] == list(range(len(lengths)))
    for start, stop in runs:
        assert stop - start == 1 or (stop - start) * max(1, lengths[stop - 1]) <= budget


@given(lengths_of_texts)
def test_taking_cutting_and_padding_agree_with_lists(lengths):
    rows = texts(lengths)
    stop = len(lengths) // 2 + 1
    order = torch.arange(len(lengths) - 1, -1, -1)
    for some, expected in ((rows.slice(0, stop), range(stop)), (rows.take(order), order.tolist())):
        padded = some.padded()
        assert padded.dtype == torch.int64
        assert padded.shape[1] == max(1, *(lengths[row] for row in expected))
        for row, ids in zip(expected, padded.tolist(), strict=True):
            assert ids == [row + 2] * lengths[row] + [0] * (len(ids) - lengths[row])


@given(lengths_of_texts, st.integers(1, 9), st.integers(1, 4))
def test_shares_of_a_step_sum_to_one(lengths, batch_size, per_step):
    target = torch.arange(len(lengths))
    batches = Batches(
        texts(lengths),
        target,
        batch_size=batch_size,
        rng=np.random.RandomState(0),
        per_step=per_step,
    )
    fractions, seen = [], []
    for inputs, rows in batches:
        fractions = [inputs.fraction] if inputs.first else [*fractions, inputs.fraction]
        seen += rows.tolist()
        if inputs.last:
            assert sum(fractions) == pytest.approx(1)
            assert len(fractions) <= per_step
    assert inputs.last
    assert sorted(seen) == list(range(len(lengths)))


def test_prediction_order_holds_every_text_once():
    lengths = np.random.RandomState(0).randint(0, 400, size=500)
    rows = texts(lengths)
    found = torch.cat([some for some, _ in in_prediction_order(rows)])
    assert sorted(found.tolist()) == list(range(500))
    for some, batch in in_prediction_order(rows):
        np.testing.assert_array_equal(batch.lengths, lengths[some])
