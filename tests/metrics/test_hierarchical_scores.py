"""Scores of labels in a hierarchy against sets, and against scikit-learn level by level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    precision_recall_fscore_support,
)

from sktext.metrics import (
    hierarchical_f1_score,
    hierarchical_precision_recall_f1,
    level_scores,
)
from sktext.preprocessing import Hierarchy, HierarchyEncoder

PATHS = ["a:x", "a:y", "b:x", "b:y:u", "b:y:v"]
some_paths = st.lists(st.sampled_from(PATHS), min_size=8, max_size=8)
all_paths = st.permutations([*PATHS, *PATHS])


def with_all_above(path):
    parts = path.split(":")
    return {tuple(parts[:end]) for end in range(1, len(parts) + 1)}


@given(some_paths, some_paths)
@settings(max_examples=40, deadline=None)
def test_scores_are_those_of_the_sets_with_all_labels_above(y_true, y_pred):
    true, predicted = (list(map(with_all_above, y)) for y in (y_true, y_pred))
    hits = sum(len(t & p) for t, p in zip(true, predicted, strict=True))
    precision, recall = (hits / sum(map(len, sets)) for sets in (predicted, true))
    got = hierarchical_precision_recall_f1(y_true, y_pred)
    assert got[:2] == pytest.approx((precision, recall))
    assert got[2] == pytest.approx(2 * precision * recall / ((precision + recall) or 1))


@given(all_paths, all_paths, st.lists(st.floats(0.1, 3), min_size=10, max_size=10))
@settings(max_examples=25, deadline=None)
def test_scores_are_scikit_learns_micro_averages_of_closed_indicators(y_true, y_pred, weight):
    encoder = HierarchyEncoder().fit(PATHS)
    true, predicted = encoder.transform(y_true), encoder.transform(y_pred)
    expected = precision_recall_fscore_support(
        true, predicted, average="micro", sample_weight=weight
    )[:3]
    got = hierarchical_precision_recall_f1(y_true, y_pred, sample_weight=weight)
    assert got == pytest.approx(expected)
    levels = level_scores(y_true, y_pred, sample_weight=weight)
    for level in range(3):
        columns = encoder.hierarchy_.levels == level
        pair = true[:, columns], predicted[:, columns]
        for average in ("micro", "macro"):
            score = f1_score(*pair, average=average, sample_weight=weight, zero_division=0)
            assert levels[f"f1_{average}"][level] == pytest.approx(score)
    tops = [[path[0] for path in y] for y in (y_true, y_pred)]
    expected = accuracy_score(*tops, sample_weight=weight)
    assert levels["accuracy"][0] == pytest.approx(expected)
    assert levels["n_labels"].tolist() == [2, 4, 2]


def test_labels_lists_tuples_and_indicators_score_alike():
    parents = {"a": None, "x": "a", "y": "a", "b": None}
    expected = hierarchical_f1_score(["a:x", "b"], ["a:y", "b"])
    assert expected == pytest.approx(2 / 3)
    for y_true, y_pred in (
        (["x", "b"], np.array(["y", "b"])),
        ([["x"], ["b"]], [{"a", "y"}, {"b"}]),
        (np.array([[0, 1, 0, 0], [0, 0, 0, 1]]), np.array([[1, 0, 1, 0], [0, 0, 0, 1]])),
    ):
        for hierarchy in (parents, Hierarchy(parents)):
            score = hierarchical_f1_score(y_true, y_pred, hierarchy=hierarchy)
            assert score == pytest.approx(expected)


def test_labels_right_score_one_and_no_labels_score_zero():
    assert hierarchical_precision_recall_f1(PATHS, PATHS) == (1, 1, 1)
    assert hierarchical_precision_recall_f1([["a"]], [[]], separator="/") == (0, 0, 0)


def test_stopping_above_the_right_label_costs_recall_only():
    assert hierarchical_precision_recall_f1(["a:x"], ["a"]) == (1, 0.5, pytest.approx(2 / 3))


def test_scores_refuse_what_they_cannot_read():
    with pytest.raises(ValueError, match="give hierarchy="):
        hierarchical_f1_score(np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match="y_true has 2 rows and y_pred 1"):
        hierarchical_f1_score(["a", "b"], ["a"])
    with pytest.raises(ValueError, match=r"y_pred\[0\] has the label 'c'"):
        hierarchical_f1_score(["a"], ["c"], hierarchy={"a": None})


@pytest.mark.parametrize(
    ("y_true", "message"),
    [
        (np.array([[1, -1]]), r"y_true\[0, 1\] is -1"),
        (pd.DataFrame([[1, 0]], columns=["a", "z"]), "columns .*'z'.* the hierarchy the labels"),
        (np.array([["a", "a:b"]]), "a matrix of .*'a'.* not of zeros and ones"),
    ],
)
def test_matrices_that_cannot_be_scored_are_refused(y_true, message):
    with pytest.raises(ValueError, match=message):
        hierarchical_f1_score(y_true, np.ones((1, 2)), hierarchy={"a": None, "a:b": "a"})


def test_columns_of_a_frame_go_by_their_names():
    hierarchy = {"a": None, "a:b": "a", "c": None}
    frame = pd.DataFrame([[1, 0, 0], [0, 1, 0]], columns=["a:b", "c", "a"])
    assert hierarchical_f1_score(frame, ["a:b", "c"], hierarchy=hierarchy) == 1
    assert hierarchical_f1_score(sparse.csr_array([[0, 1, 0]]), ["a:b"], hierarchy=hierarchy) == 1
