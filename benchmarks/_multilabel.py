"""Label matrices, and thresholds of scores that are at hand."""

import numpy as np
from _report import read_data
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from sktext.meta import TunedThresholdsClassifier
from sktext.metrics import f1_by_frequency


def read_label_matrix(name):
    """Read texts, their label matrix, the part that each is of, and the labels' names."""
    frame = read_data(name)
    encoder = MultiLabelBinarizer()
    y = encoder.fit_transform(frame["labels"].str.split(","))
    return frame["text"].to_numpy(), y, frame["split"].to_numpy(), encoder.classes_


def f1(y, predicted):
    """Give micro and macro F1."""
    return [f1_score(y, predicted, average=a, zero_division=0) for a in ("micro", "macro")]


def figures(y, y_test, predicted):
    """Compute micro and macro F1 of all labels, the head, the middle and the tail, in percent."""
    parts = f1_by_frequency(y_test, predicted, y.sum(axis=0))
    by_part = [(parts[name].micro, parts[name].macro) for name in ("head", "medium", "tail")]
    return 100 * np.array([*f1(y_test, predicted), *np.ravel(by_part)])


def line(name, values):
    """Write a line of the table."""
    pairs = "  ".join(f"{micro:5.2f} {macro:5.2f}" for micro, macro in np.reshape(values, (4, 2)))
    return f"{name:<46} {pairs}"


class ReadyScores(ClassifierMixin, BaseEstimator):
    """A classifier whose rows are their own scores, so that these need be made once only."""

    def fit(self, X, y):
        """Count the labels."""
        self.classes_ = np.arange(y.shape[1])
        return self

    def decision_function(self, X):
        """Give the rows."""
        return X

    def predict(self, X):
        """Cut at zero."""
        return (X > 0).astype(int)


def tune(scores, y, splits, strategy="auto"):
    """Find thresholds of scores of rows that were not fitted.

    Parameters
    ----------
    scores, y : ndarray of shape (n_samples, n_labels)
        Cut at zero by default.
    splits : list of (ndarray, ndarray)
        Rows that were fitted, and rows that were scored.
    strategy : str

    Returns
    -------
    tuned : TunedThresholdsClassifier
        Predicts from scores.
    """
    params = {"response_method": "decision_function", "strategy": strategy, "cv": splits}
    return TunedThresholdsClassifier(ReadyScores(), **params).fit(scores, y)


def cross_tuned(scores, y, splits, strategy="auto"):
    """Predict each fold by the thresholds of the others, to judge without test rows."""
    predicted = np.zeros_like(y)
    for fitted, scored in splits:
        place = np.full(len(y), -1)
        place[fitted] = np.arange(len(fitted))
        others = [
            (place[np.setdiff1d(fitted, other)], place[other])
            for _, other in splits
            if other is not scored
        ]
        cuts = tune(scores[fitted], y[fitted], others, strategy)
        predicted[scored] = cuts.predict(scores[scored])
    return predicted
