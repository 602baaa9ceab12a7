"""Losses for a long tail of labels on Reuters-90: networks x losses x thresholds.

The published figures (Huang et al., EMNLP 2021, https://arxiv.org/abs/2109.04712) are of one
threshold for all labels, chosen on 1,000 held-out texts. Here each loss is shown with its own
threshold, with one for all labels, and with one for each label. Head, medium and tail are
labels of at least 35, of 9 to 34, and of at most 8 training texts.

Thresholds of TF-IDF nets are of five folds, and the net is fitted on all texts at last. The
networks, which take longer, hold out 1,000 texts and are fitted once. Seconds are of processors,
of all fits and the search.
"""

import argparse
import time
import warnings

import numpy as np
from _multilabel import figures, line, read_label_matrix, tune
from _report import print_machine
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import KFold, ShuffleSplit

from sktext import CNNClassifier, LSTMClassifier, TfidfTorchClassifier
from sktext.losses import LOSSES, DistributionBalancedLoss, HingeLoss

# What says the same as another one, or needs a hierarchy, or has parts to be named.
LEFT_OUT = {"cross_entropy", "distribution_balanced", "mcm", "hierarchical", "combined"}
VARIANTS = ("R-FL", "NTR-FL", "DB-0FL", "DB", "CB-FL", "CB-NTR")
THRESHOLDS = {"own": None, "global": "global", "per label": "micro_macro"}
PUBLISHED = {
    "SVM on TF-IDF": (87.60, 51.63, 89.87, 78.47, 66.92, 61.00, 22.54, 13.83),
    "BERT, bce": (89.14, 47.32, 91.75, 82.81, 66.28, 57.26, 0.00, 0.00),
    "BERT, focal": (89.97, 56.83, 91.83, 82.64, 76.16, 70.63, 27.40, 15.37),
    "BERT, R-FL": (89.47, 54.35, 91.59, 80.39, 72.86, 66.69, 25.00, 14.22),
    "BERT, NTR-FL": (90.70, 60.70, 92.37, 82.65, 79.35, 75.34, 39.51, 22.33),
    "BERT, DB-0FL": (89.45, 57.98, 91.21, 82.05, 77.33, 71.11, 31.17, 19.05),
    "BERT, CB-FL": (89.23, 52.96, 91.56, 80.44, 71.64, 66.61, 23.08, 9.93),
    "BERT, CB-NTR": (90.74, 63.31, 92.46, 83.28, 78.42, 72.98, 46.32, 32.31),
    "BERT, DB": (90.62, 64.47, 92.14, 83.48, 80.25, 77.01, 48.89, 31.39),
}


def make_losses():
    """Make every loss for several labels, by the name it has in the table."""
    losses = {name: loss() for name, loss in LOSSES.items() if name not in LEFT_OUT}
    losses = {name: loss for name, loss in losses.items() if "multilabel" in loss.tasks}
    losses["squared hinge"] = losses["hinge"]
    losses["hinge"] = HingeLoss(p=1)
    return losses | {name: DistributionBalancedLoss(name) for name in VARIANTS}


def tfidf(loss, seed):
    """A linear model on words."""
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, min_df=2, stop_words="english", dtype=np.float32
    )
    # Without a pull to zero, decisions of the squared hinge have no scale: C=1 of LinearSVC.
    decay = 1.3e-4 if isinstance(loss, HingeLoss) and loss.p == 2 else "auto"
    return TfidfTorchClassifier(vectorizer, loss=loss, weight_decay=decay, random_state=seed)


def cnn(loss, seed):
    """A convolutional network."""
    return CNNClassifier(loss=loss, lr=0.15, max_epochs=10, random_state=seed)


def label_attention(loss, seed):
    """A recurrent network with a mean of its states for each label."""
    return LSTMClassifier(
        pooling="label_attention",
        bidirectional=True,
        loss=loss,
        max_epochs=8,
        random_state=seed,
    )


NETS = {"tfidf": tfidf, "cnn": cnn, "label_attention": label_attention}


def by_folds(make, X, y, X_test, seed):
    """Score the rows of five folds, and test rows by a model of all rows."""
    splits = list(KFold(5, shuffle=True, random_state=seed).split(X))
    scores = np.empty(y.shape)
    for train, test in splits:
        scores[test] = make().fit(X[train], y[train]).decision_function(X[test])
    return splits, scores, make().fit(X, y).decision_function(X_test)


def by_hold_out(make, X, y, X_test, seed):
    """Score 1,000 held-out rows, and test rows, by a model of the others."""
    ((train, held),) = ShuffleSplit(1, test_size=1000, random_state=seed).split(X)
    clf = make().fit(X[train], y[train])
    scores = np.full(y.shape, np.nan)
    scores[held] = clf.decision_function(X[held])
    return [(train, held)], scores, clf.decision_function(X_test)


def report(net, loss_name, loss, seed, data):
    """Print a line for each way to threshold."""
    X, y, X_test, y_test = data
    score = by_folds if net == "tfidf" else by_hold_out
    start = time.process_time()
    splits, scores, test_scores = score(lambda: NETS[net](loss, seed), X, y, X_test, seed)
    fitted = time.process_time() - start
    for name, strategy in THRESHOLDS.items():
        start = time.process_time()
        if strategy is None:
            predicted = (test_scores > 0).astype(int)
        else:
            predicted = tune(scores, y, splits, strategy).predict(test_scores)
        taken = fitted + time.process_time() - start
        print(line(f"{net}, {loss_name}, {name}", figures(y, y_test, predicted)), end="")
        print(f"  {taken:5.0f} s, seed {seed}", flush=True)


def main():
    """Print the table."""
    losses = make_losses()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", nargs="+", choices=NETS, default=["tfidf"])
    parser.add_argument("--losses", nargs="+", choices=losses, default=list(losses))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    print_machine()
    warnings.filterwarnings("ignore", message=".*max_length")
    warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
    X, y, split, _ = read_label_matrix("reuters_r90")
    train = split == "train"
    data = X[train], y[train], X[~train], y[~train]
    print(f"{train.sum()} training and {(~train).sum()} test texts, {y.shape[1]} labels")
    print(f"{'F1, percent: micro and macro of':<46} all labels   head         medium       tail")
    for name, values in PUBLISHED.items():
        print(line(f"published: {name}", values))
    for net in options.nets:
        for name in options.losses:
            for seed in range(options.seeds):
                report(net, name, losses[name], seed, data)


if __name__ == "__main__":
    main()
