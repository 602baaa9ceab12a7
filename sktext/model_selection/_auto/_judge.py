"""Scores of predictions that were made earlier."""

from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import numpy as np
from sklearn.frozen import FrozenEstimator

from sktext._filtered_warnings import filtered_warnings
from sktext._labels import Labels, labels_already_read
from sktext._scorers import check_scorer, takes_weights
from sktext.meta import CalibratedClassifier, TunedThresholdsClassifier
from sktext.model_selection._auto._by_logits import ByLogits

# Scores of predicted labels that thresholds can raise, with the objective and the strategy.
THRESHOLDS = {
    "f1": ("f1", "auto"),
    "f1_macro": ("f1_macro", "auto"),
    "f1_weighted": ("f1_macro", "auto"),
    "f1_samples": ("f1_macro", "global"),
    "f1_micro": ("f1_macro", "global"),
    "balanced_accuracy": ("balanced_accuracy", "auto"),
}
OF_TWO_CLASSES = {"f1", "f1_macro", "balanced_accuracy"}
# Rows that thresholds are chosen by, at least.
FEWEST_ROWS = 10
EXPECTED_WARNINGS = (
    "The objective has the same value",
    "Label .* is present in all training examples",
    ".*ill-defined and being set to 0.0",
    "y_pred contains classes not in y_true",
    # Of candidates, which the user cannot change.
    "The loss was still falling",
    "Texts of more than",
)


class KnownScores(ByLogits):
    """A fitted classifier of row numbers whose scores are known.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_outputs)
        Logits.
    labels : Labels
    """

    def __init__(self, scores, labels):
        self.scores = scores
        self.labels = labels

    def _logits(self, rows):
        return self.scores[rows]


class Truth(NamedTuple):
    """What is known of all rows.

    Parameters
    ----------
    target : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Encoded labels.
    weight : ndarray of shape (n_samples,) or None
    labels : Labels
        With the numbers of columns for several labels per row.
    """

    target: np.ndarray
    weight: np.ndarray | None
    labels: Labels


class Judge:
    """Scores predictions, with thresholds where the score depends on them.

    Parameters
    ----------
    scoring : str or callable
    truth : Truth
    random_state : int
    """

    def __init__(self, scoring, truth, random_state):
        self.scorer = check_scorer(scoring, "scoring")
        self.truth = truth
        self.random_state = random_state
        task = truth.labels.task
        takes_thresholds = (
            isinstance(scoring, str)
            and scoring in THRESHOLDS
            and (task == "multilabel" or (task == "binary" and scoring in OF_TWO_CLASSES))
        )
        self.objective = THRESHOLDS[scoring] if takes_thresholds else None
        self.y = truth.labels.decode_target(truth.target)
        self.labels = truth.labels
        if task == "multiclass" and isinstance(scoring, str):  # numbers are compared faster
            self.y = truth.target
            self.labels = Labels(np.arange(len(truth.labels.classes)), task)
        self.weighs = truth.weight is not None and takes_weights(self.scorer)

    def part(self, logits, rows):
        """Return the arguments of ``fit`` of what learns from known scores of rows."""
        full = np.zeros((len(self.truth.target), logits.shape[1]), dtype=logits.dtype)
        full[rows] = logits
        weight = None if self.truth.weight is None else self.truth.weight[rows]
        y = self.truth.labels.decode_target(self.truth.target[rows])
        return FrozenEstimator(KnownScores(full, self.truth.labels)), (rows, y, weight)

    def calibrate(self, scores, rows):
        """Fit a calibration of scores by the labels of their rows."""
        estimator, given = self.part(scores, rows)
        how = {"method": "temperature", "random_state": self.random_state}
        with quietly():
            return CalibratedClassifier(estimator, **how).fit(*given)

    def tune(self, logits, rows):
        """Choose thresholds of logits; return None for other scores, and of few rows."""
        if self.objective is None or len(rows) < FEWEST_ROWS:
            return None
        estimator, given = self.part(logits, rows)
        objective, strategy = self.objective
        how = {"objective": objective, "strategy": strategy, "random_state": self.random_state}
        if self.truth.labels.task == "binary":
            how["strategy"] = "auto"
        with quietly():
            return TunedThresholdsClassifier(estimator, **how).fit(*given)

    def score(self, logits, rows, tuned=None):
        """Score logits of rows.

        Parameters
        ----------
        logits : ndarray of shape (n_rows, n_outputs)
        rows : ndarray of shape (n_rows,)
        tuned : TunedThresholdsClassifier, default=None
            Whose thresholds are used.

        Returns
        -------
        score : float
        """
        estimator = KnownScores(logits, self.labels)
        if tuned is not None:
            tuned.estimator_ = FrozenEstimator(KnownScores(logits, self.truth.labels))
            estimator = tuned
        weight = {"sample_weight": self.truth.weight[rows]} if self.weighs else {}
        with quietly():
            return float(self.scorer(estimator, np.arange(len(rows)), self.y[rows], **weight))

    def score_at_best(self, logits, rows):
        """Score logits of rows, at thresholds that are chosen by the same rows."""
        return self.score(logits, rows, self.tune(logits, rows))


@contextmanager
def quietly():
    """Make a context without warnings of candidates, and of labels that some rows lack."""
    with ExitStack() as contexts:
        contexts.enter_context(labels_already_read())
        for message in EXPECTED_WARNINGS:
            contexts.enter_context(filtered_warnings("ignore", message))
        yield
