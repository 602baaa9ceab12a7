"""Hierarchies and their encoder: closed upward and back, and clear about what is wrong."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from sktext.preprocessing import Hierarchy, HierarchyEncoder


@st.composite
def graphs(draw, max_parents=3):
    """Random hierarchies of up to nine labels, in any order; trees for one parent."""
    order = draw(st.permutations(range(draw(st.integers(1, 9)))))
    parents = {}
    for label in range(len(order)):
        higher = [other for other in range(len(order)) if order[other] < order[label]]
        some = st.lists(st.sampled_from(higher), max_size=max_parents, unique=True)
        parents[label] = draw(some) if higher else None
    return Hierarchy(parents)


def with_values(hierarchies, elements):
    return hierarchies.flatmap(
        lambda h: st.tuples(
            st.just(h),
            st.lists(st.lists(elements, min_size=len(h), max_size=len(h)), min_size=1, max_size=4),
        )
    )


def ancestors(hierarchy, label):
    """All labels above one, by walking."""
    found, left = set(), [label]
    while left:
        number = left.pop()
        for parent in hierarchy.edges[hierarchy.edges[:, 1] == number, 0]:
            if parent not in found:
                found.add(int(parent))
                left.append(parent)
    return found


@given(with_values(graphs(), st.integers(0, 1)))
@settings(max_examples=60, deadline=None)
def test_closing_adds_all_ancestors_and_nothing_more(case):
    hierarchy, rows = case
    closed = hierarchy.close(rows)
    for row, got in zip(rows, closed, strict=True):
        own = {i for i, value in enumerate(row) if value}
        expected = own.union(*(ancestors(hierarchy, i) for i in own))
        assert set(np.flatnonzero(got)) == expected
    np.testing.assert_array_equal(hierarchy.close(closed), closed)
    assert hierarchy.count_violations(closed) == 0


@given(with_values(graphs(), st.integers(0, 1)))
@settings(max_examples=60, deadline=None)
def test_most_specific_labels_close_to_the_same_set(case):
    hierarchy, rows = case
    closed = hierarchy.close(rows)
    last = hierarchy.most_specific(closed)
    np.testing.assert_array_equal(hierarchy.close(last), closed)
    for row in last:
        chosen = set(np.flatnonzero(row))
        assert not any(chosen & ancestors(hierarchy, i) for i in chosen)


@given(with_values(graphs(), st.floats(-9, 9)))
@settings(max_examples=60, deadline=None)
def test_mended_scores_never_contradict_and_are_extremes_of_a_lineage(case):
    hierarchy, rows = case
    scores = np.array(rows)
    above = hierarchy.above().toarray() > 0
    highest = np.array([[row[above[:, j]].max() for j in range(len(row))] for row in scores])
    least = np.array([[row[above[j]].min() for j in range(len(row))] for row in scores])
    np.testing.assert_array_equal(hierarchy.max_below(scores), highest)
    np.testing.assert_array_equal(hierarchy.min_above(scores), least)
    assert hierarchy.count_violations(highest) == hierarchy.count_violations(least) == 0


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_levels_and_the_matrix_of_labels_above_agree_with_walking(hierarchy):
    above = hierarchy.above().toarray() > 0
    for i in range(len(hierarchy)):
        assert set(np.flatnonzero(above[i])) == ancestors(hierarchy, i) | {i}
        ways = hierarchy.ways_to(hierarchy.labels[i])
        assert max(len(way) for way in ways) == hierarchy.levels[i] + 1


@given(graphs(max_parents=1), st.data())
@settings(max_examples=60, deadline=None)
def test_inverse_of_transform_is_the_label_itself(hierarchy, data):
    assert hierarchy.is_tree
    y = data.draw(st.lists(st.sampled_from(hierarchy.labels), min_size=1, max_size=9))
    encoder = HierarchyEncoder(hierarchy).fit(y)
    assert encoder.inverse_transform(encoder.transform(y)).tolist() == y


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (["a:x", "b"], ["a", "a:x", "b"]),
        ([("a", "x"), ("b",)], [("a",), ("a", "x"), ("b",)]),
        (np.array(["a:x", "b"]), ["a", "a:x", "b"]),
        ([7, 3], [3, 7]),
    ],
)
def test_labels_of_paths_keep_the_type_of_the_paths(y, labels):
    encoder = HierarchyEncoder().fit(y)
    assert encoder.classes_.tolist() == labels
    assert encoder.inverse_transform(encoder.transform(y)).tolist() == list(y)


def test_columns_of_paths_do_not_depend_on_the_order_of_rows():
    y = ["b:x", "a:y:z", "a"]
    assert HierarchyEncoder().fit(y).hierarchy_ == HierarchyEncoder().fit(y[::-1]).hierarchy_


def test_sets_of_labels_come_back_as_lists_of_the_most_specific():
    encoder = HierarchyEncoder().fit([{"a:x", "b"}, [], ["a"]])
    indicator = encoder.transform([{"a:x", "b"}, [], ["a"]])
    assert indicator.tolist() == [[1, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert encoder.inverse_transform(indicator) == [["a:x", "b"], [], ["a"]]


def test_ways_to_a_label_with_two_parents_are_two():
    hierarchy = Hierarchy({"animal": None, "pet": None, "dog": ["animal", "pet"]})
    assert hierarchy.ways_to("dog") == [("animal", "dog"), ("pet", "dog")]
    assert not hierarchy.is_tree


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ({}, "at least one label"),
        ({"a": "b", "b": "c", "c": "a"}, "'a' -> 'c' -> 'b' -> 'a'|'b' -> 'a' -> 'c'|'c' -> 'b'"),
        ({"a": "a"}, "'a' -> 'a'"),
        ({"top": None, "x": ["top", "y"], "y": "x"}, "above themselves"),
        ({"dog": "pet"}, "parent of 'dog' is 'pet', which has no entry.*add 'pet': None"),
    ],
)
def test_wrong_hierarchies_are_refused(parents, message):
    with pytest.raises(ValueError, match=message):
        Hierarchy(parents)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ("a:b", "single 'a:b'"),
        (["a", None], r"y\[1\] is missing"),
        (["a", float("nan")], r"y\[1\] is missing"),
        ([0.5, 1.0], r"y\[0\] is 0.5: y holds continuous values"),
        (["a:", "b"], "'a:' has an empty part"),
        ([["a"], "b"], r"y\[1\] is 'b', while other rows are lists"),
        (np.zeros((2, 2)), r"shape \(2, 2\)"),
    ],
)
def test_wrong_labels_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        HierarchyEncoder().fit(y)


def test_label_outside_the_hierarchy_is_named_with_its_row():
    encoder = HierarchyEncoder().fit(["a:x", "b"])
    with pytest.raises(ValueError, match=r"y\[1\] has the label 'a:y'.*not among the 3 labels"):
        encoder.transform(["a", "a:y"])
    with pytest.raises(ValueError, match=r"y\[0\] has the label 'cat'"):
        HierarchyEncoder({"dog": None}).fit(["cat"])


def test_one_label_each_cannot_be_read_from_rows_of_several():
    encoder = HierarchyEncoder().fit(["a", "b"])
    with pytest.raises(ValueError, match="Row 1 has 2 most specific labels"):
        encoder.inverse_transform([[1, 0], [1, 1]])
    with pytest.raises(ValueError, match="each of the 2 labels"):
        encoder.inverse_transform([[1, 0, 0]])


def test_encoder_is_cloned_and_pickled_with_its_hierarchy():
    encoder = HierarchyEncoder(Hierarchy({"pet": None, "dog": "pet"})).fit(["dog"])
    assert clone(encoder).fit(["pet"]).hierarchy_ == encoder.hierarchy_
    assert hash(encoder.hierarchy_) == hash(clone(encoder).parents)
    assert pickle.loads(pickle.dumps(encoder)).transform(["dog"]).tolist() == [[1, 1]]
    assert repr(encoder.hierarchy_) == "Hierarchy(2 labels on 2 levels)"
