"""Any scorer of scikit-learn as an objective."""

from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from sktext._filtered_warnings import filtered_warnings
from sktext._scorers import check_scorer, is_metric, takes_weights
from sktext._sklearn import response_method, score_function
from sktext.meta._thresholds._adapted_scorers import (
    all_keywords_of,
    labels_of,
    of_one_label,
    of_two_classes,
    usual_pos_label,
)
from sktext.meta._thresholds._best_threshold import best_places
from sktext.meta._thresholds._objectives import CountObjective


class Rows:
    """Stand-in for the rows that a scorer is given, which are not known."""

    def __init__(self, answers):
        self.answers = answers

    def __len__(self):
        return len(self.answers)

    def __getitem__(self, place):
        raise TypeError(
            "An objective is asked about counts of labels and predictions, and sees no rows of X. "
            "Choose a score of labels and predictions alone: make_scorer(function)."
        )


class FixedPredictions(ClassifierMixin, BaseEstimator):
    """A classifier whose predictions are already made, for a scorer to read."""

    def __init__(self, classes):
        self.classes_ = classes

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, X):
        """Return the predictions."""
        return X.answers

    def __getattr__(self, name):
        if name in ("predict_proba", "decision_function", "predict_log_proba"):
            raise AttributeError(
                f"The objective asks for {name}, which no threshold changes; choose a score of "
                "predictions, such as 'f1' or 'balanced_accuracy'."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class ScoredObjective(CountObjective):
    """The value of a scorer for a confusion matrix.

    A score of predictions depends on their confusion matrix alone, so the scorer is asked
    about one row per cell, weighted by its count. It sees the labels of the user; of
    several labels per row, the ones and zeros of a single column.

    A metric of scikit-learn is evaluated only at thresholds after a true positive and before a
    false one: at others a score that rewards correct predictions is no better. Of other
    functions nothing is known, so that they are evaluated at every threshold of a label.

    Parameters
    ----------
    scorer : str or callable
        A name of scikit-learn's, or ``scorer(estimator, X, y)``, better with
        ``sample_weight``; without, it is called on all rows, which takes longer.
    """

    strategy = "micro_macro"

    def __init__(self, scorer):
        self.scorer = scorer

    @property
    def pos_label(self):
        """The positive class that the scorer names, or None."""
        return all_keywords_of(check_scorer(self.scorer, "objective")).get("pos_label")

    @property
    def usual_pos_label(self):
        """The positive class of the scorer's function where none is named, or None."""
        return usual_pos_label(check_scorer(self.scorer, "objective"))

    def build(self, task, classes, positive=1):
        """Check that the scorer reads predictions, and set its classes.

        Parameters
        ----------
        task : {"binary", "multiclass", "multilabel"}
            Kind of the target.
        classes : ndarray of shape (n_classes,)
            Sorted labels, or names or numbers of the label columns.
        positive : int, default=1
            Which of two classes is the positive one.

        Returns
        -------
        objective : ScoredObjective
            With the scorer of these classes.
        """
        scorer = check_scorer(self.scorer, "objective")
        method = response_method(scorer)
        if method != "predict":
            raise ValueError(
                f"objective={self.scorer!r} scores {method}, which no threshold changes; choose "
                "a score of predictions, such as 'f1' or 'balanced_accuracy'."
            )
        built = ScoredObjective(self.scorer)
        if task == "multilabel":
            built.concerns = labels_of(scorer, classes)
            scorer, classes = of_one_label(scorer), np.arange(2)
        elif task == "binary":
            scorer = of_two_classes(scorer, classes.tolist()[positive])
        built._scorer, built._classes = scorer, classes
        # What the numbers of rows and columns of a confusion matrix stand for.
        built._names = classes[[1 - positive, positive]] if task == "binary" else classes
        built._weighs = takes_weights(scorer)
        built._rewards_right_answers = is_metric(score_function(scorer))
        return built

    def values(self, counts):
        """Compute the score at the thresholds at which it may be at its best."""
        tp, fp, fn, tn = (np.atleast_1d(count) for count in counts)
        after_right = np.append(True, np.diff(tp) > 0)
        before_wrong = np.append(np.diff(fp) > 0, True)
        ask = (after_right & before_wrong) | (not self._rewards_right_answers)
        confusions = np.array([[tn, fp], [fn, tp]]).transpose(2, 0, 1)

        def values_at(places):
            values = np.full(len(places), -np.inf)
            for i in np.flatnonzero(places):
                values[i] = self.value_of(confusions[i])
            return values

        return with_rest_if_equal(values_at, ask)

    def value_of(self, confusion):
        """Compute the score of a confusion matrix."""
        truth, answer = np.nonzero(confusion > 0)
        params = {"sample_weight": confusion[truth, answer]}
        if not self._weighs:
            cells = np.repeat(np.arange(len(truth)), whole(params.pop("sample_weight")))
            truth, answer = truth[cells], answer[cells]
        names = self._names
        with filtered_warnings("ignore", ""):  # of classes that are not predicted
            rows = Rows(names[answer])
            value = self._scorer(FixedPredictions(self._classes), rows, names[truth], **params)
        if not isinstance(value, Real):
            raise ValueError(
                f"objective={self.scorer!r} must give one number; got {type(value).__name__}."
            )
        return float(value)

    def values_along(self, moves, ends):
        """Compute the score after the moves at which it may be at its best."""
        better = moves.truth == moves.entered
        worse = moves.truth == moves.left
        n_gains, n_losses = (np.append(0, np.cumsum(rows))[ends] for rows in (~worse, ~better))
        ask = np.append(True, np.diff(n_gains) > 0) & np.append(np.diff(n_losses) > 0, True)

        def values_at(places):
            values, confusion, done = np.full(len(ends), -np.inf), moves.confusion(), 0
            for i in np.flatnonzero(places):
                now = slice(done, ends[i])
                truth, left, weight = moves.truth[now], moves.left[now], moves.weight[now]
                np.subtract.at(confusion, (truth, left), weight)
                np.add.at(confusion, (truth, moves.entered), weight)
                shown = np.where(confusion > 1e-9 * confusion.sum(), confusion, 0)
                values[i], done = self.value_of(shown), ends[i]
            return values

        return with_rest_if_equal(values_at, ask)


def with_rest_if_equal(values_at, ask):
    """Evaluate some places; all if these are equal, to tell a tie from a constant score.

    Parameters
    ----------
    values_at : callable
        From a mask of places to an array of values, minus infinity where it is False.
    ask : ndarray of bool

    Returns
    -------
    values : ndarray of float
    """
    ask[[0, -1]] = True
    values = values_at(ask)
    if not ask.all() and not len(best_places(values)):
        return values_at(np.ones(len(ask), dtype=bool))
    return values


def whole(counts):
    """Turn counts into whole numbers, or refuse others."""
    rounded = np.round(counts).astype(int)
    if not np.allclose(counts, rounded):
        raise ValueError(
            "The score that is the objective takes no sample_weight, while rows have weights; let "
            "its function take sample_weight, or fit without."
        )
    return rounded
