"""Calibration error: the distance of probabilities from observed frequencies."""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

from sktext._reliability import answers_of, put_in_bins
from sktext._typing import LabelsLike, RandomState
from sktext._validation import Interval, StrOptions, validate_params, weights_or_ones

N_BOOTSTRAPS = 500


class CalibrationError(NamedTuple):
    """An error and the ends of its confidence interval."""

    error: float
    lower: float
    upper: float


@validate_params(
    {
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"quantile", "uniform"})],
        "average": [StrOptions({"macro", "micro"}), None],
        "confidence": [Interval(Real, 0, 1, closed="neither"), None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def expected_calibration_error(
    y_true: LabelsLike,
    y_proba: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    n_bins: int = 10,
    strategy: str = "quantile",
    average: str | None = "macro",
    confidence: float | None = None,
    sample_weight: ArrayLike | None = None,
    random_state: RandomState = None,
) -> float | NDArray | CalibrationError:
    """Compute how far probabilities are from the observed fractions of positives.

    Use it to see whether probabilities are calibrated: 0.02 says that they are off by two
    percentage points on average. Do not use it to choose between classifiers, as one that
    always predicts the class proportions is perfectly calibrated; use
    :func:`sklearn.metrics.log_loss` for that. Do not trust it on a few hundred rows without
    ``confidence``: chance alone gives an error of about ``0.4 / sqrt(n_samples / n_bins)`` at
    fractions near one half.

    Probabilities are put in bins; the error is the mean, over the rows, of the distance
    between the mean probability of a bin and its fraction of positives. For two classes
    these are the probabilities of the second one, for more those of the most probable class
    of each row.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        Labels, or an indicator matrix; or sets of labels, if ``labels`` is given.
    y_proba : array-like of shape (n_samples,), (n_samples, n_classes) or \
            (n_samples, n_labels)
        Probabilities as of ``predict_proba``, or for two classes of the second one.
    labels : array-like of shape (n_classes,), default=None
        The classes of the columns, such as ``classes_``, if ``y_true`` may lack some of
        them.
    n_bins : int, default=10
        Number of bins, at least 1.
    strategy : {"quantile", "uniform"}, default="quantile"
        Bins with about the same number of rows, or of the same width.
    average : {"macro", "micro"} or None, default="macro"
        For several labels: the mean of their errors, one error of all probabilities
        together, or the error of each label.
    confidence : float, default=None
        Level in (0, 1) of a confidence interval that is returned as well: with 0.95, the
        true error is below its upper end in about 95 % of cases.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the confidence interval.

    Returns
    -------
    error : float, or ndarray of shape (n_labels,) if ``average`` is None
        In [0, 1]. With ``confidence``, a tuple with the names ``error``, ``lower`` and
        ``upper``.

    Raises
    ------
    ValueError
        If shapes do not agree, or a probability is not in [0, 1].

    Notes
    -----
    The error is biased upwards, the more so the fewer rows are in a bin. The interval is
    that of the basic bootstrap over the rows, which corrects for this bias; so it may lie
    below the error. Rely on its upper end: the lower one does not reach 0 in half of the
    cases where all probabilities are calibrated.

    References
    ----------
    .. [1] Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
       AAAI 2015. https://doi.org/10.1609/aaai.v29i1.9602
    .. [2] Nixon et al., "Measuring Calibration in Deep Learning", CVPR Workshops 2019.
       https://arxiv.org/abs/1904.01685

    Examples
    --------
    >>> from sktext.metrics import expected_calibration_error
    >>> y_true, y_proba = [0, 0, 0, 1], [0.2, 0.2, 0.2, 0.2]
    >>> round(expected_calibration_error(y_true, y_proba), 3)
    0.05
    """
    answers = answers_of(y_true, y_proba, labels)
    weight = weights_or_ones(sample_weight, answers.proba)

    def error_of(rows):
        proba, truth, mass = answers.proba[rows], answers.truth[rows], weight[rows]
        return errors(proba, truth, mass, n_bins, strategy, average)

    error = error_of(slice(None))
    if confidence is None:
        return error
    rng = check_random_state(random_state)
    rows = np.flatnonzero(weight)
    draws = [error_of(rng.choice(rows, len(rows))) for _ in range(N_BOOTSTRAPS)]
    tails = [(1 + confidence) / 2, (1 - confidence) / 2]
    ends = (np.clip(2 * error - end, 0, 1) for end in np.quantile(draws, tails, axis=0))
    return CalibrationError(error, *(end if end.ndim else float(end) for end in ends))


def errors(proba, truth, weight, n_bins, strategy, average):
    """Compute the error of all columns, or of each."""
    n_columns = proba.shape[1]
    if average == "micro":
        repeated = np.repeat(weight, n_columns)
        return put_in_bins(proba.ravel(), truth.ravel(), repeated, n_bins, strategy).error()
    each = [
        put_in_bins(proba[:, i], truth[:, i], weight, n_bins, strategy).error()
        for i in range(n_columns)
    ]
    return np.array(each) if average is None and n_columns > 1 else float(np.mean(each))
