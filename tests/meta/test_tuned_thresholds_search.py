"""Every search finds what trying all thresholds finds."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    fbeta_score,
    get_scorer,
    precision_score,
    recall_score,
)

from sktext._labels import Labels
from sktext.meta import Cost, FBeta, RecallAtPrecision
from sktext.meta._thresholds._best_threshold import NOTHING, best_threshold, count_above
from sktext.meta._thresholds._class_thresholds import (
    Moves,
    argmax_of,
    best_class_offset,
    confusion_of,
    tune_classes,
)
from sktext.meta._thresholds._label_thresholds import (
    ScoredFold,
    drawn_to_trend,
    tune_labels,
    with_others,
)
from sktext.meta._thresholds._rivals import Rivals
from sktext.meta._thresholds._scales import LOG_ODDS, PLAIN
from sktext.meta._thresholds._tuning import objective_of

COSTS = [[0.0, 1.0], [7.0, -0.5]]
OBJECTIVES = [
    FBeta(),
    FBeta(beta=2),
    FBeta(beta=0.5),
    RecallAtPrecision(precision=0.6),
    RecallAtPrecision(precision=1.0),
    Cost(),
    Cost(COSTS),
    "balanced_accuracy",
    "f1",
]
TWO = Labels(np.arange(2), "binary")
THREE = Labels(np.arange(3), "multiclass")
# Few different scores, so that ties are common, and neighbouring floats among them.
SCORES = st.sampled_from([-2.0, -1.0, 0.0, 0.5, np.nextafter(0.5, 1), 1.0, 3.0, 1e308])
ROWS = st.lists(st.tuples(SCORES, st.booleans(), st.integers(1, 3)), min_size=1, max_size=12)
CLASS_ROWS = st.lists(
    st.tuples(
        st.tuples(*[st.integers(-3, 3)] * 3).map(np.array),
        st.integers(0, 2),
        st.integers(1, 3),
    ),
    min_size=3,
    max_size=10,
)


def built(given, labels):
    return objective_of(given, labels.task).build(labels.task, labels.classes)


def columns(rows):
    scores, positive, weight = (np.array(column) for column in zip(*rows, strict=True))
    return scores, positive, weight.astype(float)


def every_threshold(scores):
    return [np.nextafter(scores.min(), -np.inf), *np.unique(scores)]


def value_at(objective, threshold, scores, positive, weight):
    return float(np.squeeze(objective.values(count_above(scores, threshold, positive, weight))))


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_no_threshold_is_better_than_the_one_found(objective, rows):
    data = columns(rows)
    objective = built(objective, TWO)
    found = value_at(objective, best_threshold(*data, objective.values, 0.0), *data)
    best = max(value_at(objective, threshold, *data) for threshold in every_threshold(data[0]))
    assert found == pytest.approx(best, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_no_threshold_is_better_for_all_labels_so_far(rows):
    data = columns(rows)
    objective = FBeta().build("multilabel", None)
    so_far = NOTHING + count_above(np.array([1.0, 0.0]), 0.5, np.array([True, True]), np.ones(2))
    values = with_others(objective, so_far, 3)
    found = values(count_above(data[0], best_threshold(*data, values, 0.0), *data[1:]))
    for threshold in every_threshold(data[0]):
        assert found >= values(count_above(data[0], threshold, *data[1:])) - 1e-12


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@settings(max_examples=20, deadline=None)
@given(rows=ROWS)
def test_weights_are_copies(objective, rows):
    scores, positive, weight = columns(rows)
    values = built(objective, TWO).values
    copies = np.repeat(np.arange(len(weight)), weight.astype(int))
    by_copies = best_threshold(scores[copies], positive[copies], np.ones(len(copies)), values, 0.0)
    np.testing.assert_equal(best_threshold(scores, positive, weight, values, 0.0), by_copies)


@pytest.mark.parametrize(
    ("objective", "metric"),
    [
        (FBeta(), f1_score),
        (FBeta(beta=2), lambda *args, **kw: fbeta_score(*args, beta=2, **kw)),
        (Cost(), accuracy_score),
        (RecallAtPrecision(precision=1e-9), recall_score),
        ("balanced_accuracy", balanced_accuracy_score),
        ("precision", precision_score),
    ],
)
def test_values_are_the_metrics_of_scikit_learn(objective, metric, rng):
    scores, positive = rng.normal(size=50), rng.uniform(size=50) < 0.3
    weight = rng.uniform(0.1, 2, size=50)
    objective = built(objective, TWO)
    for threshold in (-1.0, 0.0, 0.7):
        expected = metric(positive, scores > threshold, sample_weight=weight)
        assert value_at(objective, threshold, scores, positive, weight) == pytest.approx(expected)


def test_threshold_lies_halfway_and_apart_from_the_scores():
    values = FBeta().values
    truth = np.array([True, True, False])
    assert best_threshold(np.array([3.0, 2.0, 1.0]), truth, np.ones(3), values, 0.0) == 1.5
    above = np.nextafter(1.0, 2)
    threshold = best_threshold(np.array([3.0, above, 1.0]), truth, np.ones(3), values, 0.0)
    assert 1.0 <= threshold < above


def test_fold_without_positives_puts_the_threshold_above_its_scores():
    with_one = ScoredFold(np.array([[0.3], [0.1]]), np.array([[True], [False]]), np.ones(2))
    without = ScoredFold(np.array([[0.4], [0.1]]), np.zeros((2, 1), bool), np.ones(2))
    for objective in (FBeta(), built("jaccard", TWO), Cost().build("binary", np.arange(2))):
        for combine in (True, False):
            params = {"default": 0.0, "min_positives": 1, "combine": combine}
            thresholds = tune_labels([with_one, without], objective, **params)
            assert thresholds.by_fold[:, 0].tolist() == [0.2, 0.4]


def test_of_equal_thresholds_the_one_that_changes_fewest_answers_is_taken():
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    positive = np.array([True, False, True, False, False])  # one or three rows: accuracy 0.8

    def threshold(own):
        return best_threshold(
            scores, positive, np.ones(5), Cost().build("binary", None).values, own
        )

    assert threshold(10.0) == threshold(4.7) - 0.2 == 4.5
    assert threshold(2.7) == 2.7  # as good as the best: it stays
    assert threshold(2.2) == 2.2
    assert threshold(1.5) == threshold(-7.0) == 2.5
    assert threshold(3.5) == 4.5  # as many either way: the higher


@pytest.mark.parametrize("value", [0.0, 3.5, np.nan])
def test_thresholds_of_equal_values_are_none(value):
    found = best_threshold(
        np.array([2.0, 1.0]), np.array([True, False]), np.ones(2), lambda c: c.tp * 0 + value, 0.0
    )
    assert np.isnan(found)


@pytest.mark.parametrize("objective", ["f1", "balanced_accuracy", RecallAtPrecision(0.7), Cost()])
@settings(max_examples=15, deadline=None)
@given(rows=CLASS_ROWS, entered=st.integers(0, 2))
def test_no_offset_of_one_class_is_better(objective, rows, entered):
    scores, truth, weight = (np.array(column) for column in zip(*rows, strict=True))
    scores, weight = scores.astype(float), weight.astype(float)
    objective = built(objective, THREE)
    offsets = np.array([0.1, 0.25, -0.3])  # no ties between classes

    def value(offset):
        moved = offsets.copy()
        moved[entered] = offset
        answer = argmax_of(scores, moved)
        return objective.value_of(confusion_of(truth, answer, weight, 3))

    rivals = Rivals(scores, offsets)
    offset, reached = best_class_offset(rivals, entered, truth, weight, objective, 3.0)
    tried = np.add.outer(np.arange(-8, 8), [0.175, 0.5, 0.9]).ravel()  # between all margins
    if np.isnan(offset):
        assert np.ptp(list(map(value, tried))) <= 1e-9
    else:
        assert value(offset) == pytest.approx(reached, abs=1e-9)
        assert max(map(value, tried)) <= reached + 1e-9


@settings(max_examples=40, deadline=None)
@given(rows=CLASS_ROWS, entered=st.integers(0, 2))
def test_values_along_moves_are_those_of_the_confusions(rows, entered):
    _, truth, weight = (np.array(column) for column in zip(*rows, strict=True))
    left = (entered + 1 + np.arange(len(truth)) % 2) % 3
    moves = Moves(truth, left, entered, weight.astype(float), 3)
    for objective in ("f1", "accuracy", RecallAtPrecision(0.5)):
        objective = built(objective, THREE)
        values = objective.values_along(moves, np.arange(len(truth) + 1))
        for i in range(len(truth) + 1):
            answer = np.where(np.arange(len(truth)) < i, entered, left)
            confusion = confusion_of(truth, answer, moves.weight, 3)
            assert values[i] == pytest.approx(objective.value_of(confusion), abs=1e-12)


def test_a_class_among_many_is_moved_as_well_as_by_all_rows(rng, monkeypatch):
    truth = np.append(np.arange(60), rng.choice(60, size=1940, p=np.arange(1, 61) / 1830))
    scores = rng.normal(size=(2000, 60)) + 1.5 * np.eye(60)[truth]
    data = scores, truth, np.ones(2000), built("f1", Labels(np.arange(60), "multiclass"))
    few = tune_classes(*data, np.ones(60, bool))
    monkeypatch.setattr("sktext.meta._thresholds._class_thresholds.MIN_FIRST_ROWS", 2000)
    every = tune_classes(*data, np.ones(60, bool))
    assert few[1] == pytest.approx(every[1], abs=0.002)
    plain = f1_score(truth, argmax_of(scores, np.zeros(60)), average="macro")
    tuned = f1_score(truth, argmax_of(scores, few[0]), average="macro")
    assert few[1] == pytest.approx(tuned)
    assert tuned > plain + 0.01


def test_a_class_that_all_rows_should_enter_gets_them_though_it_is_rare(rng):
    n_classes = 40
    truth = np.arange(2000) % n_classes
    scores = rng.normal(size=(2000, n_classes))
    costs = 1 - np.eye(n_classes)
    costs[:, 0] = 0.1  # the answer "none of these"
    labels = Labels(np.arange(n_classes), "multiclass")
    offsets, value, _ = tune_classes(
        scores, truth, np.ones(2000), built(Cost(costs), labels), np.ones(n_classes, bool)
    )
    assert np.mean(argmax_of(scores, offsets) == 0) > 0.95
    assert value > -0.11


@pytest.mark.parametrize("name", ["f1_macro", "accuracy", "balanced_accuracy", "f1_weighted"])
def test_sweeps_over_classes_never_lose(name, rng):
    truth = rng.choice(3, size=120, p=[0.8, 0.15, 0.05])
    scores = rng.normal(size=(120, 3)) + 1.5 * np.eye(3)[truth] - [0, 0, 1]
    objective = built(name, THREE)
    offsets, value, _ = tune_classes(scores, truth, np.ones(120), objective, np.ones(3, bool))
    score = get_scorer(name)._score_func
    params = get_scorer(name)._kwargs
    plain, tuned = (score(truth, argmax_of(scores, c), **params) for c in (np.zeros(3), offsets))
    assert tuned >= plain
    assert value == pytest.approx(tuned)


def test_two_classes_by_sweeps_are_as_good_as_one_exact_threshold(rng):
    truth = (rng.uniform(size=80) < 0.3).astype(int)
    margin = rng.normal(size=80) + truth
    objective = FBeta().build("multiclass", np.arange(2))
    scores = np.column_stack([np.zeros(80), margin])
    _, value, _ = tune_classes(scores, truth, np.ones(80), objective, np.ones(2, bool))
    every = [
        f1_score(truth, margin > threshold, average="macro")
        for threshold in every_threshold(margin)
    ]
    assert value == pytest.approx(max(every))


def test_thresholds_of_folds_are_averaged_and_a_fold_without_the_label_is_left_out():
    def fold(*scores, positive):
        column = np.array(scores)[:, None]
        return ScoredFold(column, np.array(positive)[:, None], np.ones(len(scores)))

    folds = [
        fold(3.0, 1.0, positive=[True, False]),
        fold(1.0, 0.0, positive=[True, False]),
        fold(np.nan, np.nan, positive=[True, False]),
    ]
    for combine, min_positives in product((True, False), (1, 3)):
        params = {"default": 7.0, "min_positives": min_positives, "combine": combine}
        thresholds = tune_labels(folds, FBeta(), **params)
        assert thresholds.thresholds.tolist() == [1.25]
        assert not thresholds.fallback.any()
    thresholds = tune_labels(folds, FBeta(), **{**params, "min_positives": 4})
    assert thresholds.thresholds.tolist() == [7.0]
    assert thresholds.fallback.all()


def test_a_rare_label_costs_the_others_little():
    frequent = np.tile([1.0, 0.0], 50)
    rare = np.zeros(100)
    rare[97] = 1.0
    scores = np.column_stack([frequent, np.linspace(1, 0, 100)])
    fold = ScoredFold(scores, np.column_stack([frequent, rare]).astype(bool), np.ones(100))
    params = {"default": 0.0, "min_positives": 1}
    alone = tune_labels([fold], FBeta(), combine=False, **params).thresholds[1]
    together = tune_labels([fold], FBeta(), combine=True, **params).thresholds[1]
    assert (fold.scores[:, 1] > alone).sum() == 98
    assert (fold.scores[:, 1] > together).sum() == 0


def test_labels_are_frequent_or_rare_by_weight(rng):
    scores = rng.normal(size=(60, 2))
    positive = scores + rng.normal(size=(60, 2)) > [0.0, 0.5]
    copies = np.where(positive[:, 1], 4, 1)
    rows = np.repeat(np.arange(60), copies)
    n_rows, n_copies = positive.sum(axis=0), positive[rows].sum(axis=0)
    assert n_rows[0] > n_rows[1]
    assert n_copies[0] < n_copies[1]
    folds = (
        ScoredFold(scores, positive, copies),
        ScoredFold(scores[rows], positive[rows], np.ones(len(rows))),
    )
    params = {"default": 0.0, "min_positives": 1, "combine": True}
    weighted, copied = (tune_labels([fold], FBeta(), **params) for fold in folds)
    np.testing.assert_allclose(weighted.thresholds, copied.thresholds)


@pytest.mark.parametrize("scale", [PLAIN, LOG_ODDS], ids=["plain", "log-odds"])
def test_rare_labels_are_drawn_to_the_trend_and_frequent_ones_stay(scale):
    frequency = np.array([1.0, 3.0, 10.0, 1e3, 1e4, 1e5])
    line = -3 + 0.2 * np.log1p(frequency)
    on_line = drawn_to_trend(scale.back(line), frequency, scale)
    np.testing.assert_allclose(on_line, scale.back(line))
    off = line + np.array([2.0, 0, 0, 0, 0, 0.5])
    moved = scale.to(drawn_to_trend(scale.back(off), frequency, scale)) - off
    assert moved[0] < -0.5
    assert abs(moved[5]) < 1e-4
    assert (off[0] + moved[0]) > line[0]


def test_trend_of_labels_as_frequent_is_their_mean_and_of_two_labels_none():
    same = drawn_to_trend(np.array([0.0, 1.0, 5.0]), np.full(3, 3.0), PLAIN)
    np.testing.assert_allclose(same, [0.5, 1.25, 4.25])
    two = np.array([0.1, 0.7])
    np.testing.assert_array_equal(drawn_to_trend(two, np.array([1.0, 9.0]), LOG_ODDS), two)


def test_scores_of_exactly_zero_and_one_have_thresholds_between():
    for scores in ([1.0, 0.05, 0.0], [0.05, 0.05, 0.0], [1.0, 1.0, 0.95]):
        scores = np.array(scores)
        for n_above in (1, 2):
            truth = np.arange(3) < n_above
            found = best_threshold(scores, truth, np.ones(3), FBeta().values, 0.5, LOG_ODDS)
            assert 0 < found <= 1
    assert LOG_ODDS.mean(np.array([0.0, 1.0])) == pytest.approx(0.5)
    assert LOG_ODDS.mean(np.array([1.0, 1.0])) == 1.0
