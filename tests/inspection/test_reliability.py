"""The picture shows what the metric computes."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from sktext.inspection import ReliabilityDisplay
from sktext.metrics import expected_calibration_error

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    matplotlib.pyplot.close("all")


def test_intervals_are_wilsons_of_scipy(rng):
    proba = np.repeat([0.1, 0.5, 0.9], 40)
    truth = (rng.uniform(size=120) < proba).astype(int)
    display = ReliabilityDisplay.from_predictions(truth, proba, n_bins=3, confidence=0.9)
    for i, bin_truth in enumerate(truth.reshape(3, 40)):
        interval = binomtest(int(bin_truth.sum()), 40).proportion_ci(0.9, method="wilson")
        np.testing.assert_allclose([display.lower[i], display.upper[i]], interval)
    assert (display.lower <= display.prob_true).all()
    assert (display.upper >= display.prob_true).all()


def test_estimator_and_its_predictions_give_the_same_picture():
    X, y = make_classification(random_state=0)
    clf = LogisticRegression().fit(X, y)
    one = ReliabilityDisplay.from_estimator(clf, X, y)
    two = ReliabilityDisplay.from_predictions(
        y, clf.predict_proba(X)[:, 1], name="mine", ax=one.ax_
    )
    np.testing.assert_array_equal(one.line_.get_xydata(), two.line_.get_xydata())
    np.testing.assert_allclose(one.line_.get_ydata(), one.prob_true)
    named = [text.get_text() for text in two.ax_.get_legend().get_texts()]
    assert named == ["Perfectly calibrated", "LogisticRegression", "mine"]
    assert two.figure_ is one.figure_


def test_one_class_or_label_is_drawn_on_request():
    X, y = make_classification(n_classes=3, n_informative=5, random_state=0)
    names = np.array(["a", "b", "c"])[y]
    clf = LogisticRegression().fit(X, names)
    shown = ReliabilityDisplay.from_estimator(clf, X, names, label="b")
    alone = ReliabilityDisplay.from_predictions(names == "b", clf.predict_proba(X)[:, 1])
    np.testing.assert_array_equal(shown.prob_true, alone.prob_true)
    X, y = make_multilabel_classification(n_classes=3, random_state=0)
    clf = OneVsRestClassifier(LogisticRegression()).fit(X, y)
    shown = ReliabilityDisplay.from_estimator(clf, X, y, label=2)
    alone = ReliabilityDisplay.from_predictions(y[:, 2], clf.predict_proba(X)[:, 2])
    np.testing.assert_array_equal(shown.prob_true, alone.prob_true)
    with pytest.raises(ValueError, match="label=7 is not one of"):
        ReliabilityDisplay.from_estimator(clf, X, y, label=7)


def test_bins_are_those_of_the_metric():
    X, y = make_classification(flip_y=0.3, random_state=0)
    clf = LogisticRegression().fit(X, y)
    display = ReliabilityDisplay.from_estimator(clf, X, y, n_bins=5, strategy="quantile")
    gaps = np.abs(display.prob_true - display.prob_pred)
    error = expected_calibration_error(y, clf.predict_proba(X), n_bins=5)
    assert gaps.mean() == pytest.approx(error)  # 20 rows in each


def test_default_bins_span_the_range_though_most_rows_are_at_one_end(rng):
    proba = np.r_[rng.uniform(0, 0.02, size=2000), np.linspace(0.05, 0.95, 50)]
    truth = (rng.uniform(size=len(proba)) < proba).astype(int)
    display = ReliabilityDisplay.from_predictions(truth, proba)
    assert len(display.prob_pred) == 10
    assert display.prob_pred.max() > 0.9
    np.testing.assert_array_equal(display.counts, np.histogram(proba, 10, (0, 1))[0])


def test_strip_below_counts_the_rows_of_all_curves():
    X, y = make_classification(random_state=0)
    clf = LogisticRegression().fit(X, y)
    one = ReliabilityDisplay.from_estimator(clf, X, y, sample_weight=np.full(100, 2.0))
    two = ReliabilityDisplay.from_estimator(clf, X, y, n_bins=4, ax=one.ax_)
    assert one.strip_ax_ is two.strip_ax_
    drawn = [line.get_xydata() for line in one.strip_ax_.lines]
    for display, xy in zip((one, two), drawn, strict=True):
        np.testing.assert_array_equal(xy, np.column_stack([display.prob_pred, display.counts]))
    assert (one.counts.sum(), two.counts.sum()) == (200, 100)
    assert len({line.get_marker() for line in one.ax_.lines[1:]}) == 2
    alone = ReliabilityDisplay([0.2], [0.3], [0.1], [0.4]).plot()
    assert alone.strip_ax_ is None
    assert alone.ax_.get_xlabel() == "Mean predicted probability"
