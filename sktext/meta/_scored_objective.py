"""Any scorer of scikit-learn as an objective."""

import inspect
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer, make_scorer

from sktext.meta._objectives import CountObjective


class Answers(ClassifierMixin, BaseEstimator):
    """A classifier whose rows are its answers, for a scorer to look at."""

    def __init__(self, classes):
        self.classes_ = classes

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, X):
        """Return the answers."""
        return X


class ScoredObjective(CountObjective):
    """The value that a scorer gives to a table of counts.

    A score of predictions depends on their confusion matrix alone, so the scorer is asked
    about one row per cell, weighted by its count. It is asked only at cuts after a row
    that is right and before one that is wrong: at others a score that rewards right
    answers is no better.

    Parameters
    ----------
    scorer : str or callable
        A name of scikit-learn's, or ``scorer(estimator, X, y)``, if it can with
        ``sample_weight``; without, it is asked about all rows, which takes longer.
    """

    strategy = "micro_macro"

    def __init__(self, scorer):
        self.scorer = scorer

    def build(self, task, classes):
        """Check that the scorer looks at predictions, and let it know the classes."""
        scorer = get_scorer(self.scorer)
        method = getattr(scorer, "_response_method", "predict")
        if method != "predict":
            raise ValueError(
                f"objective={self.scorer!r} scores {method}, which no threshold changes; choose "
                "a score of predictions, such as 'f1' or 'balanced_accuracy'."
            )
        built = ScoredObjective(self.scorer)
        built._scorer = of_one_label(scorer) if task == "multilabel" else scorer
        built._weighs = takes_weights(built._scorer)
        built._classes = classes if task == "multiclass" else np.arange(2)
        return built

    def values(self, counts):
        """Ask the scorer about the cuts at which it may be at its best."""
        tp, fp, fn, tn = (np.atleast_1d(count) for count in counts)
        after_right = np.append(True, np.diff(tp) > 0)
        before_wrong = np.append(np.diff(fp) > 0, True)
        values = np.full(len(tp), -np.inf)
        for i in np.flatnonzero(after_right & before_wrong):
            values[i] = self.value_of(np.array([[tn[i], fp[i]], [fn[i], tp[i]]]))
        return values

    def value_of(self, confusion):
        """Ask the scorer about a confusion matrix."""
        truth, answer = np.nonzero(confusion > 0)
        params = {"sample_weight": confusion[truth, answer]}
        if not self._weighs:
            cells = np.repeat(np.arange(len(truth)), whole(params.pop("sample_weight")))
            truth, answer = truth[cells], answer[cells]
        classes = self._classes
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes that are not predicted
            return self._scorer(Answers(classes), classes[answer], classes[truth], **params)

    def values_along(self, confusion, moves, ends):
        """Ask the scorer after the moves at which it may be at its best."""
        better = moves.truth == moves.entered
        worse = moves.truth == moves.left
        n_gains, n_losses = (np.append(0, np.cumsum(rows))[ends] for rows in (~worse, ~better))
        ask = np.append(True, np.diff(n_gains) > 0) & np.append(np.diff(n_losses) > 0, True)
        values, confusion, done = np.full(len(ends), -np.inf), confusion.copy(), 0
        for i in np.flatnonzero(ask):
            now = slice(done, ends[i])
            truth, left, weight = moves.truth[now], moves.left[now], moves.weight[now]
            np.subtract.at(confusion, (truth, left), weight)
            np.add.at(confusion, (truth, moves.entered), weight)
            values[i] = self.value_of(np.where(confusion > 1e-9 * confusion.sum(), confusion, 0))
            done = ends[i]
        return values


def takes_weights(scorer):
    """Tell whether a scorer takes sample weights."""
    parameters = inspect.signature(getattr(scorer, "_score_func", scorer)).parameters.values()
    return any(p.name == "sample_weight" or p.kind is p.VAR_KEYWORD for p in parameters)


def whole(counts):
    """Turn counts into whole numbers, where they are."""
    rounded = np.round(counts).astype(int)
    if not np.allclose(counts, rounded):
        raise ValueError(
            "The score that is the objective takes no sample_weight, while rows have weights; let "
            "its function take sample_weight, or fit without."
        )
    return rounded


def of_one_label(scorer):
    """Turn a scorer that averages over labels into one of a single label."""
    average = getattr(scorer, "_kwargs", {}).get("average", "binary")
    if average == "binary":
        return scorer
    if average not in ("macro", "weighted"):
        raise ValueError(
            f"The objective averages with average={average!r}, to which labels do not contribute "
            "one by one; take 'f1', with strategy='micro_macro' or 'global'."
        )
    params = {**scorer._kwargs, "average": "binary", "pos_label": 1}
    return make_scorer(scorer._score_func, greater_is_better=scorer._sign > 0, **params)
