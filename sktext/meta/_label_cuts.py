"""Cuts of several labels, found fold by fold and averaged."""

from typing import NamedTuple

import numpy as np

from sktext.meta._cuts import NOTHING, best_cut, count_above


class Fold(NamedTuple):
    """Rows that a classifier has not seen, and what it says of them.

    The scores of a label are NaN if its own rows had none with the label, or none without.
    """

    scores: np.ndarray  # (n_rows, n_labels)
    positive: np.ndarray  # (n_rows, n_labels), bool
    weight: np.ndarray  # (n_rows,)

    def column(self, label):
        """Give scores, positives and weights of one label."""
        known = ~np.isnan(self.scores[:, label])
        return self.scores[known, label], self.positive[known, label], self.weight[known]

    def all_columns(self):
        """Give scores, positives and weights of all labels, one below the other."""
        known = ~np.isnan(self.scores)
        weight = np.broadcast_to(self.weight[:, None], known.shape)
        return self.scores[known], self.positive[known], weight[known]


class LabelCuts(NamedTuple):
    """Cuts of labels, and how they came about."""

    thresholds: np.ndarray  # (n_labels,)
    by_fold: np.ndarray  # (n_folds, n_labels), NaN where a fold has no cut
    fallback: np.ndarray  # (n_labels,), bool


def pooled(folds):
    """Put the rows of all folds into one."""
    return Fold(*(np.concatenate(parts) for parts in zip(*folds, strict=True)))


def tune_labels(folds, objective, *, default, min_positives, combine):
    """Find a cut for each label, from the frequent to the rare.

    Parameters
    ----------
    folds : list of Fold
    objective : CountObjective
    default : float
        The cut of labels with too few positives.
    min_positives : int
    combine : bool
        Whether the cut of a label is also judged by the sum of the counts of all labels
        before it, so that a rare label cannot cost the others much.

    Returns
    -------
    cuts : LabelCuts
    """
    n_positive = sum(fold.positive.sum(axis=0) for fold in folds)
    known = np.any([~np.isnan(fold.scores).all(axis=0) for fold in folds], axis=0)
    thresholds = np.full(len(n_positive), float(default))
    by_fold = np.full((len(folds), len(n_positive)), np.nan)
    fallback = ~known | (n_positive < max(min_positives, 1))
    so_far = [NOTHING] * len(folds)
    frequency = sum(fold.weight @ fold.positive for fold in folds)
    for n_before, label in enumerate(np.argsort(-frequency, kind="stable")):
        columns = {i: fold.column(label) for i, fold in enumerate(folds)}
        columns = {i: column for i, column in columns.items() if len(column[0])}
        if not fallback[label]:
            for i, column in columns.items():
                values = (
                    with_others(objective, so_far[i], n_before) if combine else objective.values
                )
                by_fold[i, label] = best_cut(*column, values)
            thresholds[label] = np.nanmean(by_fold[:, label])
        if combine:
            for i, (scores, positive, weight) in columns.items():
                so_far[i] += count_above(scores, thresholds[label], positive, weight)
    return LabelCuts(thresholds, by_fold, fallback)


def with_others(objective, so_far, n_before):
    """Value all labels up to one: their counts together, plus the mean of their values."""

    def values(counts):
        return objective.values(counts + so_far) + objective.values(counts) / (n_before + 1)

    return values


def tune_one_for_all(folds, objective):
    """Find one cut for all labels, of their counts together."""
    n_labels = folds[0].scores.shape[1]
    cuts = np.array([best_cut(*fold.all_columns(), objective.values) for fold in folds])
    by_fold = np.repeat(cuts[:, None], n_labels, axis=1)
    return LabelCuts(by_fold.mean(axis=0), by_fold, np.zeros(n_labels, dtype=bool))


def values_of_labels(folds, objective, thresholds):
    """Compute the objective of each label at its cut, of all folds together."""
    values = np.full(len(thresholds), np.nan)
    together = pooled(folds)
    for label, cut in enumerate(thresholds):
        scores, positive, weight = together.column(label)
        if len(scores):
            counts = count_above(scores, cut, positive, weight)
            values[label] = np.squeeze(objective.values(counts))
    return values
