"""Many outputs on a wide matrix: ways to train 90 labels on Reuters, seconds and scores.

Unigrams against one-versus-rest LinearSVC, and unigrams with bigrams (110,000 features, ten
million weights), where a dense optimizer walks the whole table in every batch.
"""

import numpy as np
from _multilabel import f1, read_label_matrix
from _report import print_machine, seconds
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from sktext import TorchClassifier

WAYS = {
    "auto": {},
    "lbfgs": {"optimizer": "lbfgs"},
    "adagrad, row-sparse": {"optimizer": "adagrad"},
    "sgd, row-sparse": {"optimizer": "sgd", "lr": 10.0},
    "adamw, dense": {"optimizer": "adamw"},
    "adagrad, 64 hidden units": {"optimizer": "adagrad", "hidden_layer_sizes": (64,)},
    "adamw, 64 hidden units": {"optimizer": "adamw", "hidden_layer_sizes": (64,)},
}


def report(name, model, train, test, y_train, y_test):
    """Fit a model and print a line."""
    elapsed = seconds(lambda: model.fit(train, y_train))
    micro, macro = f1(y_test, model.predict(test))
    print(
        f"  {name:<28} {elapsed:7.2f} s   micro F1 {micro:.3f}   macro F1 {macro:.3f}", flush=True
    )


def main():
    """Print the tables."""
    print_machine()
    texts, labels, split, _ = read_label_matrix("reuters_r90")
    is_train = split == "train"
    TorchClassifier().fit(np.eye(4), [0, 1, 0, 1])  # torch loads its optimizers once
    for ngrams in ((1, 1), (1, 2)):
        vectorizer = TfidfVectorizer(
            sublinear_tf=True, min_df=2, ngram_range=ngrams, dtype=np.float32
        )
        train = vectorizer.fit_transform(texts[is_train])
        test = vectorizer.transform(texts[~is_train])
        sides = train, test, labels[is_train], labels[~is_train]
        print(f"n-grams {ngrams}: {train.shape[0]} x {train.shape[1]}, 90 labels, ten epochs")
        report("one-versus-rest LinearSVC", OneVsRestClassifier(LinearSVC()), *sides)
        for name, params in WAYS.items():
            report(name, TorchClassifier(random_state=0, **params), *sides)


if __name__ == "__main__":
    main()
