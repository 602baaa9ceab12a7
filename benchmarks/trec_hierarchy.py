"""Fifty kinds of questions in six classes: one network that never contradicts itself.

Next to it are a flat linear SVM on the same features, and a linear SVM for each class, asked
from the top down. ``--search`` judges features by cross-validation of the training part.
"""

import argparse
import time

import numpy as np
from _report import print_machine, read_data
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.meta import HierarchicalClassifier, LocalHierarchicalClassifier
from sktext.metrics import hierarchical_f1_score
from sktext.preprocessing import HierarchyEncoder

FEATURES = {
    "words": lambda: words((1, 2)),
    "words and characters": lambda: make_union(words((1, 2)), characters()),
    "shapes": lambda: shapes_of_words(),
    "shapes and characters": lambda: make_union(shapes_of_words(), characters()),
}
CHOSEN = "shapes and characters"


def words(ngram_range):
    """Runs of words, with marks, which questions need."""
    pattern = r"\S+"
    return TfidfVectorizer(
        ngram_range=ngram_range, token_pattern=pattern, sublinear_tf=True, dtype=np.float32
    )


def characters():
    """Runs of up to five characters, small letters and capitals apart."""
    return TfidfVectorizer(
        analyzer="char",
        lowercase=False,
        ngram_range=(1, 5),
        min_df=2,
        sublinear_tf=True,
        dtype=np.float32,
    )


def shapes_of_words():
    """Runs of words, names and numbers by their shape."""
    return TfidfVectorizer(analyzer=shapes, sublinear_tf=True, dtype=np.float32)


def shapes(text):
    """Give runs of up to three words; names and numbers, but at the start, by their shape."""
    first, *others = text.split()
    tokens = ["^", first.lower(), *map(shape, others)]
    return [" ".join(tokens[i : i + n]) for n in (1, 2, 3) for i in range(len(tokens) - n + 1)]


def shape(word):
    """Give a word without what only names and numbers have."""
    if any(map(str.isdigit, word)):
        return "0"
    if word[0].isupper():
        return "XX" if word.isupper() and len(word) > 1 else "Xx"
    return word


def network(features, seed=0):
    """One network for the labels of both levels."""
    inner = TfidfTorchClassifier(FEATURES[features](), (200,), 0.5, loss="mcm", random_state=seed)
    return HierarchicalClassifier(inner)


def flat_svm(features):
    """The labels of the last level side by side."""
    return make_pipeline(FEATURES[features](), LinearSVC())


def local_svms(features):
    """A classifier for the children of each label."""
    return LocalHierarchicalClassifier(flat_svm(features))


WAYS = {
    "flat LinearSVC": flat_svm,
    "top-down LinearSVC": local_svms,
    "one network, loss mcm": network,
}


def search(X, y):
    """Print the accuracy of each way and features on folds of the training part."""
    folds = list(KFold(5, shuffle=True, random_state=0).split(X))
    for name, make in WAYS.items():
        for features in FEATURES:
            predicted = np.empty_like(y)
            for train, test in folds:
                predicted[test] = make(features).fit(X[train], y[train]).predict(X[test])
            print(
                f"  {name:<22} {features:<22} accuracy {accuracy_score(y, predicted):.4f}   "
                f"h-F1 {hierarchical_f1_score(y, predicted):.4f}",
                flush=True,
            )


def report(name, clf, X, y, X_test, y_test):
    """Print a line: test scores, and answers that contradict the hierarchy."""
    start = time.perf_counter()
    clf.fit(X, y)
    taken = time.perf_counter() - start
    predicted = clf.predict(X_test)
    print(
        f"{name:<30} accuracy {accuracy_score(y_test, predicted):.4f}   "
        f"h-F1 {hierarchical_f1_score(y_test, predicted):.4f}   "
        f"contradictions {contradictions(clf, X_test):>4}   fit {taken:6.2f} s",
        flush=True,
    )


def contradictions(clf, X):
    """Count where a label is predicted, or more probable, and the one above it is not."""
    if not hasattr(clf, "hierarchy_"):
        return "-"  # it knows one level only
    answers = [clf.predict_indicator(X)]
    if hasattr(clf, "predict_proba"):
        answers.append(clf.predict_proba(X))
    return sum(clf.hierarchy_.count_violations(answer) for answer in answers)


def report_side_by_side(X, y, X_test, y_test):
    """Print a line of SVMs that decide about each label of both levels by itself."""
    encoder = HierarchyEncoder().fit(y)
    clf = make_pipeline(FEATURES[CHOSEN](), OneVsRestClassifier(LinearSVC()))
    start = time.perf_counter()
    clf.fit(X, encoder.transform(y))
    taken = time.perf_counter() - start
    predicted, true = clf.predict(X_test), encoder.transform(y_test)
    hits = (predicted & true).sum()
    print(
        f"{'a LinearSVC for each label':<30} "
        f"accuracy {(predicted == true).all(axis=1).mean():.4f}   "
        f"h-F1 {2 * hits / (predicted.sum() + true.sum()):.4f}   "
        f"contradictions {encoder.hierarchy_.count_violations(predicted):>4}   fit {taken:6.2f} s",
        flush=True,
    )


def main():
    """Print the table, or the search behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    print_machine()
    frame = read_data("trec")
    train, test = (frame[frame["split"] == split] for split in ("train", "test"))
    X, y = train["text"].to_numpy(dtype=object), train["fine_label"].to_numpy(dtype=object)
    X_test, y_test = test["text"].to_numpy(dtype=object), test["fine_label"].to_numpy(dtype=object)
    print(f"{len(X)} questions of {len(set(y))} kinds, {len(X_test)} test questions")
    if options.search:
        search(X, y)
        return
    report_side_by_side(X, y, X_test, y_test)
    for name, make in WAYS.items():
        for seed in range(options.seeds) if make is network else [None]:
            clf = make(CHOSEN) if seed is None else make(CHOSEN, seed)
            line = name if seed is None else f"{name}, seed {seed}"
            report(line, clf, X, y, X_test, y_test)


if __name__ == "__main__":
    main()
