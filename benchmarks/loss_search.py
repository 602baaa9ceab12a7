"""A grid of 24 losses, class weights and step sizes on IMDB: LossSearchCV and GridSearchCV.

Linear models on TF-IDF of the 25,000 training reviews, three folds, F1. The other sides are
GridSearchCV over our classifier, with ``memory`` for its features, and over a pipeline of
TfidfVectorizer and a skorch net with the same loss and optimizer, which reads a sparse matrix
row by row. As these take long, some of their fits are timed and the rest is scaled up; the
output says so. Eight convolutional and eight fastText networks on some of the reviews follow.
Processor seconds are printed next to seconds, for machines that are shared.

``--ours`` times LossSearchCV alone, to compare two versions of it in a minute or two.
"""

import sys
import tempfile
import time
import warnings

import numpy as np
import torch
from _report import print_machine, read_halves
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV, ParameterGrid, StratifiedKFold
from sklearn.pipeline import make_pipeline
from skorch import NeuralNetBinaryClassifier

from sktext import CNNClassifier, FastTextClassifier, TfidfTorchClassifier
from sktext.losses import FocalLoss
from sktext.model_selection import LossSearchCV

GRID = {
    "loss__gamma": [0.5, 1.0, 2.0, 5.0],
    "class_weight": [None, {"pos": 2.0}],
    "lr": [0.3, 0.6, 1.0],
}
N_CANDIDATES = len(ParameterGrid(GRID))
# What GridSearchCV is timed on, spread over the grid.
TIMED = list(ParameterGrid(GRID))[::11]
FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
EPOCHS = 10
# Of networks of tokens, on so many reviews of at most so many tokens.
NETWORK_GRID = {
    "loss__gamma": [1.0, 2.0],
    "class_weight": [None, {"pos": 2.0}],
    "lr": [0.02, 0.05],
}
N_TEXTS = 1000
MAX_LENGTH = 200
N_TURNS = 5
# Settings of all searches.
HOW = {"scoring": "f1_macro", "refit": False, "cv": FOLDS}


def timed(search, texts, labels):
    """Fit a search; give seconds and processor seconds."""
    start = time.perf_counter(), time.process_time()
    search.fit(texts, labels)
    return np.array([time.perf_counter() - start[0], time.process_time() - start[1]])


def singles(candidates):
    """Turn candidates into a grid of them."""
    return [{name: [value] for name, value in params.items()} for params in candidates]


def search_with_memory(classifier, texts, labels):
    """Time GridSearchCV over our classifier: the features once, then some candidates."""
    with tempfile.TemporaryDirectory() as folder:
        classifier = classifier.set_params(memory=folder)
        first = timed(GridSearchCV(classifier, singles(TIMED[:1]), **HOW), texts, labels)
        search = GridSearchCV(classifier, singles(TIMED), **HOW)
        each = timed(search, texts, labels) / len(TIMED)
    return search, first + (N_CANDIDATES - 1) * each


class Linear(torch.nn.Module):
    """The linear model as a skorch user writes it."""

    def __init__(self, n_features):
        super().__init__()
        self.layer = torch.nn.Linear(n_features, 1)

    def forward(self, x):
        """Map rows to logits."""
        return self.layer(x)[:, 0]


def both_classes(logits):
    """Turn logits into the probabilities of both classes."""
    return torch.stack([(-logits).sigmoid(), logits.sigmoid()], dim=1)


def time_skorch(texts, labels):
    """Time a skorch net in a pipeline on one fold, and scale to the search."""
    train, test = next(FOLDS.split(texts, labels))
    vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32)
    n_features = len(TfidfVectorizer().fit([texts[i] for i in train]).vocabulary_)
    net = NeuralNetBinaryClassifier(
        Linear,
        module__n_features=n_features,
        criterion=FocalLoss,
        criterion__gamma=2.0,
        optimizer=torch.optim.Adagrad,
        lr=0.3,
        max_epochs=EPOCHS,
        batch_size=128,
        iterator_train__shuffle=True,
        train_split=None,
        predict_nonlinearity=both_classes,
        verbose=0,
    )
    search = GridSearchCV(
        make_pipeline(vectorizer, net),
        {},
        scoring="f1_macro",
        refit=False,
        cv=[(train, test)],
    )
    seconds = timed(search, texts, (labels == "pos").astype(np.float32))
    return seconds * N_CANDIDATES * FOLDS.get_n_splits()


