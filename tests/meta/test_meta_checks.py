"""scikit-learn's own checks, around its own classifier."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)

BAGGING = "members are fitted on draws, which weights do not change"
FOLDS = "a row of weight two is in one fold, its copies are in several"
THRESHOLDS = "the threshold is not that of the decision function"
EXPECTED = {
    "TunedThresholdsClassifier": {
        "check_sample_weight_equivalence_on_dense_data": FOLDS,
        "check_sample_weight_equivalence_on_sparse_data": FOLDS,
        "check_classifiers_train": THRESHOLDS,
    },
    "CalibratedClassifier": {
        "check_sample_weight_equivalence_on_dense_data": FOLDS,
        "check_sample_weight_equivalence_on_sparse_data": FOLDS,
    },
    "BalancedTextBagging": {
        "check_sample_weight_equivalence_on_dense_data": BAGGING,
        "check_sample_weight_equivalence_on_sparse_data": BAGGING,
        "check_estimators_nan_inf": "a row that no member draws is not looked at",
    },
}


@parametrize_with_checks(
    [
        RebalancedClassifier(LogisticRegression()),
        TunedThresholdsClassifier(LogisticRegression(), random_state=0),
        CalibratedClassifier(LogisticRegression(), random_state=0),
        CalibratedClassifier(LogisticRegression(), method="isotonic", random_state=0),
        BalancedTextBagging(LogisticRegression(), n_estimators=3, random_state=0),
    ],
    expected_failed_checks=lambda estimator: EXPECTED.get(type(estimator).__name__, {}),
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_estimator_passes_scikit_learns_check(estimator, check):
    check(estimator)
