"""scikit-learn's own checks, on the classes as users get them."""

import pytest
from sklearn.utils.estimator_checks import check_estimator_cloneable, parametrize_with_checks

from sktext import TfidfTorchClassifier, TorchClassifier

ROUNDING = "float32 rounding, which L-BFGS amplifies on a few separable rows; 1e-7 is asked for"
FLOAT32_ONLY = {
    "check_sample_weight_equivalence_on_dense_data": ROUNDING,
    "check_sample_weight_equivalence_on_sparse_data": ROUNDING,
}


def expected_failures(estimator):
    return FLOAT32_ONLY if estimator.dtype == "float32" else {}


@parametrize_with_checks(
    [
        TorchClassifier(),
        TorchClassifier(dtype="float64", hidden_layer_sizes=(16,), max_epochs=60),
        TfidfTorchClassifier(vectorizer="passthrough", dtype="float64"),
    ],
    expected_failed_checks=expected_failures,
)
def test_estimator_passes_scikit_learns_check(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        TorchClassifier(dtype="float64"),
        TorchClassifier(dtype="float64", optimizer="adamw", max_epochs=60),
        TfidfTorchClassifier(vectorizer="passthrough"),
    ],
    expected_failed_checks=expected_failures,
)
def test_variant_passes_scikit_learns_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("vectorizer", ["words+pairs", "hashing"])
def test_text_classifier_passes_the_check_that_needs_no_data(vectorizer):
    check_estimator_cloneable("TfidfTorchClassifier", TfidfTorchClassifier(vectorizer=vectorizer))
