"""Reports, frequency scores and confusions of one label per row or several, in any container."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.metrics import FrequencyF1Scorer, confused_pairs, f1_by_frequency, label_report

NAMES = np.array(["bill", "card", "login", "other", "parcel"])
KINDS = {
    "str": NAMES,
    "int": np.array([7, 3, -1, 40, 0]),
    "bool": np.array([True, False]),
    "two": np.array(["spam", "ham"]),
    "long": np.array(["a" * 300, "b\0x", "b\0y"], dtype=object),
}
CONTAINERS = {
    "array": np.array,
    "list": lambda y: y.tolist(),
    "series": pd.Series,
    "object": lambda y: y.astype(object),
    "category": lambda y: pd.Series(y.tolist()).astype("category"),
}


def make_pair(classes, rng, n_rows=80):
    return [classes[rng.randint(len(classes), size=n_rows)] for _ in range(2)]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("kind", KINDS)
def test_report_of_one_label_per_row_has_scikit_learns_numbers(kind, container, rng):
    classes = KINDS[kind]
    y_true, y_pred = make_pair(classes, rng)
    given = [CONTAINERS[container](y) for y in (y_true, y_pred)]
    if list(given[0]) != list(y_true):
        pytest.skip("this pandas takes categories that differ behind a NUL for one")
    weight = rng.uniform(size=80)
    report = label_report(*given, labels=classes, counts=range(len(classes)), sample_weight=weight)
    expected = precision_recall_fscore_support(y_true, y_pred, labels=classes, sample_weight=weight)
    for column, values in zip(["precision", "recall", "f1", "support"], expected, strict=True):
        np.testing.assert_allclose(report[column], values)
    np.testing.assert_allclose(report["predicted"], [weight @ (y_pred == c) for c in classes])
    assert report.index.tolist() == classes.tolist()
    assert label_report(*given).index.tolist() == sorted(classes.tolist())


def test_report_takes_some_of_the_classes_and_classes_that_do_not_occur(rng):
    y_true, y_pred = make_pair(NAMES, rng)
    report = label_report(y_true, y_pred, labels=["parcel", "unseen", "bill"])
    expected = precision_recall_fscore_support(
        y_true, y_pred, labels=["parcel", "unseen", "bill"], zero_division=0
    )
    np.testing.assert_allclose(report.iloc[:, :4].T, expected)


@pytest.mark.parametrize("average", ["micro", "macro"])
def test_parts_of_classes_are_scored_as_scikit_learn_scores_them(average, rng):
    pair = make_pair(NAMES, rng)
    counts = [100, 30, 20, 5, 4]
    scores = f1_by_frequency(*pair, counts, labels=NAMES)
    for part, members in {"head": [0], "medium": [1, 2], "tail": [3, 4]}.items():
        expected = f1_score(*pair, labels=NAMES[members], average=average)
        assert scores[part][average] == pytest.approx(expected)
    with pytest.raises(ValueError, match="each of the 5 labels"):
        f1_by_frequency(*pair, [1, 2], labels=NAMES)


def test_rows_that_look_like_a_matrix_are_sets_of_the_named_labels():
    assert label_report([[0, 1]] * 3, [[0, 1]] * 3, labels=[0, 1])["support"].tolist() == [3, 3]
    assert label_report([[0, 1]] * 3, [(0, 1)] * 3)["support"].tolist() == [0, 3]


def test_classifier_of_single_labels_is_reported_and_scored():
    texts, labels = make_imbalanced_texts(300, n_classes=4, difficulty=0.5, random_state=0)
    clf = TfidfTorchClassifier(random_state=0).fit(texts[:200], labels[:200])
    predicted = clf.predict(texts[200:])
    report = label_report(labels[200:], predicted, labels=clf.classes_, counts=clf.class_counts_)
    assert report["training_count"].sum() == 200
    parts = f1_by_frequency(
        labels[200:], predicted, clf.class_counts_, labels=clf.classes_, bounds=(20, 60)
    )
    scorer = FrequencyF1Scorer("tail", bounds=(20, 60))
    assert scorer(clf, texts[200:], labels[200:]) == parts.tail.macro
    rare = report["training_count"] <= 20
    assert parts.tail.macro == pytest.approx(report.loc[rare, "f1"].mean())


@pytest.mark.parametrize("kind", KINDS)
def test_confused_pairs_are_the_cells_of_the_confusion_matrix(kind, rng):
    classes = KINDS[kind]
    pair, weight = make_pair(classes, rng), rng.uniform(size=80)
    matrix = confusion_matrix(*pair, labels=classes, sample_weight=weight)
    pairs = confused_pairs(*pair, labels=classes, n=None, sample_weight=weight)
    place = {label: i for i, label in enumerate(classes.tolist())}
    found = np.zeros_like(matrix)
    for true, predicted, count, fraction in pairs.itertuples(index=False):
        found[place[true], place[predicted]] = count
        assert fraction == pytest.approx(count / matrix[place[true]].sum())
    np.testing.assert_allclose(found, matrix - np.diag(np.diag(matrix)))
    assert pairs["count"].is_monotonic_decreasing
    pd.testing.assert_frame_equal(
        confused_pairs(*pair, labels=classes, n=1, sample_weight=weight), pairs[:1]
    )


def test_ties_of_counts_go_by_the_fraction():
    pairs = confused_pairs(["a", "a", "b", "c"], ["b", "a", "a", "c"])
    assert pairs["true"].tolist() == ["b", "a"]
    assert confused_pairs(["a", "b"], ["a", "b"]).empty


@pytest.mark.parametrize("container", [np.array, sparse.csr_array, pd.DataFrame])
def test_missed_labels_are_paired_with_those_given_in_their_place(container):
    y_true = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]])
    y_pred = np.array([[0, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]])
    pairs = confused_pairs(container(y_true), container(y_pred), labels=["x", "y", "z"])
    assert pairs.values.tolist() == [["x", "z", 2, 2 / 3], ["x", "y", 1, 1 / 3]]
    names = np.array(["x", "y", "z"])
    sets = [[set(names[row > 0]) for row in y] for y in (y_true, y_pred)]
    pd.testing.assert_frame_equal(confused_pairs(*sets, labels=names), pairs)
    pd.testing.assert_frame_equal(confused_pairs(*sets), pairs)


@pytest.mark.parametrize("metric", [label_report, confused_pairs])
def test_one_label_beside_several_is_refused(metric):
    with pytest.raises(ValueError, match="y_pred has several labels per row and y_true has one"):
        metric(["a", "b"], [{"a"}, {"b"}])
    with pytest.raises(ValueError, match=r"length|number|row"):
        metric(["a", "b"], ["a"])
