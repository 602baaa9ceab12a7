"""Class proportions: corrected, estimated, reported."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils.class_weight import compute_class_weight

from sktext.sampling import estimate_prior, imbalance_report, prior_shift


def proportions_and_rows(rng):
    """Two normal classes, and probabilities that are exactly right for equal proportions."""
    y = (rng.uniform(size=20_000) < 0.2).astype(int)
    x = rng.normal(loc=1.5 * y)
    even = 1 / (1 + np.exp(-(1.5 * x - 1.5**2 / 2)))
    return y, np.column_stack([1 - even, even])


def test_shifted_probabilities_are_those_of_the_new_proportions(rng):
    y, proba = proportions_and_rows(rng)
    shifted = prior_shift(proba, [0.5, 0.5], [0.8, 0.2])[:, 1]
    assert abs(proba[:, 1].mean() - y.mean()) > 0.1
    bins = np.digitize(shifted, np.linspace(0, 1, 6)[1:-1])
    for i in np.unique(bins):
        assert y[bins == i].mean() == pytest.approx(shifted[bins == i].mean(), abs=0.04)


def test_unknown_proportions_are_estimated(rng):
    y, proba = proportions_and_rows(rng)
    np.testing.assert_allclose(estimate_prior(proba, [1, 1])[1], y.mean(), atol=0.01)


def test_shift_there_and_back_is_nothing(rng):
    proba = rng.dirichlet([1, 2, 3], size=50)
    there = prior_shift(proba, [5, 3, 2], [1, 1, 8])
    np.testing.assert_allclose(prior_shift(there, [1, 1, 8], [5, 3, 2]), proba)


def test_binary_shift_is_the_formula_for_undersampling(rng):
    # Dal Pozzolo et al. 2015: rows of the frequent class kept at the rate beta.
    p = rng.uniform(size=20)
    n_rare, n_frequent, beta = 10, 90, 0.2
    shifted = prior_shift(
        np.column_stack([1 - p, p]), [beta * n_frequent, n_rare], [n_frequent, n_rare]
    )
    np.testing.assert_allclose(shifted[:, 1], beta * p / (beta * p - p + 1))


def test_shift_repairs_a_model_of_resampled_rows():
    X, y = make_classification(20_000, weights=[0.9], flip_y=0.1, random_state=0)
    rare = np.flatnonzero(y)
    rows = np.concatenate([rare, np.flatnonzero(y == 0)[: len(rare)]])
    proba = LogisticRegression().fit(X[rows], y[rows]).predict_proba(X)
    shifted = prior_shift(proba, [0.5, 0.5], np.bincount(y))
    assert abs(shifted[:, 1].mean() - y.mean()) < 0.02 < abs(proba[:, 1].mean() - y.mean())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0.5, 0.6]], [1, 1], [1, 1]), r"proba\[0\] must be probabilities that sum to one"),
        (([[0.5, 0.5]], [1, 0], [1, 1]), "source must hold no zeros"),
        (([[0.5, 0.5]], [1, 1, 1], [1, 1]), "one proportion for each of 2 classes"),
        (([[0.5, 0.5]], [1, 1], [-1, 1]), "target must hold numbers of at least 0"),
        (([[0.5, 0.5], [0, 1]], [1, 1], [1, 0]), r"proba\[1\] is .* all of it on classes"),
    ],
)
def test_wrong_proportions_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        prior_shift(*arguments)


def test_report_has_the_weights_that_scikit_learn_gives():
    y = np.repeat(["a", "b", "c"], [70, 20, 10])
    report = imbalance_report(y)
    balanced = compute_class_weight("balanced", classes=np.unique(y), y=y)
    np.testing.assert_allclose(report["balanced"], balanced)
    np.testing.assert_allclose(report["ratio"], [1, 3.5, 7])
    np.testing.assert_allclose(
        report["effective_number"], [(1 - 0.999**n) / 0.001 for n in (70, 20, 10)]
    )
    assert report.attrs["mean_ratio"] == pytest.approx(11.5 / 3)


def test_report_of_labels_has_the_measures_of_the_literature():
    y = MultiLabelBinarizer().fit_transform([["a"], ["a"], ["a", "b"], ["a"], []])
    report = imbalance_report(y)
    assert report["count"].tolist() == [4, 1]
    assert report["ratio"].tolist() == [1, 4]
    # One row of five has both: ratios 1 and 4, geometric mean 2, arithmetic mean 2.5.
    assert report.attrs["scumble"] == pytest.approx((1 - 2 / 2.5) / 5)
    assert report.attrs["labels_per_row"] == 1
    assert report.attrs["without_label"] == pytest.approx(0.2)
    assert report["balanced"].tolist() == [5 / 8, 5 / 2]


def test_reuters_is_reported(real_texts):
    y = MultiLabelBinarizer().fit_transform(real_texts("reuters_r90")["labels"].str.split(","))
    report = imbalance_report(y)
    assert len(report) == 90
    assert report["count"].iloc[0] == 3964
    assert report.attrs["mean_ratio"] > 100


def test_series_of_proportions_is_refused_as_its_order_is_unknown():
    report = imbalance_report(["a", "b", "b"])
    with pytest.raises(ValueError, match="source is a Series"):
        prior_shift([[0.5, 0.5]], report["proportion"], [1, 1])


@pytest.mark.parametrize("y", [np.array([[1, 2], [3, 4]]), [0.1, 0.2]])
def test_report_refuses_what_are_no_classes(y):
    with pytest.raises(ValueError, match="one label per row, or an indicator matrix"):
        imbalance_report(y)
