"""Probabilities against shares: bins, weights, several labels, intervals."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from sktext._reliability import put_in_bins
from sktext.metrics import expected_calibration_error


def drawn(rng, n_samples, bend=1.0):
    """Draw probabilities and labels that follow them, or a power of their odds."""
    odds = np.exp(rng.normal(size=n_samples))
    truth = (rng.uniform(size=n_samples) < odds / (1 + odds)).astype(int)
    bent = odds**bend
    return truth, bent / (1 + bent)


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_bins_are_those_of_scikit_learn(strategy, rng):
    truth, proba = drawn(rng, 500)
    bins = put_in_bins(proba, truth, np.ones(500), 5, strategy)
    prob_true, prob_pred = calibration_curve(truth, proba, n_bins=5, strategy=strategy)
    # quantiles lie between two rows there, on one of them here
    np.testing.assert_allclose(bins.prob_true, prob_true, atol=0.02)
    np.testing.assert_allclose(bins.prob_pred, prob_pred, atol=0.02)
    expected = np.average(np.abs(bins.prob_true - bins.prob_pred), weights=bins.mass)
    error = expected_calibration_error(truth, proba, n_bins=5, strategy=strategy)
    assert error == pytest.approx(expected)


def test_bent_probabilities_are_told_from_right_ones(rng):
    assert expected_calibration_error(*drawn(rng, 20_000)) < 0.015
    assert expected_calibration_error(*drawn(rng, 20_000, bend=3.0)) > 0.1


def test_two_columns_are_the_same_as_the_second(rng):
    truth, proba = drawn(rng, 200)
    both = np.column_stack([1 - proba, proba])
    names = np.array(["no", "yes"])[truth]
    one = expected_calibration_error(truth, proba)
    assert expected_calibration_error(truth, both) == one
    assert expected_calibration_error(names, both) == one


def test_classes_are_judged_by_the_likeliest():
    y_proba = [[0.8, 0.1, 0.1], [0.8, 0.2, 0.0], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    error = expected_calibration_error(["a", "a", "b", "a"], y_proba, labels=["a", "b", "c"])
    assert error == pytest.approx(0.05)


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_weight_two_equals_two_copies(strategy, rng):
    truth, proba = drawn(rng, 100)
    weight = rng.randint(0, 3, 100)
    copies = np.repeat(np.arange(100), weight)
    assert expected_calibration_error(
        truth, proba, sample_weight=weight, strategy=strategy
    ) == pytest.approx(expected_calibration_error(truth[copies], proba[copies], strategy=strategy))


def test_labels_are_averaged_or_pooled(rng):
    pairs = [drawn(rng, 300), drawn(rng, 300, bend=3.0)]
    truth, proba = (np.column_stack(columns) for columns in zip(*pairs, strict=True))
    each = [expected_calibration_error(*pair) for pair in pairs]
    np.testing.assert_allclose(expected_calibration_error(truth, proba, average=None), each)
    assert expected_calibration_error(truth, proba) == pytest.approx(np.mean(each))
    pooled = expected_calibration_error(truth.ravel(), proba.ravel())
    assert expected_calibration_error(truth, proba, average="micro") == pytest.approx(pooled)
    as_list = [np.column_stack([1 - column, column]) for column in proba.T]
    assert expected_calibration_error(truth, as_list) == pytest.approx(np.mean(each))


def test_interval_holds_the_true_error_and_is_reproducible(rng):
    truth, proba = drawn(rng, 600, bend=3.0)
    true_error = expected_calibration_error(*drawn(rng, 200_000, bend=3.0))
    found = expected_calibration_error(truth, proba, confidence=0.95, random_state=0)
    assert found.lower < true_error < found.upper
    assert found == expected_calibration_error(truth, proba, confidence=0.95, random_state=0)
    wider = expected_calibration_error(truth, proba, confidence=0.99, random_state=0)
    assert wider.upper - wider.lower > found.upper - found.lower


@pytest.mark.parametrize(
    ("y_true", "y_proba", "message"),
    [
        ([0, 1], [0.5, 1.5], r"y_proba\[1\] is 1.5"),
        ([0, 1], [0.5, np.nan], r"y_proba\[1\] is nan"),
        ([0, 1, 2], [0.5, 0.5, 0.5], "a column for each of the classes"),
        (["a", "b"], np.full((2, 3), 1 / 3), "by labels="),
        ([0, 1, 1], [0.5, 0.5], "a row for each of 3"),
        (np.eye(3, dtype=int), np.eye(3)[:2], "the shape of y_true"),
        (np.eye(3, dtype=int) - np.eye(3, dtype=int)[::-1], np.eye(3), r"y_true\[0, 2\] is -1"),
        ([{"a"}, {"a", "b"}], np.eye(2), "labels= names"),
    ],
)
def test_wrong_input_is_named(y_true, y_proba, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(y_true, y_proba)


def test_sets_of_labels_are_read_by_the_names_of_the_columns(rng):
    proba = rng.uniform(size=(40, 2))
    y = (rng.uniform(size=(40, 2)) < proba).astype(int)
    sets = [{name for name, has in zip("ba", row, strict=True) if has} for row in y]
    by_sets = expected_calibration_error(sets, proba, labels=["b", "a"])
    assert by_sets == expected_calibration_error(y, proba)
