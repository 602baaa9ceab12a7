"""Thresholds of several labels, found fold by fold, averaged and drawn to their trend."""

from typing import NamedTuple

import numpy as np

from sktext.meta._thresholds._best_threshold import NOTHING, best_threshold, count_above
from sktext.meta._thresholds._scales import PLAIN

# As how many rows with a label the trend over all labels counts.
TREND_ROWS = 1.0


class ScoredFold(NamedTuple):
    """Rows that a classifier was not fitted on, and its scores of them.

    The scores of a label are NaN if its training rows had none with the label, or none without.
    """

    scores: np.ndarray  # (n_rows, n_labels)
    positive: np.ndarray  # (n_rows, n_labels), bool
    weight: np.ndarray  # (n_rows,)

    def column(self, label):
        """Return scores, positives and weights of one label."""
        known = ~np.isnan(self.scores[:, label])
        return self.scores[known, label], self.positive[known, label], self.weight[known]

    def all_columns(self):
        """Return scores, positives and weights of all labels, one below the other."""
        known = ~np.isnan(self.scores)
        weight = np.broadcast_to(self.weight[:, None], known.shape)
        return self.scores[known], self.positive[known], weight[known]


class LabelThresholds(NamedTuple):
    """Thresholds of labels, and how they were found."""

    thresholds: np.ndarray  # (n_labels,)
    by_fold: np.ndarray  # (n_folds, n_labels), NaN where a fold has no threshold
    fallback: np.ndarray  # (n_labels,), bool
    indifferent: np.ndarray  # (n_labels,), bool, where all thresholds have the same value, or none


def pooled(folds):
    """Put the rows of all folds into one."""
    return ScoredFold(*(np.concatenate(parts) for parts in zip(*folds, strict=True)))


def tune_labels(folds, objective, *, default, min_positives, combine, scale=PLAIN):
    """Find a threshold for each label, from the frequent to the rare.

    Parameters
    ----------
    folds : list of ScoredFold
    objective : CountObjective
    default : float
        The threshold of the classifier, which labels with too few positives keep.
    min_positives : int
    combine : bool
        Whether the threshold of a label is also judged by the sum of the counts of all
        labels before it, so that a rare label cannot cost the others much; and is drawn to
        the trend of thresholds over frequencies.
    scale : Scale, default=PLAIN

    Returns
    -------
    thresholds : LabelThresholds
    """
    n_positive = sum(fold.positive.sum(axis=0) for fold in folds)
    known = np.any([~np.isnan(fold.scores).all(axis=0) for fold in folds], axis=0)
    thresholds = np.full(len(n_positive), float(default))
    by_fold = np.full((len(folds), len(n_positive)), np.nan)
    tuned = known & (n_positive >= max(min_positives, 1))
    so_far = [NOTHING] * len(folds)
    frequency = sum(fold.weight @ fold.positive for fold in folds)
    for n_before, label in enumerate(np.argsort(-frequency, kind="stable")):
        columns = [fold.column(label) for fold in folds]
        if tuned[label]:
            values = [
                with_others(objective, counts, n_before) if combine else objective.values
                for counts in so_far
            ]
            by_fold[:, label] = thresholds_of_folds(columns, values, default, scale)
            thresholds[label] = mean_threshold(by_fold[:, label], default, scale)
        if combine:
            for i, (scores, positive, weight) in enumerate(columns):
                so_far[i] += count_above(scores, thresholds[label], positive, weight)
    nowhere = np.isnan(by_fold).all(axis=0)
    if combine:
        found = ~nowhere & (frequency > 0)
        thresholds[found] = drawn_to_trend(thresholds[found], frequency[found], scale)
    return LabelThresholds(thresholds, by_fold, nowhere, tuned & nowhere)


def drawn_to_trend(thresholds, frequency, scale):
    """Draw the thresholds of rare labels to those of labels about as rare.

    A line is fitted to the thresholds over the logarithms of frequencies, and counts as much
    as ``TREND_ROWS`` rows with the label.

    Parameters
    ----------
    thresholds, frequency : ndarray of shape (n_labels,)
    scale : Scale

    Returns
    -------
    thresholds : ndarray of shape (n_labels,)
    """
    if len(thresholds) < 3:
        return thresholds
    own, rarity = scale.to(thresholds), np.log1p(frequency)
    rarity = rarity - rarity.mean()
    spread = rarity @ rarity
    slope = (rarity @ own) / spread if spread > 0 else 0.0
    trend = np.clip(own.mean() + slope * rarity, own.min(), own.max())
    share = frequency / (frequency + TREND_ROWS)
    return scale.back(share * own + (1 - share) * trend)


def thresholds_of_folds(columns, values, own, scale):
    """Find the best threshold of each fold, NaN where all are the same.

    A fold without positives, in which all are the same, puts the threshold above all of its
    scores, if others show that the objective tells thresholds apart.
    """
    thresholds = np.array(
        [
            best_threshold(*column, value, own, scale)
            for column, value in zip(columns, values, strict=True)
        ]
    )
    if np.isnan(thresholds).all():
        return thresholds
    for i in np.flatnonzero(np.isnan(thresholds)):
        scores, positive, _ = columns[i]
        if len(scores) and not positive.any():
            thresholds[i] = scores.max()
    return thresholds


def mean_threshold(thresholds, default, scale):
    """Average the thresholds of folds that have one."""
    thresholds = thresholds[~np.isnan(thresholds)]
    return scale.mean(thresholds) if len(thresholds) else default


def with_others(objective, so_far, n_before):
    """Make the objective of the labels up to one: of all their counts, plus the mean of theirs."""

    def values(counts):
        return objective.values(counts + so_far) + objective.values(counts) / (n_before + 1)

    return values


def tune_one_for_all(folds, objective, *, default, scale=PLAIN):
    """Find one threshold for all labels, of their counts together."""
    n_labels = folds[0].scores.shape[1]
    columns = [fold.all_columns() for fold in folds]
    thresholds = thresholds_of_folds(columns, [objective.values] * len(folds), default, scale)
    by_fold = np.repeat(thresholds[:, None], n_labels, axis=1)
    nowhere = np.full(n_labels, np.isnan(thresholds).all())
    indifferent = nowhere & any(len(scores) for scores, _, _ in columns)
    return LabelThresholds(
        np.full(n_labels, mean_threshold(thresholds, default, scale)), by_fold, nowhere, indifferent
    )


def values_of_labels(folds, objective, thresholds):
    """Compute the objective of each label at its threshold, of all folds together."""
    values = np.full(len(thresholds), np.nan)
    together = pooled(folds)
    for label, threshold in enumerate(thresholds):
        scores, positive, weight = together.column(label)
        if len(scores):
            counts = count_above(scores, threshold, positive, weight)
            values[label] = np.squeeze(objective.values(counts))
    return values
