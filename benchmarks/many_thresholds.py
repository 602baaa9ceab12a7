"""Seconds until the thresholds of many classes and labels are found, given their probabilities.

Scores are drawn at random around the truth, of 6,000 rows; classes and labels are the rarer the
later. For labels, the usual way is scikit-learn's curve of each.
"""

import numpy as np
from _multilabel import f1
from _report import cpu_seconds, print_machine
from reuters_thresholds import best_f1_cut
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score

from sktext.meta import TunedThresholdsClassifier

N_ROWS = 6000


class ReadyProbabilities(ClassifierMixin, BaseEstimator):
    """A classifier whose rows are their own probabilities."""

    def __init__(self, n_classes):
        self.n_classes = n_classes

    def fit(self, X, y):
        """Number the classes."""
        self.classes_ = np.arange(self.n_classes)
        return self

    def predict_proba(self, X):
        """Give the rows."""
        return X


def draw_classes(n_classes, rng):
    """Draw one class per row, each class at least twice, and probabilities."""
    frequency = np.arange(1, n_classes + 1) ** -0.7
    truth = rng.choice(n_classes, size=N_ROWS, p=frequency / frequency.sum())
    truth[: 2 * n_classes] = np.tile(np.arange(n_classes), 2)
    scores = rng.normal(size=(N_ROWS, n_classes)) + np.log(frequency) / 2
    scores[np.arange(N_ROWS), truth] += 3
    return softmax(scores, axis=1), truth


def draw_labels(n_labels, rng):
    """Draw several labels per row, and probabilities."""
    frequency = np.minimum(0.3, 3 * np.arange(1, n_labels + 1) ** -0.7)
    truth = (rng.uniform(size=(N_ROWS, n_labels)) < frequency).astype(int)
    return expit(rng.normal(size=truth.shape) + np.log(frequency) + 2.5 * truth), truth


def tuned(probabilities, truth):
    """Find the thresholds, and predict the rows that they were found on."""
    clf = TunedThresholdsClassifier(ReadyProbabilities(probabilities.shape[1]), random_state=0)
    return clf.fit(probabilities, truth).predict(probabilities)


def by_hand(probabilities, truth):
    """Cut each label where its F1 is best."""
    columns = zip(probabilities.T, truth.T, strict=True)
    return probabilities >= np.array([best_f1_cut(*column) for column in columns])


def main():
    """Print seconds of the processor, and macro F1 of the rows that were used."""
    print_machine()
    for n_classes in (400, 1000):
        probabilities, truth = draw_classes(n_classes, np.random.RandomState(0))
        predicted, taken = cpu_seconds(lambda: tuned(probabilities, truth))  # noqa: B023
        plain, macro = (
            f1_score(truth, labels, average="macro", zero_division=0)
            for labels in (probabilities.argmax(axis=1), predicted)
        )
        print(f"{n_classes:>5} classes {taken:6.2f} s   macro F1 {macro:.4f}, plain {plain:.4f}")
    for n_labels in (1000, 4000):
        data = draw_labels(n_labels, np.random.RandomState(0))
        for name, way in (("ours", tuned), ("by hand", by_hand)):
            predicted, taken = cpu_seconds(lambda: way(*data))  # noqa: B023
            micro, macro = f1(data[1], predicted)
            print(
                f"{n_labels:>5} labels, {name:<8} {taken:6.2f} s   micro F1 {micro:.4f}   "
                f"macro F1 {macro:.4f}"
            )


if __name__ == "__main__":
    main()
