"""From out-of-fold scores and an objective to thresholds."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import get_scorer_names

from sktext._component import resolve
from sktext._scorers import check_scorer
from sktext.meta._out_of_fold import lacking_classes, warn_of_lacking
from sktext.meta._thresholds._both_classes import F1OfBothClasses
from sktext.meta._thresholds._class_thresholds import argmax_of, tune_classes
from sktext.meta._thresholds._cost import Cost
from sktext.meta._thresholds._label_thresholds import (
    ScoredFold,
    pooled,
    tune_labels,
    tune_one_for_all,
    values_of_labels,
)
from sktext.meta._thresholds._objectives import CountObjective, FBeta, RecallAtPrecision
from sktext.meta._thresholds._scored_objective import ScoredObjective

OBJECTIVES = {
    "accuracy": Cost,
    "f1": FBeta,
    "f1_macro": FBeta,
    "recall_at_precision": RecallAtPrecision,
}


class Tuned(NamedTuple):
    """Thresholds, and how they were found; see ``TunedThresholdsClassifier``."""

    thresholds: np.ndarray
    by_fold: np.ndarray
    fallback: np.ndarray
    values: np.ndarray
    indifferent: list  # labels or classes whose value is the same at all thresholds

    @property
    def mean_value(self):
        """The mean of the values that there are."""
        known = self.values[~np.isnan(self.values)]
        return float(known.mean()) if len(known) else np.nan


def objective_of(given, task):
    """Find the objective that a name, an object or a scorer stands for."""
    own = isinstance(given, CountObjective) or given in OBJECTIVES
    if given == "f1_macro" and task == "binary":  # of both classes, where F-beta is of one
        return F1OfBothClasses()
    if own or (isinstance(given, str) and given not in get_scorer_names()):
        return resolve(given, OBJECTIVES, "objective")  # an error names them all
    check_scorer(given, "objective")
    return ScoredObjective(given)


def positive_label(objective, labels, pos_label):
    """Find which of two classes is the positive one; None where there are more.

    The one that the scorer names; else ``pos_label``; else the default of the scorer's
    function, if it is among the classes.
    """
    if pos_label is None and labels.task == "binary":
        usual = objective.usual_pos_label
        pos_label = usual if usual in labels.classes.tolist() else None
        return pos_label if objective.pos_label is None else objective.pos_label
    return pos_label


def tune(part, response, splits, scores, objective, *, strategy, min_positives):
    """Find the thresholds.

    Parameters
    ----------
    part : Rows
        With encoded labels.
    response : Response
    splits : list of Split
    scores : list of ndarray
        Of the test rows of each split.
    objective : CountObjective
        Built.
    strategy : {"auto", "micro_macro", "per_label", "global"}
    min_positives : int

    Returns
    -------
    tuned : Tuned
    """
    labels = response.labels
    if labels.task != "multilabel":
        lacking = lacking_classes(part.target, splits, len(labels.classes))
        enough = labels.counts(part.target) >= min_positives
        warn_of_lacking(labels.classes[lacking.any(axis=0) & enough].tolist())
    if labels.task == "multiclass":
        if strategy not in ("auto", "per_label"):
            raise ValueError(
                f"strategy={strategy!r} is for several labels per row; y has one of "
                f"{len(labels.classes)} classes. Leave it at 'auto'."
            )
        return tune_thresholds_of_classes(
            part, response, splits, scores, objective, min_positives, lacking
        )
    strategy = objective.strategy if strategy == "auto" else strategy
    positive, weight = indicators(part.target, response), part.weights_or_ones()
    folds = []
    for (train, test), own in zip(splits, scores, strict=True):
        own = hide_unknown(own, positive[train], objective.concerns)
        # Columns are read, one by one.
        columns = np.asfortranarray(own), np.asfortranarray(positive[test])
        folds.append(ScoredFold(*columns, weight[test]))
    if objective.pool:
        folds = [pooled(folds)]
    usual = {"default": response.default_threshold, "scale": response.scale}
    if strategy == "global":
        found = tune_one_for_all(folds, objective, **usual)
    else:
        combine = strategy == "micro_macro"
        found = tune_labels(folds, objective, **usual, min_positives=min_positives, combine=combine)
    indifferent = response.columns[found.indifferent].tolist()
    values = values_of_labels(folds, objective, found.thresholds)
    return Tuned(found.thresholds, found.by_fold, found.fallback, values, indifferent)


def indicators(target, response):
    """Return which rows have which label; of two classes, which are positive."""
    if response.labels.task == "binary":
        return (target == response.positive)[:, None]
    return target.astype(bool)


def hide_unknown(scores, fitted, concerns):
    """Put NaN where a classifier was fitted on rows all with a label, or all without.

    The same where the objective is about other labels.
    """
    known = fitted.any(axis=0) & ~fitted.all(axis=0)
    if concerns is not None:
        known &= concerns
    return np.where(known, scores, np.nan)


def tune_thresholds_of_classes(part, response, splits, scores, objective, min_positives, lacking):
    """Find the thresholds of classes that exclude each other, of all folds together.

    Rows of a class that their classifier was not fitted on say nothing about thresholds; the
    class itself keeps the classifier's.
    """
    rows = np.concatenate([test for _, test in splits])
    scores, weight = np.concatenate(scores), part.weights_or_ones()[rows]
    truth, classes = part.target[rows], response.labels.classes
    movable = (np.bincount(truth, minlength=len(classes)) >= min_positives) & ~lacking.any(axis=0)
    split_of_row = np.repeat(np.arange(len(splits)), [len(test) for _, test in splits])
    told = ~lacking[split_of_row, truth]
    rated = scores[told], truth[told], weight[told]
    offsets, value, indifferent = tune_classes(*rated, objective, movable)
    thresholds = response.thresholds_of(offsets)
    return Tuned(
        thresholds,
        thresholds[None],
        np.ones_like(movable) if indifferent else ~movable,
        np.array([value]),
        classes[movable].tolist() if indifferent else [],
    )


def predict_by(thresholds, scores, response, *, at_least_one):
    """Turn scores into labels."""
    labels = response.labels
    if labels.task == "multiclass":
        return labels.classes[argmax_of(scores, response.offsets_of(thresholds))]
    above = scores > thresholds
    if labels.task == "binary":
        return labels.classes[np.where(above[:, 0], response.positive, 1 - response.positive)]
    if at_least_one:
        bare = np.flatnonzero(~above.any(axis=1))
        above[bare, np.argmax(scores[bare] - thresholds, axis=1)] = True
    return above.astype(np.int64)
