"""What ``y`` means is decided by the first fit, whatever it is in, and kept by every later call."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import cross_val_score

from sktext import TfidfTorchClassifier
from sktext._labels import Labels, form_of, read_labels, read_pair
from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)
from sktext.model_selection import IterativeStratifiedKFold, LossSearchCV
from sktext.sampling import RandomTextOverSampler, RandomTextUnderSampler, imbalance_report

TEXTS = ["red one", "blue one", "red blue", "none here"] * 10
ROWS = [[0], [1], [0, 1], []] * 10
MATRIX = np.array([[1, 0], [0, 1], [1, 1], [0, 0]] * 10)


class Column:
    """A sequence that takes whole numbers and slices of Python alone."""

    def __init__(self, rows):
        self.rows = list(rows)

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, key):
        if type(key) not in (int, slice):
            raise TypeError(f"wrong key type {type(key)}")
        return self.rows[key]


def objects(rows):
    return np.fromiter(rows, dtype=object, count=len(rows))


# What rows are in changes nothing.
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "objects": objects,
    "Series": lambda rows: pd.Series(objects(rows), index=range(7, 7 + len(rows))),
    "frame of one column": lambda rows: pd.DataFrame({"y": objects(rows)}),
    "pyarrow": lambda rows: pa.array(list(map(list, rows))),
    "polars": lambda rows: pl.Series(list(map(list, rows))),
    "column": Column,
    "generator": lambda rows: (row for row in rows),
    "dict values": lambda rows: dict(enumerate(rows)).values(),
}
ROW_KINDS = {"lists": list, "tuples": tuple, "arrays": np.array}
FORMS = [
    ([[0, 1], [1, 1]], "columns"),
    ([[0, 1], [1, 0]], "columns"),
    ([[0, -1], [1, 1]], "columns"),
    ([[True, False], [True, True]], "columns"),
    ([[0.0, 1.0], [1.0, 1.0]], "columns"),
    ([[3, 7], [2, 5]], "sets"),
    ([[0, 1], [0, 2]], "sets"),
    ([[0], [1]], "sets"),
    ([["a"], ["b"]], "sets"),
    ([["a", "b"], ["c", "d"]], "sets"),
    ([[0, 1], [1]], "sets"),
    ([[], [0, 1]], "sets"),
]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("kind", ROW_KINDS)
@pytest.mark.parametrize(("rows", "form"), FORMS)
def test_form_is_what_rows_hold_not_what_they_are_in(rows, form, kind, container):
    given_rows = [ROW_KINDS[kind](row) for row in rows]
    assert read_labels(CONTAINERS[container](given_rows)).form == form
    if container != "generator":
        assert form_of(CONTAINERS[container](given_rows)) == form


@pytest.mark.parametrize("kind", [set, frozenset])
@pytest.mark.parametrize("rows", [[[0, 1], [0, 1]], [[0, 1], [1]]])
def test_sets_are_always_sets(kind, rows):
    assert read_labels([kind(row) for row in rows]).form == "sets"
    matrix = Labels.learn(read_labels(np.array([[0, 1], [1, 1]])))
    assert matrix.encode(matrix.read([kind(row) for row in rows]))[0].tolist() == [1, 1]


MATRICES = {
    "array": np.asarray,
    "objects": lambda y: y.astype(object),
    "sparse": sparse.csr_array,
    "frame": pd.DataFrame,
    "polars frame": pl.DataFrame,
    "pyarrow table": lambda y: pa.table({"0": y[:, 0], "1": y[:, 1]}),
}


@pytest.mark.parametrize("kind", MATRICES)
def test_matrices_are_indicators_and_come_back_as_they_were(kind):
    y = MATRICES[kind](MATRIX)
    clf = TfidfTorchClassifier(random_state=0).fit(TEXTS, y)
    predicted = clf.predict(TEXTS)
    assert type(predicted) is (np.ndarray if kind == "objects" else type(y))
    assert clf.score(TEXTS, y) == clf.score(TEXTS, predicted) == 1


def thresholds(clf):
    return TunedThresholdsClassifier(clf, cv=2, random_state=0)


WRAPPERS = {
    "classifier": lambda clf: clf,
    "thresholds": thresholds,
    "calibration": lambda clf: CalibratedClassifier(clf, cv=2, random_state=0),
    "rebalancing": lambda clf: RebalancedClassifier(clf, sampler="over", random_state=0),
    "bagging": lambda clf: BalancedTextBagging(clf, n_estimators=3, random_state=0),
    "search": lambda clf: LossSearchCV(clf, {"loss": ["cross_entropy"]}, cv=2),
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("kind", ROW_KINDS)
def test_rows_of_one_length_are_scored_as_the_sets_that_were_fitted(kind, wrapper):
    rows = [ROW_KINDS[kind](row) for row in ROWS]
    clf = WRAPPERS[wrapper](TfidfTorchClassifier(random_state=0)).fit(TEXTS, rows)
    assert clf.predict(["red blue"]) == [(0, 1)]
    for texts, y in ((["red blue"] * 3, [[0, 1]] * 3), (["red one"], [[0]]), (["none here"], [[]])):
        assert clf.score(texts, [ROW_KINDS[kind](row) for row in y]) == 1
    assert clf.score(["red blue"], np.array([[1, 1]])) == 1


def test_lists_after_a_matrix_are_its_rows():
    clf = TfidfTorchClassifier(random_state=0).fit(TEXTS, MATRIX.tolist())
    assert clf.score(["red blue", "red one"], [(1, 1), (1, 0)]) == 1
    assert clf.score(["red blue"], [{0, 1}]) == 1
    with pytest.raises(ValueError, match=r"y\[1\] must be a row .* 2 columns"):
        clf.score(["red blue", "red one"], [[0, 1], [0]])


def test_validation_rows_are_read_as_the_rows_are():
    clf = TfidfTorchClassifier(early_stopping=True, max_epochs=3, scoring="accuracy")
    clf.fit(TEXTS, ROWS, X_val=["red blue"] * 3, y_val=[[0, 1]] * 3)
    by_matrix = TfidfTorchClassifier(early_stopping=True, max_epochs=3, scoring="accuracy")
    by_matrix.fit(TEXTS, ROWS, X_val=["red blue"] * 3, y_val=np.ones((3, 2), int))
    assert clf.history_[:, "valid_loss"] == by_matrix.history_[:, "valid_loss"]


@settings(max_examples=10, deadline=None)
@given(size=st.integers(1, 40), named=st.booleans(), kind=st.sampled_from(sorted(ROW_KINDS)))
def test_chunks_of_any_size_are_one_stream(size, named, kind):
    rows = [ROW_KINDS[kind](row) for row in ROWS]
    whole = TfidfTorchClassifier(vectorizer="hashing", random_state=0)
    clf = TfidfTorchClassifier(vectorizer="hashing", random_state=0)
    classes = [0, 1] if named else {1, 0}
    whole.partial_fit(TEXTS, rows, classes=classes)
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        clf.partial_fit(TEXTS[part], rows[part], classes=classes)
    assert clf.class_counts_.tolist() == whole.class_counts_.tolist() == [20, 20]


def test_first_chunk_of_all_labels_is_sets_where_the_classes_are_named():
    clf = TfidfTorchClassifier(vectorizer="hashing", random_state=0)
    clf.partial_fit(["red blue"] * 50, [[0, 1]] * 50, classes=[0, 1])
    assert clf.class_counts_.tolist() == [50, 50]
    clf.partial_fit(["red"], [[0]])
    assert clf.predict(["red"])[0] in {(), (0,), (1,), (0, 1)}


def test_cross_validation_scores_every_fold():
    folds = IterativeStratifiedKFold(2, shuffle=True, random_state=0)
    rows = [[0, 1]] * 20 + [[0]] * 10 + [[1]] * 10
    texts = ["red blue"] * 20 + ["red one"] * 10 + ["blue one"] * 10
    scores = cross_val_score(TfidfTorchClassifier(random_state=0), texts, rows, cv=folds)
    assert scores.tolist() == [1, 1]


SINGLE = {
    "str": ["n", "p"],
    "object ints": objects([0, 1]),
    "object bools": objects([False, True]),
    "object floats": objects([0.0, 1.0]),
    "fixed width": np.array(["n", "p"]),
    "nullable ints": pd.array([0, 1], dtype="Int64"),
    "nullable bools": pd.array([False, True], dtype="boolean"),
    "pandas strings": pd.array(["n", "p"], dtype="string"),
    "categories": pd.Categorical(["n", "p"]),
    "NUL within": ["a\0b", "a\0c"],
    "NUL at the end": ["a", "a\0"],
    "long": ["x" * 50_000, "y"],
    "large numbers": [2**70, 2**70 + 1],
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    SINGLE["StringDType"] = np.array(["n", "p"], dtype=np.dtypes.StringDType())


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("kind", SINGLE)
def test_single_labels_that_are_fitted_are_scored(kind, wrapper):
    pair = SINGLE[kind]
    y = [pair[0], pair[1]] * 20 if isinstance(pair, list) else pair.take([0, 1] * 20)
    clf = WRAPPERS[wrapper](TfidfTorchClassifier(random_state=0))
    clf.fit(["good film", "bad film"] * 20, y)
    assert clf.classes_.tolist() == list(pair)
    assert clf.score(["good film", "bad film"] * 20, y) == 1
    assert clf.score(["good film"], y[1:2]) == 0


def test_long_labels_take_no_fixed_width():
    y = ["x" * 50_000, *["y"] * 19]
    clf = TfidfTorchClassifier(random_state=0).fit(["good film", *["bad film"] * 19], y)
    assert clf.predict(["bad film"] * 2).dtype == object
    assert TfidfTorchClassifier().fit(["aa", "bb"], ["a", "b"]).classes_.dtype == "<U1"


def test_labels_that_were_not_fitted_are_wrong():
    clf = TfidfTorchClassifier(random_state=0).fit(["good film", "bad film"] * 5, ["p", "n"] * 5)
    assert clf.score(["good film", "bad film"], ["p", "new"]) == 0.5
    assert clf.score(["good film"] * 2, ["p", "n"], sample_weight=[3, 1]) == 0.75


@pytest.mark.parametrize("container", ["column", "generator", "dict values"])
def test_any_sequence_of_single_labels_is_taken(container):
    labels = ["n", "p"] * 20
    texts = ["bad film", "good film"] * 20
    clf = TfidfTorchClassifier(random_state=0).fit(texts, CONTAINERS[container](labels))
    assert clf.score(texts, CONTAINERS[container](labels)) == 1


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_columns_with_keys_of_python_are_taken_as_rows_and_labels(wrapper):
    X, y = Column(["good film", "bad film"] * 20), Column(["p", "n"] * 20)
    clf = WRAPPERS[wrapper](TfidfTorchClassifier(random_state=0)).fit(X, y)
    assert clf.score(X, y) == 1


REFUSED = {
    "dict": ({"a": 1}, "got a dict"),
    "set": ({1, 2}, "got a set"),
    "number": (3, "the single 3"),
    "0-d array": (np.array(3), "the single array"),
    "complex": (np.array([1j, 2]), "Complex data"),
    "complex list": ([1j, 2], r"y\[0\] is 1j"),
    "bytes": ([b"a", b"b"], r"y\[0\] is b'a'.*Decode"),
    "bytes and ints": ([(b"a", 1), (2,)], r"y\[0\] has the entry b'a'"),
    "dates in lists": ([(pd.Timestamp("2020"),), ()], r"y\[0\] has the entry"),
    "nested twice": ([[1, [2]], [1]], r"y\[0\] has the entry \[2\]"),
    "rows of dicts": ([{"a": 1}, {"b": 2}], r"y\[0\] is \{'a': 1\}"),
    "one and several": (["a", ("a", "b")], r"y\[0\] must be a set of labels"),
    "missing set": ([("a",), None], r"y\[1\] must be a set of labels.*missing"),
    "three dimensions": (np.zeros((2, 2, 2)), "one or two dimensions"),
    "no columns": (np.zeros((2, 0)), "no label columns"),
    "names in cells": (
        np.array([["a", "b"], ["c", "d"]]),
        "zeros and ones.*sets of labels as a list",
    ),
    "infinity": ([1.0, np.inf], "infinity"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_label_is_refused_in_a_sentence(case):
    y, message = REFUSED[case]
    with pytest.raises((TypeError, ValueError), match=f"(?s){message}"):
        TfidfTorchClassifier().fit(["aa", "bb"], y)


def test_one_label_and_several_are_not_mixed_after_the_first_fit():
    one = TfidfTorchClassifier(random_state=0).fit(["aa", "bb"], ["a", "b"])
    several = TfidfTorchClassifier(random_state=0).fit(["aa", "bb"], [{"a"}, {"b"}])
    with pytest.raises(ValueError, match="one label per row as in the first fit"):
        one.score(["aa"], [["a"]])
    with pytest.raises(ValueError, match="several labels per row as in the first fit"):
        several.score(["aa"], ["a"])
    with pytest.raises(ValueError, match="Select them in that order"):
        several.score(["aa"], pd.DataFrame({"b": [0], "a": [1]}))


def test_one_hot_rows_are_warned_about_once_and_sets_are_not():
    y = np.eye(4, dtype=int)[[0, 1, 2, 3] * 10]
    with pytest.warns(UserWarning, match="exactly one 1 in every row") as record:
        thresholds(TfidfTorchClassifier(max_epochs=1, random_state=0)).fit(TEXTS, y)
    assert len([w for w in record if "exactly one 1" in str(w.message)]) == 1
    for sets in ([{"a"}, {"b"}] * 20, [["a"], ["b"]] * 20):
        thresholds(TfidfTorchClassifier(max_epochs=1, random_state=0)).fit(TEXTS, sets)
    TfidfTorchClassifier(vectorizer="hashing").partial_fit(TEXTS, y)


@pytest.mark.parametrize(
    ("labels", "warned"),
    [
        (["a", "b", "a,b", "b"], True),
        (["a", "b", "c", "a; b; c"], True),
        (["x", "y", "z", "x|y"], True),
        (["Paris, France", "Lyon, France", "Nice, France", "Rome"], False),
        (["Smith, J", "Smith", "b", "c"], False),
        (["ENTY:animal", "ENTY", "NUM", "NUM:date"], False),
    ],
)
def test_joined_labels_are_warned_about(labels, warned, recwarn):
    TfidfTorchClassifier(max_epochs=1).fit(TEXTS, labels * 10)
    assert bool(recwarn) == warned
    assert all("several labels in one" in str(warning.message) for warning in recwarn)
    recwarn.clear()


def test_one_class_of_a_stream_is_told_of_classes():
    clf = TfidfTorchClassifier(vectorizer="hashing")
    with pytest.raises(ValueError, match="in classes= of the first partial_fit"):
        clf.partial_fit(["aa"], ["a"])
    assert clf.partial_fit(["aa"], ["a"], classes={"b", "a"}).classes_.tolist() == ["a", "b"]


SAMPLED = {"lists": list, "tuples": tuple, "sets": set}


@pytest.mark.parametrize("sampler", [RandomTextOverSampler, RandomTextUnderSampler])
@pytest.mark.parametrize("kind", SAMPLED)
def test_samplers_and_reports_take_sets(kind, sampler):
    y = [SAMPLED[kind](row) for row in ROWS]
    X_new, y_new = sampler(random_state=0).fit_resample(TEXTS, y)
    X_same, Y_new = sampler(random_state=0).fit_resample(TEXTS, MATRIX)
    assert X_new == X_same
    assert type(y_new[0]) is SAMPLED[kind]
    assert [[0 in row, 1 in row] for row in y_new] == Y_new.astype(bool).tolist()
    assert imbalance_report(y)["count"].to_dict() == {0: 20, 1: 20}


PAIRS = [
    ([[0, 1]] * 3, [[0, 1]] * 3, [0, 1], [[1, 1]] * 3),
    ([[0, 1]] * 3, [[0, 1]] * 3, None, [[0, 1]] * 3),
    ([[0, 1]] * 3, np.array([[0, 1]] * 3), [0, 1], [[0, 1]] * 3),
    ([[0, 1]] * 3, [{0}] * 3, [0, 1], [[1, 1]] * 3),
    ([["a"]] * 2, [[], ["b"]], None, [[1, 0]] * 2),
    (["b", "a"], ["a", "a"], ["b", "a"], [0, 1]),
]


@pytest.mark.parametrize(("y_true", "y_pred", "labels", "expected"), PAIRS)
def test_pairs_are_read_alike(y_true, y_pred, labels, expected):
    assert read_pair(y_true, y_pred, labels).true.tolist() == expected


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(st.sets(st.sampled_from([0, 1, 2])), min_size=1, max_size=6),
    kind=st.sampled_from(sorted(ROW_KINDS)),
    container=st.sampled_from(sorted(CONTAINERS)),
)
def test_fitted_labels_read_back_what_they_write(rows, kind, container):
    labels = Labels.learn(read_labels([{0, 1, 2}, set()]))
    some = CONTAINERS[container]([ROW_KINDS[kind](sorted(row)) for row in rows])
    target = labels.encode(labels.read(some))
    assert target.tolist() == [[int(label in row) for label in range(3)] for row in rows]
    assert labels.accuracy(labels.write(target), [tuple(row) for row in rows]) == 1
