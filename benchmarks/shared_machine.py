"""Fits and predictions beside busy processes: sktext's choice of threads, one, two, scikit-learn.

"own" is what a user gets; "one" is ``torch.set_num_threads(1)``; "two" keeps torch on two threads
all the time, as plain torch does. scikit-learn's pipeline stands in each part as the other side.
"""

import argparse
import functools
import os
import subprocess
import sys
import time
import warnings

import joblib
import numpy as np
import torch
from _report import print_machine, read_data
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
    _threads,
)
from sktext.datasets import make_imbalanced_texts
from sktext.modules import TextCNN

BUSY = [sys.executable, "-c", "while True: pass"]
GRID = {"class_weight": [None, "balanced"], "weight_decay": [1e-6, 1e-5, 1e-4]}


def classifiers(n_epochs):
    """Make one of each kind."""
    few = {"max_epochs": n_epochs, "random_state": 0}
    return {
        "TF-IDF, L-BFGS": TfidfTorchClassifier(random_state=0),
        "TF-IDF, Adagrad": TfidfTorchClassifier(optimizer="adagrad", **few),
        "TF-IDF, 64 hidden": TfidfTorchClassifier(hidden_layer_sizes=(64,), **few),
        "TorchClassifier": make_pipeline(TfidfVectorizer(), TorchClassifier(random_state=0)),
        "FastText": FastTextClassifier(**few),
        "CNN": CNNClassifier(**few),
        "LSTM": LSTMClassifier(**few),
        "self-attention": SelfAttentionClassifier(**few),
        "ModuleClassifier": ModuleClassifier(
            functools.partial(TextCNN, embedding_dim=64, n_filters=64), **few
        ),
        "scikit-learn": make_pipeline(TfidfVectorizer(), LogisticRegression()),
    }


def timed(estimator, texts, labels):
    """Give the seconds of a fit and of a prediction."""
    start = time.perf_counter()
    estimator = clone(estimator).fit(texts, labels)
    middle = time.perf_counter()
    estimator.predict(texts)
    return middle - start, time.perf_counter() - middle


class PlainTorch:
    """Switches sktext's choice off: torch uses the number it was given, all the time."""

    def __enter__(self):
        self.set_own, self.look = _threads.set_own_threads, _threads.Team.look
        _threads.set_own_threads = lambda n_threads, for_products=1: for_products
        _threads.Team.look = lambda team, is_large=False: None

    def __exit__(self, *error):
        _threads.set_own_threads, _threads.Team.look = self.set_own, self.look


def side(name, function):
    """Run a function as one of the three sides."""
    torch.set_num_threads(1 if name == "one" else joblib.cpu_count())
    if name != "two":
        return function()
    with PlainTorch():
        return function()


def compare(what, function, sides, turns):
    """Print the least seconds of each side over some turns."""
    best = {}
    for _ in range(turns):
        for name in sides:
            found = np.array(side(name, function))
            best[name] = np.minimum(best.get(name, np.inf), found)
    shown = ["/".join(f"{value:7.3f}" for value in np.atleast_1d(best[name])) for name in sides]
    print(f"{what:<20} " + "   ".join(shown), flush=True)


def search(n_jobs, texts, labels):
    """Give the seconds of a grid search of six candidates on three folds."""
    start = time.perf_counter()
    clf = TfidfTorchClassifier(random_state=0)
    GridSearchCV(clf, GRID, cv=3, n_jobs=n_jobs).fit(texts[:400], labels[:400])
    return time.perf_counter() - start


def main():
    """Print the table of each number of busy processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2, 4])
    parser.add_argument("--kinds", nargs="+", default=None)
    parser.add_argument("--sides", nargs="+", default=["own", "one", "two"])
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--no-search", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print_machine()
    texts, labels = make_imbalanced_texts(
        options.texts, n_classes=4, imbalance=5, difficulty=0.3, random_state=0
    )
    data = {"generated": (texts, labels)}
    if os.environ.get("SKTEXT_DATA"):
        frame = read_data("sms_spam").head(options.texts)
        data["SMS"] = frame["text"].tolist(), frame["label"].to_numpy()
    kinds = classifiers(options.epochs)
    for estimator in kinds.values():  # torch loads its optimizers in the first fit
        clone(estimator).fit(texts[:100], labels[:100])
    for n_busy in options.busy:
        busy = [subprocess.Popen(BUSY) for _ in range(n_busy)]
        try:
            for name, rows in data.items():
                print(f"{n_busy} busy, {options.texts} {name} texts, fit/predict in seconds:")
                print(" " * 21 + "   ".join(f"{one:^15}" for one in options.sides))
                for kind in options.kinds or kinds:
                    job = functools.partial(timed, kinds[kind], *rows)
                    compare(kind, job, options.sides, options.turns)
            for n_jobs in () if options.no_search else (None, 2):
                search(n_jobs, texts, labels)  # workers start
                job = functools.partial(search, n_jobs, texts, labels)
                compare(f"grid, n_jobs={n_jobs}", job, options.sides, options.turns)
        finally:
            for process in busy:
                process.kill()


if __name__ == "__main__":
    main()
