"""All checks that every text classifier must pass."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from unittest import SkipTest

from sklearn.base import BaseEstimator

from sktext.testing import (
    _checks_of_labels,
    _checks_of_objects,
    _checks_of_texts,
    _checks_of_training,
)

MODULES = (_checks_of_texts, _checks_of_labels, _checks_of_training, _checks_of_objects)
CHECKS = {
    name: check
    for module in MODULES
    for name, check in vars(module).items()
    if name.startswith("check_")
}
# Starting processes takes seconds.
SLOW = {"check_search_in_processes"}


def check_text_classifier(
    estimator: BaseEstimator,
    *,
    expected_failed_checks: dict[str, str] | None = None,
    slow: bool = True,
) -> None:
    """Check that a classifier of texts follows the conventions of scikit-learn.

    Use it in the tests of your own text classifier, or on a Pipeline that takes texts:
    scikit-learn's ``check_estimator`` skips nearly everything for estimators of texts. It
    is not a measure of quality: a classifier that learns little passes as well.

    Each check makes a few fits on a hundred short texts, so pass a small classifier (few
    epochs, narrow layers). Checks that do not apply, because there is no ``predict_proba``
    or no ``sample_weight``, are skipped.

    Parameters
    ----------
    estimator : classifier
        Cloned by each check, with every ``random_state`` at 0.
    expected_failed_checks : dict of str to str, default=None
        Names of checks that are known to fail, with the reason; one that passes is an
        error, so that the dict stays up to date.
    slow : bool, default=True
        Whether to also run checks that start processes, which takes seconds.

    Raises
    ------
    AssertionError
        From the first check that fails, with what it expected.
    ValueError
        If ``expected_failed_checks`` names a check that does not exist.

    See Also
    --------
    text_classifier_checks : The same checks one by one, for pytest.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.testing import check_text_classifier
    >>> clf = TfidfTorchClassifier(vectorizer="count", max_epochs=1)
    >>> check_text_classifier(clf, slow=False)
    """
    checks = text_classifier_checks(
        estimator, expected_failed_checks=expected_failed_checks, slow=slow
    )
    for _, check in checks:
        with suppress(SkipTest):
            check(estimator)


def text_classifier_checks(
    estimator: BaseEstimator,
    *,
    expected_failed_checks: dict[str, str] | None = None,
    slow: bool = True,
) -> list[tuple[str, Callable[[BaseEstimator], None]]]:
    """List the checks of a classifier of texts.

    Use it to parametrise a test, so that each check is reported by itself;
    ``check_text_classifier`` runs them all where that does not matter. A check that does
    not apply, or fails as expected, raises ``unittest.SkipTest``, which pytest reports as a
    skip.

    Parameters
    ----------
    estimator : classifier
        The classifier to check; call ``check(estimator)`` for each pair.
    expected_failed_checks : dict of str to str, default=None
        Names of checks that are known to fail, with the reason.
    slow : bool, default=True
        Whether to also list the checks that start processes.

    Returns
    -------
    checks : list of (str, callable)
        The name of each check, and the check.

    Raises
    ------
    ValueError
        If ``expected_failed_checks`` names a check that does not exist.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.testing import text_classifier_checks
    >>> clf = TfidfTorchClassifier(max_epochs=2)
    >>> checks = dict(text_classifier_checks(clf))
    >>> checks["check_score_is_accuracy"](clf)
    """
    reasons = expected_failed_checks or {}
    unknown = sorted(reasons.keys() - CHECKS.keys())
    if unknown:
        raise ValueError(
            f"expected_failed_checks names {unknown}, which are no checks of "
            f"{type(estimator).__name__}; the checks are {sorted(CHECKS)}."
        )
    return [
        (name, failing_as_expected(check, reasons[name]) if name in reasons else check)
        for name, check in CHECKS.items()
        if slow or name not in SLOW
    ]


def failing_as_expected(check, reason):
    """Turn the failure of a check into a skip, and its success into a failure."""

    @wraps(check)
    def check_fails(estimator):
        try:
            check(estimator)
        except SkipTest:
            raise
        except Exception as error:
            raise SkipTest(f"{check.__name__} fails as expected: {reason}") from error
        raise AssertionError(
            f"{check.__name__} was expected to fail ({reason}), but passes; take it out of "
            "expected_failed_checks."
        )

    return check_fails
