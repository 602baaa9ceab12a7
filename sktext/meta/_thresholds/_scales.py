"""On which scale thresholds lie halfway between two scores, and are averaged."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit


class Scale(NamedTuple):
    """From scores to numbers that may be averaged, and back."""

    to: Callable
    back: Callable

    def middle(self, above, below):
        """Compute the score halfway between two."""
        if self is LOG_ODDS and below > 0 and above < 1:
            return self.back((self.to(above) + self.to(below)) / 2)
        return above / 2 + below / 2  # the sum of two large scores is infinite

    def mean(self, thresholds):
        """Average thresholds; equal ones stay what they are."""
        if (thresholds == thresholds[0]).all():
            return thresholds[0]
        return self.back(self.to(thresholds).mean())


def as_they_are(scores):
    """Return the scores."""
    return scores


def log_odds(probabilities):
    """Compute log-odds, which are finite."""
    least = np.finfo(float).eps
    return logit(np.clip(probabilities, least, 1 - least))


PLAIN = Scale(as_they_are, as_they_are)
# The best thresholds of a rare label differ by factors from fold to fold: the mean of these
# probabilities is near the largest.
LOG_ODDS = Scale(log_odds, expit)
