"""Words, a CNN and a fine-tuned transformer together on TREC: do they make different mistakes?

Six classes and fifty kinds of questions, 500 test questions, of which one point of accuracy is
five. A vote is the mean of the probabilities, as of scikit-learn's VotingClassifier with
``voting="soft"``; each model is fitted once for all votes. "At least one" is the accuracy of
whoever knew which model to trust. Seconds are of the processor, on one thread.

    python benchmarks/trec_ensemble.py --labels label --models words cnn
"""

import argparse
from itertools import chain, combinations

import numpy as np
import torch
from _minilm import minilm
from _report import cpu_seconds, print_machine, read_halves
from sklearn.metrics import f1_score, log_loss

from sktext import CNNClassifier, TfidfTorchClassifier, TransformerClassifier
from sktext.features import FastTfidfVectorizer, HybridVectorizer, SentenceEncoder

# Marks count as words.
WORDS = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b|[^\w\s]"}


def words():
    """Words, marks and their pairs."""
    return FastTfidfVectorizer(sublinear_tf=True, dtype=np.float32, **WORDS)


def hybrid():
    """The same beside the vectors of the frozen encoder."""
    return HybridVectorizer(words(), SentenceEncoder(minilm(), dtype="bfloat16", cache=True))


# Of a seed and the number of epochs of the encoder.
MODELS = {
    "words": lambda seed, _: TfidfTorchClassifier(words(), random_state=seed),
    "cnn": lambda seed, _: CNNClassifier(
        (1, 2, 3), pooling="max", max_epochs=10, random_state=seed
    ),
    "hybrid": lambda seed, _: TfidfTorchClassifier(hybrid(), random_state=seed),
    "fine-tuned": lambda seed, epochs: TransformerClassifier(
        minilm(), dtype="bfloat16", max_epochs=epochs, random_state=seed
    ),
}


def report(name, proba, classes, y, taken):
    """Print the scores of probabilities, and return which questions are answered well."""
    known = np.isin(y, classes)  # all of them, but of a sample
    predicted, probability = classes[proba.argmax(axis=1)], proba[known]
    print(
        f"  {name:<36} accuracy {np.mean(predicted == y):.4f}   "
        f"macro F1 {f1_score(y, predicted, average='macro', zero_division=0):.4f}   "
        f"log loss {log_loss(y[known], probability, labels=classes):.4f}   {taken:6.1f} CPU s",
        flush=True,
    )
    return predicted == y


def compare(names, seed, epochs, X, y, X_test, y_test):
    """Print a line for each model and each vote."""
    proba, taken, right = {}, {}, {}
    for name in names:
        clf = MODELS[name](seed, epochs)
        proba[name], taken[name] = cpu_seconds(lambda clf=clf: clf.fit(X, y).predict_proba(X_test))
        right[name] = report(name, proba[name], clf.classes_, y_test, taken[name])
    sizes = range(2, len(names) + 1)
    for vote in chain.from_iterable(combinations(names, size) for size in sizes):
        mean = np.mean([proba[name] for name in vote], axis=0)
        report(" + ".join(vote), mean, clf.classes_, y_test, sum(taken[name] for name in vote))
    at_least_one = np.any([right[name] for name in names], axis=0).mean()
    print(f"  {'at least one of them':<36} accuracy {at_least_one:.4f}")


def main():
    """Print a table for the classes and one for the kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", nargs="+", default=["label", "fine_label"])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=4, help="of the encoder")
    parser.add_argument("--rows", type=int, help="the first ones only, to try the code")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print_machine()
    for label in options.labels:
        (X, y), test = read_halves("trec", label)
        data = X[: options.rows], y[: options.rows], *test
        for seed in range(options.seeds):
            print(f"\n{label}: {len(set(data[1]))} of them, seed {seed}")
            compare(options.models, seed, options.epochs, *data)


if __name__ == "__main__":
    main()
