"""Reuters-90 in under a minute: a TF-IDF net with thresholds per label, next to linear SVMs.

Titles, which are the first lines, count as words of their own. Features, loss and penalty were
chosen by five folds of the training part; ``--search`` prints the choice.
"""

import argparse
import time
import warnings

import numpy as np
from _multilabel import cross_tuned, f1, read_label_matrix
from _report import print_machine
from reuters_thresholds import predict_by_hand
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import KFold
from sklearn.pipeline import FeatureUnion

from sktext import TfidfTorchClassifier
from sktext.losses import BCELoss, HingeLoss
from sktext.meta import TunedThresholdsClassifier

HALF = {"title": 0.5}


def first_line(text):
    """Give the title."""
    return text.split("\n", 1)[0].lower()


def words(**params):
    """Words of texts."""
    params = {"stop_words": "english", **params}
    return TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32, **params)


def words_and_titles(weights=HALF):
    """Words of texts, and those of titles once more."""
    parts = [("text", words()), ("title", words(preprocessor=first_line))]
    return FeatureUnion(parts, transformer_weights=weights)


FEATURES = {
    "words": words,
    "all words": lambda: words(stop_words=None),
    "words, titles": lambda: words_and_titles(weights=None),
    "words, half titles": words_and_titles,
}
CHOSEN = {"features": "words, half titles", "loss": HingeLoss(p=2), "weight_decay": 1.3e-4}
CANDIDATES = [
    {"features": "words", "loss": BCELoss(), "weight_decay": 1e-6},
    *({**CHOSEN, "features": features} for features in FEATURES),
    *({**CHOSEN, "features": "words", "weight_decay": decay} for decay in (6e-5, 3e-4)),
]


def net(features, loss, weight_decay):
    """A linear model of all labels at once."""
    return TfidfTorchClassifier(
        FEATURES[features](),
        loss=loss,
        weight_decay=weight_decay,
        optimizer="lbfgs",
        max_epochs=20,
        random_state=0,
    )


def predict_by_ours(X, y, X_test):
    """Fit the net that was chosen, and its thresholds."""
    return TunedThresholdsClassifier(net(**CHOSEN), random_state=0).fit(X, y).predict(X_test)


def search(X, y):
    """Print the scores of the candidates on folds, each with the thresholds of the others."""
    splits = list(KFold(5, shuffle=True, random_state=0).split(X))
    for candidate in CANDIDATES:
        scores = np.empty(y.shape)
        for train, test in splits:
            clf = net(**candidate).fit(X[train], y[train])
            scores[test] = clf.decision_function(X[test])
        micro, macro = f1(y, cross_tuned(scores, y, splits))
        print(f"micro F1 {micro:.4f}   macro F1 {macro:.4f}   {candidate}", flush=True)


def main():
    """Print time, micro- and macro-F1 of each way on the test part, or the search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", action="store_true")
    options = parser.parse_args()
    print_machine()
    warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
    X, y, split, _ = read_label_matrix("reuters_r90")
    train = split == "train"
    if options.search:
        search(X[train], y[train])
        return
    for name, predict in {"LinearSVC, by hand": predict_by_hand, "ours": predict_by_ours}.items():
        start, start_cpu = time.perf_counter(), time.process_time()
        predicted = predict(X[train], y[train], X[~train])
        taken, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        micro, macro = f1(y[~train], predicted)
        print(
            f"{name:<20} {taken:6.2f} s, of processors {cpu:6.2f} s   "
            f"micro F1 {micro:.4f}   macro F1 {macro:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
