"""From out-of-fold scores and an objective to thresholds."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import get_scorer_names

from sktext._component import resolve
from sktext.meta._class_cuts import argmax_of, tune_classes
from sktext.meta._cost import Cost
from sktext.meta._label_cuts import Fold, pooled, tune_labels, tune_one_for_all, values_of_labels
from sktext.meta._objectives import CountObjective, FBeta, RecallAtPrecision
from sktext.meta._scored_objective import ScoredObjective

OBJECTIVES = {
    "accuracy": Cost,
    "f1": FBeta,
    "f1_macro": FBeta,
    "recall_at_precision": RecallAtPrecision,
}


class Tuned(NamedTuple):
    """Thresholds, and how they came about; see ``TunedThresholdsClassifier``."""

    thresholds: np.ndarray
    by_fold: np.ndarray
    fallback: np.ndarray
    values: np.ndarray


def objective_of(given, labels):
    """Make the objective that a name, an object or a scorer stands for."""
    own = isinstance(given, CountObjective) or given in OBJECTIVES
    if own or (isinstance(given, str) and given not in get_scorer_names()):
        objective = resolve(given, OBJECTIVES, "objective")  # says which there are
    else:
        objective = ScoredObjective(given)
    return objective.build(labels.task, labels.classes)


def tune(part, response, splits, scores, objective, *, strategy, min_positives):
    """Find the thresholds.

    Parameters
    ----------
    part : Part
        With encoded labels.
    response : Response
    splits : list of Split
    scores : list of ndarray
        Of the test rows of each split.
    objective : CountObjective
    strategy : {"auto", "micro_macro", "per_label", "global"}
    min_positives : int

    Returns
    -------
    tuned : Tuned
    """
    if response.labels.task == "multiclass":
        if strategy not in ("auto", "per_label"):
            raise ValueError(
                f"strategy={strategy!r} is for several labels per row; y has one of "
                f"{len(response.labels.classes)} classes. Leave it at 'auto'."
            )
        return tune_cuts_of_classes(part, response, splits, scores, objective, min_positives)
    strategy = objective.strategy if strategy == "auto" else strategy
    positive, weight = indicators(part.target, response), part.weights_or_ones()
    folds = [
        Fold(hide_unknown(own, positive[train]), positive[test], weight[test])
        for (train, test), own in zip(splits, scores, strict=True)
    ]
    if objective.pool:
        folds = [pooled(folds)]
    if strategy == "global":
        cuts = tune_one_for_all(folds, objective)
    else:
        cuts = tune_labels(
            folds,
            objective,
            default=response.default_cut,
            min_positives=min_positives,
            combine=strategy == "micro_macro",
        )
    return Tuned(*cuts, values_of_labels(folds, objective, cuts.thresholds))


def indicators(target, response):
    """Tell which rows have which label; of two classes, which are positive."""
    if response.labels.task == "binary":
        return (target == response.positive)[:, None]
    return target.astype(bool)


def hide_unknown(scores, fitted):
    """Put NaN where a classifier was fitted on rows all with a label, or all without."""
    known = fitted.any(axis=0) & ~fitted.all(axis=0)
    return np.where(known, scores, np.nan)


def tune_cuts_of_classes(part, response, splits, scores, objective, min_positives):
    """Find the thresholds of classes that exclude each other, of all folds together."""
    rows = np.concatenate([test for _, test in splits])
    truth, n_classes = part.target[rows], len(response.labels.classes)
    fallback = np.bincount(truth, minlength=n_classes) < min_positives
    cuts, value = tune_classes(
        np.concatenate(scores), truth, part.weights_or_ones()[rows], objective, ~fallback
    )
    thresholds = response.thresholds_of(cuts)
    return Tuned(thresholds, thresholds[None], fallback, np.array([value]))


def predict_by(thresholds, scores, response, *, at_least_one):
    """Turn scores into labels."""
    labels = response.labels
    if labels.task == "multiclass":
        return labels.classes[argmax_of(scores, response.cuts_of(thresholds))]
    above = scores > thresholds
    if labels.task == "binary":
        return labels.classes[np.where(above[:, 0], response.positive, 1 - response.positive)]
    if at_least_one:
        bare = np.flatnonzero(~above.any(axis=1))
        above[bare, np.argmax(scores[bare] - thresholds, axis=1)] = True
    return above.astype(np.int64)
