"""Metrics of several labels agree with scikit-learn's and serve as scoring."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import (
    f1_score,
    label_ranking_average_precision_score,
    make_scorer,
    precision_recall_fscore_support,
)
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier
from sktext.meta import (
    CalibratedClassifier,
    HierarchicalClassifier,
    TunedThresholdsClassifier,
)
from sktext.metrics import (
    FrequencyF1Scorer,
    confused_pairs,
    f1_by_frequency,
    label_report,
    ndcg_at_k,
    precision_at_k,
)

COUNTS = np.array([100, 35, 34, 9, 8, 1])
PARTS = {"head": [0, 1], "medium": [2, 3], "tail": [4, 5]}
RANKING = {"response_method": ("decision_function", "predict_proba"), "k": 2}


@pytest.fixture
def pair(rng):
    return [(rng.uniform(size=(50, 6)) < 0.4).astype(int) for _ in range(2)]


def quick():
    return TfidfTorchClassifier(max_epochs=3, random_state=0)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("average", ["micro", "macro"])
def test_parts_are_scored_as_scikit_learn_scores_their_labels(part, average, pair, rng):
    weight = rng.uniform(size=50)
    scores = f1_by_frequency(*pair, COUNTS, sample_weight=weight)
    expected = f1_score(*pair, labels=PARTS[part], average=average, sample_weight=weight)
    assert scores[part][average] == pytest.approx(expected)
    assert scores[part].n_labels == 2


def test_part_of_one_label_is_its_f1_and_of_none_nan(pair):
    scores = f1_by_frequency(*pair, COUNTS, bounds=(0, 90))
    assert scores.head.micro == scores.head.macro == f1_score(pair[0][:, 0], pair[1][:, 0])
    assert np.isnan(scores.tail.macro)
    assert scores.tail.n_labels == 0


@pytest.mark.parametrize("container", [sparse.csr_array, pd.DataFrame, np.ndarray.tolist])
def test_container_does_not_matter(container, pair):
    given = [container(y) for y in pair]
    assert f1_by_frequency(*given, COUNTS) == f1_by_frequency(*pair, COUNTS)
    pd.testing.assert_frame_equal(label_report(*given), label_report(*pair))


def test_precision_at_k_is_the_mean_over_the_orders_of_ties(pair, rng):
    truth, scores = pair[0], rng.randint(3, size=(50, 6)).astype(float)
    for k in (1, 3, 6):
        values = []
        for order in permutations(range(6)):
            ranked = np.array(order)[np.argsort(-scores[:, order], axis=1, kind="stable")][:, :k]
            values.append(np.take_along_axis(truth, ranked, axis=1).mean())
        assert precision_at_k(truth, scores, k=k) == pytest.approx(np.mean(values))


def test_ranking_reads_a_list_of_pairs_of_columns(pair, rng):
    proba = rng.uniform(size=(50, 6))
    columns = [np.column_stack([1 - column, column]) for column in proba.T]
    for metric in (precision_at_k, ndcg_at_k):
        assert metric(pair[0], columns, k=3) == metric(pair[0], proba, k=3)


@pytest.mark.parametrize("metric", [precision_at_k, ndcg_at_k])
def test_weight_two_is_two_copies(metric, pair, rng):
    weight = rng.randint(3, size=50)
    scores = rng.uniform(size=(50, 6))
    rows = np.repeat(np.arange(50), weight)
    weighted = metric(pair[0], scores, sample_weight=weight)
    assert weighted == pytest.approx(metric(pair[0][rows], scores[rows]))


def test_perfect_ranking_scores_one_where_there_are_enough_labels(rng):
    truth = np.eye(6, dtype=int)
    assert ndcg_at_k(truth, truth.astype(float), k=3) == 1
    assert precision_at_k(truth, truth.astype(float), k=1) == 1
    assert precision_at_k(truth, truth.astype(float), k=2) == 0.5  # one label, two places


def test_report_has_scikit_learns_numbers(pair):
    report = label_report(*pair, labels=list("abcdef"), counts=COUNTS)
    expected = precision_recall_fscore_support(*pair)
    for column, values in zip(["precision", "recall", "f1", "support"], expected, strict=True):
        np.testing.assert_allclose(report[column], values)
    assert report.loc["c", "training_count"] == 34
    frame = pd.DataFrame(pair[0], columns=list("uvwxyz"))
    assert label_report(frame, pair[1]).index.tolist() == list("uvwxyz")


SCORERS = {
    "tail": FrequencyF1Scorer("tail", bounds=(8, 20)),
    "head": FrequencyF1Scorer("head", "micro"),
    "precision": make_scorer(precision_at_k, **RANKING),
    "ndcg": make_scorer(ndcg_at_k, **RANKING),
    "average precision": make_scorer(
        label_ranking_average_precision_score, response_method="decision_function"
    ),
}


def test_scorers_serve_validation_and_searches(multilabel):
    texts, y = multilabel
    scores = cross_validate(quick(), texts, y, cv=2, scoring=SCORERS)
    for name in set(SCORERS) - {"tail"}:  # no label may be that rare
        assert ((scores[f"test_{name}"] > 0) & (scores[f"test_{name}"] <= 1)).all(), name
    search = GridSearchCV(quick(), {"max_epochs": [1, 3]}, cv=2, scoring=SCORERS["head"])
    assert search.fit(texts, y).best_score_ > 0


def test_scorers_take_classifiers_with_a_list_of_probabilities(multilabel):
    texts, y = multilabel
    clf = make_pipeline(TfidfVectorizer(), KNeighborsClassifier(3)).fit(texts, y)
    assert isinstance(clf.predict_proba(texts), list)
    assert 0 < SCORERS["precision"](clf, texts, y) <= 1
    with pytest.raises(ValueError, match=r"KNeighborsClassifier has no class_counts_"):
        SCORERS["head"](clf, texts, y)
    assert FrequencyF1Scorer("head", counts=y.sum(axis=0))(clf, texts, y) > 0


def test_counts_are_found_inside_other_classifiers(multilabel):
    texts, y = multilabel
    scorer, plain = FrequencyF1Scorer("head"), quick().fit(texts, y)
    wrapped = {
        "thresholds": TunedThresholdsClassifier(plain, cv=2, random_state=0),
        "calibration": CalibratedClassifier(plain, cv=2, random_state=0),
        "search": GridSearchCV(plain, {"max_epochs": [3]}, cv=2),
        "hierarchy": HierarchicalClassifier(plain, parents={0: None, 1: 0, 2: 0, 3: None}),
        "frozen": FrozenEstimator(plain),
    }
    for name, clf in wrapped.items():
        assert 0 < scorer(make_pipeline(clf).fit(texts, y), texts, y) <= 1, name


def test_sets_of_labels_score_as_their_indicator(multilabel):
    texts, y = multilabel
    names = np.array(["d", "c", "b", "a"])
    sets = [set(names[row > 0]) for row in y]
    clf = quick().fit(texts, sets)
    scorer = FrequencyF1Scorer("head")
    assert scorer(clf, texts, sets) == pytest.approx(scorer(quick().fit(texts, y), texts, y))
    report = label_report(sets, clf.predict(texts), labels=names)
    expected = label_report(y, quick().fit(texts, y).predict(texts), labels=names)
    pd.testing.assert_frame_equal(report, expected)


@pytest.mark.parametrize(
    "metric",
    [
        lambda y, other: f1_by_frequency(y, other, COUNTS),
        lambda y, other: label_report(y, other),
        lambda y, other: precision_at_k(y, other),
        lambda y, other: ndcg_at_k(y, other),
    ],
)
def test_labels_that_were_not_observed_are_not_scored(metric, pair):
    pair[0][3, 2] = -1
    with pytest.raises(ValueError, match=r"y_true\[3, 2\] is -1.+a label that was not"):
        metric(*pair)


def test_early_stopping_may_watch_the_parts(multilabel):
    texts, y = multilabel
    clf = quick().set_params(
        early_stopping=True, scoring=FrequencyF1Scorer("head", counts=[99] * 4)
    )
    assert np.isfinite(clf.fit(texts, y).history_[:, "valid_score"]).all()


def test_errors_say_what_is_wrong(pair):
    with pytest.raises(ValueError, match="each of the 6 labels"):
        f1_by_frequency(*pair, [1, 2])
    with pytest.raises(ValueError, match="ascending"):
        f1_by_frequency(*pair, COUNTS, bounds=(35, 8))
    with pytest.raises(ValueError, match=r"shape of y_true, \(50, 6\); got \(50, 5\)"):
        f1_by_frequency(pair[0], pair[1][:, :5], COUNTS)
    with pytest.raises(ValueError, match="k must be from 1 to the number of labels, 6"):
        precision_at_k(pair[0], pair[1], k=7)
    with pytest.raises(ValueError, match="y_pred has several labels per row and y_true has one"):
        f1_by_frequency(np.array(["a", "b"]), pair[1], COUNTS)
    with pytest.raises(ValueError, match="n must be an int of at least 1"):
        confused_pairs(*pair, n=0)
    with pytest.raises(ValueError, match="labels= names the labels of the columns"):
        precision_at_k([{"a"}, {"b"}], [[0.1, 0.2]] * 2, k=1)


def test_scorer_leaves_out_labels_that_were_not_fitted():
    texts, sets = ["a red box", "a blue box", "one red cup"], [("red",), ("blue",), ("red", "cup")]
    clf = TfidfTorchClassifier(random_state=0).fit(texts, sets)
    scorer = FrequencyF1Scorer("tail")
    more = [*sets[:2], (*sets[2], "new")]
    assert scorer(clf, texts, more) == scorer(clf, texts, sets) > 0


@pytest.mark.parametrize("metric", [precision_at_k, ndcg_at_k])
def test_rankings_refuse_nan_and_take_infinity(metric, pair, rng):
    scores = rng.uniform(size=(50, 6))
    scores[4, 1] = -np.inf
    expected = metric(pair[0], np.where(np.isinf(scores), -1.0, scores), k=2)
    assert metric(pair[0], scores, k=2) == expected
    scores[7, 3] = np.nan
    with pytest.raises(ValueError, match=r"y_score\[7, 3\] is NaN"):
        metric(pair[0], scores, k=2)


def test_rankings_take_sets_of_named_labels(pair, rng):
    names, scores = np.array(list("fedcba")), rng.uniform(size=(50, 6))
    sets = [set(names[row > 0]) for row in pair[0]]
    for metric in (precision_at_k, ndcg_at_k):
        assert metric(sets, scores, k=2, labels=names) == metric(pair[0], scores, k=2)
