"""Rows of tokens behave as the list of lists that they stand for."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sktext._rows import take_rows
from sktext._token_rows import TokenRows
from sktext.sampling import RandomTextOverSampler

LISTS = [[5, 2, 3], [], [4], [9, 8, 7, 6, 5], []]
ROWS = TokenRows.from_lists(LISTS)
MANY = st.lists(st.lists(st.integers(0, 99), max_size=7), max_size=6)


def lists(rows):
    assert isinstance(rows, TokenRows)
    assert (rows.ids.dtype, rows.indptr.dtype) == (np.int32, np.int64)
    return [row.tolist() for row in rows]


def cut(row, max_length, truncating):
    if len(row) <= max_length:
        return row
    head = {"right": max_length, "left": 0, "middle": -(-max_length // 2)}[truncating]
    return row[:head] + row[len(row) - (max_length - head) :]


@given(given_lists=MANY)
def test_lists_come_back(given_lists):
    rows = TokenRows.from_lists(given_lists)
    assert lists(rows) == given_lists
    assert len(rows) == len(given_lists)
    assert rows.lengths.tolist() == [len(row) for row in given_lists]


def test_row_by_number():
    for i in (0, 1, 3, -1, -2, np.int64(3)):
        assert ROWS[i].tolist() == LISTS[i]
    for i in (5, -6):
        with pytest.raises(IndexError, match="out of range for 5 rows"):
            ROWS[i]


@pytest.mark.parametrize(
    "rows", [slice(None), slice(1, 4), slice(None, None, -2), slice(9, 12), slice(-2, None)]
)
def test_slice_is_that_of_the_list(rows):
    assert lists(ROWS[rows]) == LISTS[rows]


@given(numbers=st.lists(st.integers(-5, 4), max_size=12))
def test_rows_by_numbers_with_repeats(numbers):
    assert lists(ROWS[numbers]) == [LISTS[i] for i in numbers]
    assert lists(take_rows(ROWS, np.array(numbers, dtype=int))) == [LISTS[i] for i in numbers]


def test_rows_by_mask():
    mask = np.array([True, False, True, True, False])
    assert lists(ROWS[mask]) == [LISTS[0], LISTS[2], LISTS[3]]
    with pytest.raises(IndexError, match="boolean"):
        ROWS[mask[:3]]


@pytest.mark.parametrize("rows", ["a", [0.5], [[1]], None])
def test_other_ways_to_take_rows_are_refused(rows):
    with pytest.raises(TypeError, match="rows must be taken by a number"):
        ROWS[rows]


@given(given_lists=MANY, max_length=st.integers(1, 8))
@pytest.mark.parametrize("truncating", ["right", "left", "middle"])
def test_truncation_is_that_of_the_lists(given_lists, max_length, truncating):
    rows = TokenRows.from_lists(given_lists).truncated(max_length, truncating)
    assert lists(rows) == [cut(row, max_length, truncating) for row in given_lists]


def test_middle_keeps_more_of_the_start():
    assert lists(ROWS.truncated(3, "middle"))[3] == [9, 8, 5]


@pytest.mark.parametrize("max_length", [0, -1, 2.5, None])
def test_bad_length_is_named(max_length):
    with pytest.raises(ValueError, match="max_length must be a whole number"):
        ROWS.truncated(max_length)


def test_bad_way_to_truncate_is_named():
    with pytest.raises(ValueError, match="'end' is unknown; choose one of right, left, middle"):
        ROWS.truncated(2, "end")


@pytest.mark.parametrize(
    ("ids", "indptr"), [([1, 2], [0, 1]), ([1, 2], [1, 2]), ([1, 2], []), ([1, 2], [0, 3, 2])]
)
def test_bounds_that_do_not_fit_are_refused(ids, indptr):
    with pytest.raises(ValueError, match="must rise from 0 to the number of ids, 2"):
        TokenRows(ids, indptr)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([[1], [0.5]], TypeError, r"lists\[1\] must be a sequence of whole numbers"),
        ([[1], ["a"]], TypeError, r"lists\[1\]"),
        ([1, 2], TypeError, r"lists\[0\]"),
        ([[2**31]], ValueError, "fit into 32 bits"),
        ([[[1]]], TypeError, r"lists\[0\]"),
    ],
)
def test_what_is_no_row_is_refused(rows, error, message):
    with pytest.raises(error, match=message):
        TokenRows.from_lists(rows)


def test_matrix_of_ids_is_refused():
    with pytest.raises(ValueError, match="one dimension"):
        TokenRows([[1, 2]], [0, 1])


def test_pickle_holds_the_taken_rows_only():
    rows = TokenRows.from_lists([[1] * 100] * 1000)
    assert len(pickle.dumps(rows[:2], protocol=5)) < 1500
    assert lists(pickle.loads(pickle.dumps(ROWS))) == LISTS


def test_over_sampler_repeats_rows_of_tokens():
    labels = [0, 0, 0, 1, 0]
    sampler = RandomTextOverSampler(random_state=0)
    new, y = sampler.fit_resample(ROWS, labels)
    assert lists(new) == [LISTS[i] for i in sampler.sample_indices_]
    assert sorted(y) == [0] * 4 + [1] * 4


def test_repr_is_short():
    assert repr(ROWS) == "TokenRows(5 rows, 9 tokens)"
