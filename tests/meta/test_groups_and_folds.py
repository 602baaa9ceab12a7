"""Groups reach splitters, and folds that lack a class are told of."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, LeaveOneGroupOut
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB

from sktext import TfidfTorchClassifier
from sktext.meta import CalibratedClassifier, TunedThresholdsClassifier
from sktext.model_selection import (
    IterativeStratifiedKFold,
    IterativeStratifiedShuffleSplit,
    LossSearchCV,
)

METAS = [TunedThresholdsClassifier, CalibratedClassifier]


class Watched(GroupKFold):
    """Remembers the groups that it was given."""

    seen = []

    def split(self, X, y=None, groups=None):
        self.seen.append(np.asarray(groups).tolist())
        return super().split(X, y, groups)


@pytest.fixture(autouse=True)
def forget():
    Watched.seen.clear()


@pytest.mark.parametrize("routing", [True, False])
@pytest.mark.parametrize("meta", METAS)
@pytest.mark.parametrize("data", ["numbers", "classes", "labels"])
@pytest.mark.parametrize("make", [list, np.asarray])
def test_groups_reach_the_splitter_and_nothing_else(routing, meta, data, make, request):
    X, y = request.getfixturevalue(data)
    groups = np.arange(len(y)) // 4
    weight = (np.arange(len(y)) % 5 > 0).astype(float)
    inner = LogisticRegression() if y.ndim == 1 else OneVsRestClassifier(GaussianNB())
    split = list(GroupKFold(3).split(X, y, groups))
    with config_context(enable_metadata_routing=routing):
        if routing and y.ndim == 1:
            inner.set_fit_request(sample_weight=True)
        by_groups = meta(inner, cv=Watched(3)).fit(X, y, groups=make(groups))
        by_splits = meta(inner, cv=split).fit(X, y)
        np.testing.assert_array_equal(by_groups.predict(X), by_splits.predict(X))
        assert Watched.seen == [groups.tolist()]
        if y.ndim == 1:
            meta(inner, cv=Watched(3)).fit(X, y, sample_weight=weight, groups=make(groups))
            assert Watched.seen[1] == groups[weight > 0].tolist()


@pytest.mark.parametrize("meta", METAS)
def test_groups_reach_all_splitters_of_a_search(meta, classes):
    X, y = classes
    groups = np.arange(len(y)) // 4
    with config_context(enable_metadata_routing=True):
        inner = meta(LogisticRegression(), cv=LeaveOneGroupOut())
        grid = {"cv": [Watched(2), Watched(3)]}
        for search in (
            GridSearchCV(inner, grid, cv=Watched(2)),
            LossSearchCV(inner, grid, cv=Watched(2)),
        ):
            Watched.seen.clear()
            search.fit(X, y, groups=groups)
            assert sorted(map(len, Watched.seen)) == [200] * 4 + [400] * 2
        wrapped = meta(LogisticRegression(), cv=Watched(2)).set_fit_request(sample_weight=True)
        asked = wrapped.get_metadata_routing()
        assert asked.consumes("fit", ["groups", "sample_weight"]) == {"groups", "sample_weight"}


@pytest.mark.parametrize("meta", METAS)
@pytest.mark.parametrize("data", ["numbers", "classes", "labels"])
@pytest.mark.parametrize("cv", [None, 3, IterativeStratifiedKFold(3)])
def test_groups_that_are_split_up_are_warned_about(meta, data, cv, request):
    X, y = request.getfixturevalue(data)
    inner = LogisticRegression() if y.ndim == 1 else OneVsRestClassifier(GaussianNB())
    with pytest.warns(UserWarning, match="The groups parameter is ignored by"):
        meta(inner, cv=cv).fit(X, y, groups=np.arange(len(y)))


@pytest.mark.parametrize(
    "splitter",
    [IterativeStratifiedKFold(2), IterativeStratifiedShuffleSplit(2, random_state=0)],
    ids=lambda splitter: type(splitter).__name__,
)
@pytest.mark.parametrize("y", [np.arange(20) % 2, np.eye(20, 2, dtype=int)])
def test_splitters_that_ignore_groups_say_so(splitter, y):
    name = type(splitter).__name__
    with pytest.warns(UserWarning, match=f"^The groups parameter is ignored by {name}$"):
        splitter.split(y, y, groups=np.arange(20))
    assert len(list(splitter.split(y, y))) == 2


def sorted_by_class(n_each=40):
    y = np.repeat(["a", "b", "c"], n_each)
    words = {"a": "red rose", "b": "blue sea", "c": "green leaf"}
    return [f"{words[label]} w{i % 30}" for i, label in enumerate(y)], y


@pytest.mark.parametrize("n_splits", [3, 4])
@pytest.mark.parametrize("objective", ["f1", "accuracy", "balanced_accuracy"])
def test_classes_that_training_rows_lack_keep_their_threshold(n_splits, objective):
    texts, y = sorted_by_class()
    clf = TunedThresholdsClassifier(
        TfidfTorchClassifier(random_state=0), objective=objective, cv=KFold(n_splits)
    )
    lacking = {3: ["a", "b", "c"], 4: []}[n_splits]
    if lacking:
        with pytest.warns(RuntimeWarning, match=r"lack the classes \['a', 'b', 'c'\]"):
            clf.fit(texts, y)
        assert clf.fallback_.all()
        np.testing.assert_allclose(clf.thresholds_, [1 / 3] * 3)
    else:
        clf.fit(texts, y)
    assert accuracy_score(y, clf.predict(texts)) == 1.0


def test_other_classes_are_tuned_without_the_rows_of_the_one_that_lacks(classes):
    X, y = classes
    rare = np.flatnonzero(y == "c")
    test = np.concatenate([rare, np.flatnonzero(y != "c")[::3]])
    rest = np.setdiff1d(np.arange(len(y)), test)
    clf = TunedThresholdsClassifier(LogisticRegression(), cv=[(rest, test)])
    with pytest.warns(RuntimeWarning, match=r"lack the classes \['c'\]"):
        clf.fit(X, y)
    known = test[y[test] != "c"]
    without = TunedThresholdsClassifier(LogisticRegression(), cv=[(rest, known)])
    with pytest.warns(RuntimeWarning, match=r"lack the classes \['c'\]"):
        without.fit(X, y)
    assert clf.fallback_.tolist() == [False, False, True]
    np.testing.assert_array_equal(clf.thresholds_, without.thresholds_)


@pytest.mark.parametrize("method", ["temperature", "vector", "sigmoid", "isotonic"])
def test_calibration_warns_of_folds_without_a_class(method):
    texts, y = sorted_by_class()
    clf = CalibratedClassifier(TfidfTorchClassifier(random_state=0), method=method, cv=KFold(3))
    with pytest.warns(RuntimeWarning, match=r"lack the classes \['a', 'b', 'c'\]"):
        clf.fit(texts, y)
    assert accuracy_score(y, clf.predict(texts)) == 1.0


@pytest.mark.parametrize("meta", METAS)
def test_two_classes_of_which_training_rows_lack_one(meta, numbers):
    X, y = numbers
    order = np.argsort(y, kind="stable")
    halves = np.flatnonzero(y[order] == "no"), np.flatnonzero(y[order] == "yes")
    clf = meta(GaussianNB(), cv=[halves, halves[::-1]])
    with pytest.warns(RuntimeWarning, match=r"lack the classes \['no', 'yes'\]"):
        clf.fit(X[order], y[order])
    if meta is TunedThresholdsClassifier:
        assert clf.thresholds_.tolist() == [0.5]
