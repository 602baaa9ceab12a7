"""Margin loss against cross-entropy on IMDB: the table of an article of 2017, and our defaults.

Jianlin Su, "Text sentiment classification (4): a better loss function", 30 March 2017, trains an
LSTM and a CNN with each loss and finds the margin loss a little better and steadier. Here with
the article's settings, several seeds, and the test accuracy after each epoch.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from _report import print_machine, read_halves

from sktext import CNNClassifier, LSTMClassifier
from sktext.features import WordTokenizer
from sktext.losses import MarginCELoss

WORDS = r"(?u)\w+(?:'\w+)*"
LOSSES = {"margin": MarginCELoss(margin=0.6), "cross-entropy": "cross_entropy"}
SETTINGS = {
    "LSTM": LSTMClassifier(
        hidden_size=128,
        embedding_dim=128,
        bidirectional=False,
        pooling="last",
        dropout=0.2,
        token_dropout=0.0,
        recurrent_dropout=0.2,
        tokenizer=WordTokenizer(max_features=20_000, token_pattern=WORDS),
        max_length=80,
        truncating="left",
        max_epochs=15,
    ),
    "CNN": CNNClassifier(
        kernel_sizes=(3,),
        n_filters=250,
        pooling="max",
        n_buckets=0,
        hidden_size=250,
        dropout=0.2,
        embedding_dropout=0.2,
        embedding_dim=50,
        tokenizer=WordTokenizer(max_features=5_000, token_pattern=WORDS),
        max_length=400,
        truncating="left",
        max_epochs=10,
    ),
}
PUBLISHED = {
    ("LSTM", "margin"): 82.26,
    ("LSTM", "cross-entropy"): 81.02,
    ("CNN", "margin"): 88.24,
    ("CNN", "cross-entropy"): 88.14,
}


def accuracies(name, loss, seed, train, test):
    """Train once and give the test accuracy after each epoch, in percent."""
    clf = SETTINGS[name].set_params(
        loss=loss, optimizer="adam", lr=0.001, batch_size=32, scoring="accuracy", random_state=seed
    )
    with warnings.catch_warnings():  # that texts are cut is what is asked for
        warnings.filterwarnings("ignore", message=".*max_length")
        clf.fit(*train, X_val=test[0], y_val=test[1])
    return [100 * score for score in clf.history_[:, "valid_score"]]


def summary(name, loss, runs):
    """Say what several runs came to.

    Fluctuation is the mean step, up or down, from one epoch to the next, over the second half.
    """
    runs = np.array(runs)
    last, half = runs[:, -1], runs[:, runs.shape[1] // 2 :]
    spread = last.std(ddof=1) if len(last) > 1 else 0.0
    steps = np.abs(np.diff(half, axis=1)).mean(axis=1)
    return (
        f"{name:5} {loss:14} last epoch {last.mean():.2f} +- {spread:.2f}   "
        f"best epoch {runs.max(axis=1).mean():.2f}   fluctuation {steps.mean():.2f}   "
        f"published {PUBLISHED[name, loss]:.2f}   seeds {len(runs)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", default=list(SETTINGS), help="LSTM, CNN or both")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--out", type=Path, help="file to keep the accuracies of every epoch in")
    options = parser.parse_args()
    print_machine()
    train, test = read_halves("imdb")
    found = {}
    for name in options.networks:
        for seed in options.seeds:
            for loss in LOSSES:
                start = time.perf_counter()
                scores = accuracies(name, LOSSES[loss], seed, train, test)
                found.setdefault(f"{name} {loss}", []).append(scores)
                shown = " ".join(f"{score:.2f}" for score in scores)
                seconds = time.perf_counter() - start
                print(f"{name} {loss} seed {seed} ({seconds:.0f} s): {shown}", flush=True)
                if options.out:
                    options.out.write_text(json.dumps(found))
        for loss in LOSSES:
            print(summary(name, loss, found[f"{name} {loss}"]), flush=True)