def check_equal(own, theirs):
    """Check that the scores of the candidates that both have are equal."""
    scores = dict(zip(map(str, own["params"]), own["mean_test_score"], strict=True))
    differences = [
        abs(scores[str(params)] - score)
        for params, score in zip(theirs["params"], theirs["mean_test_score"], strict=True)
    ]
    assert max(differences) <= 1e-5, differences
    print(f"scores of {len(differences)} candidates are equal to {max(differences):.1e}")


def show(what, times, own=None):
    """Print medians of seconds and processor seconds, and how many times our search they are."""
    ratios = ""
    if own is not None:
        ratios = "{:8.1f} x {:8.1f} x".format(*np.median(np.divide(times, own), axis=0))
    seconds, processor = np.median(times, axis=0)
    print(f"{what:<58} {seconds:9.1f} s {processor:9.1f} s {ratios}", flush=True)


def compare_networks(texts, labels):
    """Print the comparison for networks of tokens."""
    rows = np.random.RandomState(0).permutation(len(texts))[:N_TEXTS]
    texts, labels = [texts[i] for i in rows], labels[rows]
    n_candidates = len(ParameterGrid(NETWORK_GRID))
    for kind in (CNNClassifier, FastTextClassifier):
        print(f"-- {kind.__name__}: {n_candidates} candidates, {N_TEXTS} texts")
        classifier = kind(
            loss="focal", max_length=MAX_LENGTH, max_epochs=3, device="cpu", random_state=0
        )
        own = LossSearchCV(classifier, NETWORK_GRID, **HOW)
        theirs = GridSearchCV(classifier, NETWORK_GRID, **HOW)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Texts of more than max_length")
            seconds, others = ([timed(search, texts, labels)] for search in (own, theirs))
        show("LossSearchCV, once", seconds)
        check_equal(own.cv_results_, theirs.cv_results_)
        show("GridSearchCV, once", others, seconds)


def time_ours(texts, labels):
    """Print the times of LossSearchCV alone, with linear models."""
    for optimizer in ("adagrad", "auto"):
        own = LossSearchCV(linear(optimizer), GRID, **HOW)
        show(f"LossSearchCV, optimizer={optimizer!r}", [timed(own, texts, labels) for _ in "abc"])


def linear(optimizer):
    """Make the linear model of the searches."""
    return TfidfTorchClassifier(
        loss="focal", optimizer=optimizer, max_epochs=EPOCHS, random_state=0
    )


def main():
    """Print the comparison for both kinds of optimizer, and for networks of tokens."""
    print_machine()
    (texts, labels), _ = read_halves("imdb")
    torch.optim.SGD([torch.zeros(1)])  # the first optimizer of a process imports for seconds
    print(f"{N_CANDIDATES} candidates x {FOLDS.get_n_splits()} folds: seconds, processor seconds")
    if "--ours" in sys.argv:
        time_ours(texts, labels)
        return
    for optimizer in ("adagrad", "auto"):
        print(f"-- optimizer={optimizer!r}")
        classifier = linear(optimizer)
        own = LossSearchCV(classifier, GRID, **HOW)
        ours, others, skorch = [], [], []
        for _ in range(N_TURNS):
            ours.append(timed(own, texts, labels))
            theirs, seconds = search_with_memory(clone(classifier), texts, labels)
            others.append(seconds)
            if optimizer == "adagrad":
                skorch.append(time_skorch(texts, labels))
        check_equal(own.cv_results_, theirs.cv_results_)
        show("LossSearchCV", ours)
        show(f"GridSearchCV, memory= ({len(TIMED)} candidates timed, scaled)", others, ours)
        if skorch:
            show("GridSearchCV, skorch (1 fit timed, scaled)", skorch, ours)
    compare_networks(texts, labels)


if __name__ == "__main__":
    main()
