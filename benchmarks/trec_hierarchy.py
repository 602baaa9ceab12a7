"""Fifty kinds of questions in six classes: one network that never contradicts itself.

Next to it are a flat linear SVM on the same features, and a linear SVM for each class, asked
from the top down; then the same beside a frozen encoder, and that encoder fine-tuned, flat and for
the labels of both levels. "Classes" is the accuracy of the first level. Seconds are of the
processor. ``--search`` judges features by cross-validation of the training part.
"""

import argparse
from itertools import product

import numpy as np
import torch
from _minilm import minilm
from _report import cpu_seconds, print_machine, read_halves
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier, TransformerClassifier
from sktext.features import HybridVectorizer, SentenceEncoder
from sktext.meta import HierarchicalClassifier, LocalHierarchicalClassifier
from sktext.metrics import hierarchical_f1_score
from sktext.preprocessing import HierarchyEncoder

ENCODER = SentenceEncoder(minilm(), dtype="bfloat16", cache=True)
FEATURES = {
    "words": lambda: words((1, 2)),
    "words and characters": lambda: make_union(words((1, 2)), characters()),
    "shapes": lambda: shapes_of_words(),
    "shapes and characters": lambda: make_union(shapes_of_words(), characters()),
    "hybrid": lambda: HybridVectorizer(make_union(shapes_of_words(), characters()), ENCODER),
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


def flat_svm(features):
    """The labels of the last level side by side."""
    return make_pipeline(FEATURES[features](), LinearSVC())


def local_svms(features):
    """A classifier for the children of each label."""
    return LocalHierarchicalClassifier(flat_svm(features))


def network(features, seed=0):
    """One network for the labels of both levels."""
    inner = TfidfTorchClassifier(FEATURES[features](), (200,), 0.5, loss="mcm", random_state=seed)
    return HierarchicalClassifier(inner)


def fine_tuned(seed, epochs, **params):
    """The encoder, trained as well."""
    return TransformerClassifier(
        minilm(), dtype="bfloat16", max_epochs=epochs, random_state=seed, **params
    )


# Of a seed and a number of epochs.
WAYS = {
    "flat LinearSVC": lambda *_: flat_svm(CHOSEN),
    "top-down LinearSVC": lambda *_: local_svms(CHOSEN),
    "one network, loss mcm": lambda seed, _: network(CHOSEN, seed),
    "hybrid, flat LinearSVC": lambda *_: flat_svm("hybrid"),
    "hybrid, top-down LinearSVC": lambda *_: local_svms("hybrid"),
    "hybrid, network, mcm": lambda seed, _: network("hybrid", seed),
    "fine-tuned, flat": fine_tuned,
    "lora, flat": lambda *given: fine_tuned(*given, lora=True),
    "fine-tuned, loss bce": lambda *given: HierarchicalClassifier(fine_tuned(*given, loss="bce")),
    "fine-tuned, loss mcm": lambda *given: HierarchicalClassifier(fine_tuned(*given, loss="mcm")),
}
WITH_SEEDS = [name for name in WAYS if "LinearSVC" not in name]


def search(X, y):
    """Print the accuracy of each way and features on folds of the training part."""
    folds = list(KFold(5, shuffle=True, random_state=0).split(X))
    for make, features in product((flat_svm, local_svms, network), FEATURES):
        predicted = np.empty_like(y)
        for train, test in folds:
            predicted[test] = make(features).fit(X[train], y[train]).predict(X[test])
        print(
            f"  {make.__name__:<12} {features:<22} accuracy {accuracy_score(y, predicted):.4f}   "
            f"h-F1 {hierarchical_f1_score(y, predicted):.4f}",
            flush=True,
        )


def report(name, clf, X, y, X_test, y_test):
    """Print a line: test scores, and answers that contradict the hierarchy."""
    _, taken = cpu_seconds(lambda: clf.fit(X, y))
    predicted = clf.predict(X_test)
    print(
        f"{name:<30} accuracy {accuracy_score(y_test, predicted):.4f}   "
        f"classes {accuracy_score(first_level(y_test), first_level(predicted)):.4f}   "
        f"h-F1 {hierarchical_f1_score(y_test, predicted):.4f}   "
        f"contradictions {contradictions(clf, X_test):>4}   fit {taken:6.1f} s",
        flush=True,
    )


def first_level(labels):
    """Return the classes of kinds."""
    return [label.split(":")[0] for label in labels]


def contradictions(clf, X):
    """Count where a label is predicted, or more probable, and the one above it is not."""
    if not hasattr(clf, "hierarchy_"):
        return "-"  # it knows one level only
    methods = [name for name in ("predict_indicator", "predict_proba") if hasattr(clf, name)]
    return sum(clf.hierarchy_.count_violations(getattr(clf, name)(X)) for name in methods)


def report_side_by_side(X, y, X_test, y_test):
    """Print a line of SVMs that decide about each label of both levels by itself."""
    encoder = HierarchyEncoder().fit(np.append(y, y_test))  # a sample of y lacks some
    clf = make_pipeline(FEATURES[CHOSEN](), OneVsRestClassifier(LinearSVC()))
    _, taken = cpu_seconds(lambda: clf.fit(X, encoder.transform(y)))
    predicted, true = clf.predict(X_test), encoder.transform(y_test)
    hits = (predicted & true).sum()
    print(
        f"{'a LinearSVC for each label':<30} "
        f"accuracy {(predicted == true).all(axis=1).mean():.4f}   {'':<14}   "
        f"h-F1 {2 * hits / (predicted.sum() + true.sum()):.4f}   "
        f"contradictions {encoder.hierarchy_.count_violations(predicted):>4}   fit {taken:6.1f} s",
        flush=True,
    )


def main():
    """Print the table, or the search behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--epochs", type=int, default=4, help="of the encoder")
    parser.add_argument("--rows", type=int, help="the first ones only, to try the code")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print_machine()
    (X, y), (X_test, y_test) = read_halves("trec", "fine_label")
    data = X, y, *_ = np.array(X[: options.rows], object), y[: options.rows], X_test, y_test
    print(f"{len(X)} questions of {len(set(y))} kinds, {len(X_test)} test questions")
    if options.search:
        return search(X, y)
    report_side_by_side(*data)
    for name in options.ways:
        for seed in range(options.seeds if name in WITH_SEEDS else 1):
            title = f"{name}, seed {seed}" if name in WITH_SEEDS else name
            report(title, WAYS[name](seed, options.epochs), *data)


if __name__ == "__main__":
    main()
