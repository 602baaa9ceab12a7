"""GoEmotions, 28 labels of short comments: macro F1 without pretrained weights.

The settings were chosen with models of the training part on the part for development, whose
folds were cut by the thresholds of each other; ``--search`` prints that. Test scores are of
models of both parts. Published (Demszky et al., 2020, https://arxiv.org/abs/2005.00547): macro F1
0.41 of a BiLSTM and 0.46 of BERT.
"""

import argparse
import time
import warnings

import numpy as np
from _multilabel import cross_tuned, f1, read_label_matrix
from _report import print_machine
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

from sktext import CNNClassifier, FastTextClassifier, LSTMClassifier, TfidfTorchClassifier
from sktext.losses import DistributionBalancedLoss, HingeLoss
from sktext.meta import TunedThresholdsClassifier

WORDS_AND_MARKS = r"(?u)\w+(?:'\w+)*|[^\w\s]"


class Sum(ClassifierMixin, BaseEstimator):
    """A weighted sum of the decisions of two classifiers."""

    def __init__(self, first, second, weight=0.25):
        self.first = first
        self.second = second
        self.weight = weight

    def fit(self, X, y):
        """Fit both."""
        self.classes_ = np.arange(y.shape[1])
        self.first_, self.second_ = (clone(clf).fit(X, y) for clf in (self.first, self.second))
        return self

    def decision_function(self, X):
        """Add the decisions of both."""
        return self.first_.decision_function(X) + self.weight * self.second_.decision_function(X)

    def predict(self, X):
        """Cut at zero."""
        return (self.decision_function(X) > 0).astype(int)


def words():
    """Words, marks and their pairs."""
    return TfidfVectorizer(
        ngram_range=(1, 2),
        min_df=2,
        token_pattern=WORDS_AND_MARKS,
        sublinear_tf=True,
        dtype=np.float32,
    )


def words_and_characters():
    """Words, and two to five characters within them."""
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=5, sublinear_tf=True, dtype=np.float32
    )
    return make_union(words(), characters)


def balanced_regression():
    """What one would write with scikit-learn."""
    regression = LogisticRegression(solver="liblinear", class_weight="balanced")
    return make_pipeline(words(), OneVsRestClassifier(regression))


def linear(vectorizer, loss, weight_decay=1e-6):
    """A linear model of all labels at once."""
    return TfidfTorchClassifier(
        vectorizer(), loss=loss, weight_decay=weight_decay, optimizer="lbfgs", random_state=0
    )


def hinge(vectorizer=words_and_characters, weight_decay=2e-4):
    """The loss of linear SVMs."""
    return linear(vectorizer, HingeLoss(p=2), weight_decay)


def balanced(vectorizer=words):
    """The loss for a long tail of labels."""
    return linear(vectorizer, DistributionBalancedLoss())


CANDIDATES = {
    "words, bce": lambda: linear(words, "bce"),
    "words, bce, penalty 5e-6": lambda: linear(words, "bce", 5e-6),
    "words, focal": lambda: linear(words, "focal"),
    "words, asl": lambda: linear(words, "asl").set_params(optimizer="auto", weight_decay="auto"),
    "words, DB": balanced,
    "words, squared hinge 1e-4": lambda: hinge(words, 1e-4),
    "words, squared hinge": lambda: hinge(words),
    "characters too, bce": lambda: linear(words_and_characters, "bce"),
    "characters too, DB": lambda: balanced(words_and_characters),
    "characters too, squared hinge": hinge,
    "characters too, sq. hinge 4e-4": lambda: hinge(weight_decay=4e-4),
    "chars, sq. hinge, and words, DB": lambda: Sum(hinge(), balanced()),
    "FastText, bce": lambda: FastTextClassifier(loss="bce", max_epochs=3, random_state=0),
    "CNN, bce": lambda: CNNClassifier(loss="bce", max_epochs=3, random_state=0),
    "LSTM, bce": lambda: LSTMClassifier(loss="bce", max_epochs=3, random_state=0),
}


def search(names, fitted, held):
    """Print micro and macro F1 on the held-out part of models of the other."""
    (X, y), (X_held, y_held) = fitted, held
    splits = list(KFold(5, shuffle=True, random_state=0).split(X_held))
    for name in names:
        start = time.process_time()
        scores = CANDIDATES[name]().fit(X, y).decision_function(X_held)
        taken = time.process_time() - start
        for strategy in ("per_label", "micro_macro"):
            report(
                f"{name}, {strategy}", y_held, cross_tuned(scores, y_held, splits, strategy), taken
            )


def report(name, y, predicted, taken):
    """Print a line, with seconds of this process."""
    micro, macro = f1(y, predicted)
    print(f"{name:<46} {taken:6.1f} s   micro F1 {micro:.4f}   macro F1 {macro:.4f}", flush=True)


def main():
    """Print seconds, micro and macro F1 of each way on the test part, or the search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", nargs="*", choices=CANDIDATES, metavar="CANDIDATE")
    parser.add_argument("--sum", action="store_true", help="also of two models")
    parser.add_argument("--n-jobs", type=int, default=None)
    options = parser.parse_args()
    print_machine()
    warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
    X, y, split, _ = read_label_matrix("goemotions")
    test = split == "test"
    if options.search is not None:
        parts = ((X[split == name], y[split == name]) for name in ("train", "dev"))
        search(options.search or CANDIDATES, *parts)
        return
    data = X[~test], y[~test], X[test], y[test]
    compare(balanced_regression(), "balanced logistic regression (scikit-learn)", *data)
    tuned = compare_tuned(hinge(), "squared hinge, tuned thresholds", options.n_jobs, *data)
    report("the same without thresholds", y[test], tuned.estimator_.predict(X[test]), np.nan)
    if options.sum:
        compare_tuned(Sum(hinge(), balanced()), "with DB, tuned thresholds", options.n_jobs, *data)


def compare_tuned(clf, name, n_jobs, *data):
    """Give a classifier thresholds, and print a line."""
    return compare(TunedThresholdsClassifier(clf, n_jobs=n_jobs, random_state=0), name, *data)


def compare(clf, name, X, y, X_test, y_test):
    """Fit a classifier and print a line of its test scores."""
    start = time.process_time()
    predicted = clf.fit(X, y).predict(X_test)
    report(name, y_test, predicted, time.process_time() - start)
    return clf


if __name__ == "__main__":
    main()
