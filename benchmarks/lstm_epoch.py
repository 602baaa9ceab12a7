"""An epoch of an LSTM on IMDB: batches of like length against rows padded to 400.

All sides train the same network from the same start weights with the same optimizer on the same
token ids, 32 texts a batch. Theirs are a plain torch loop over shuffled rows of a padded matrix,
and skorch's ``NeuralNetClassifier`` on that matrix, which needs two logits.
"""

import argparse
import statistics
import time
import warnings

import numpy as np
import skorch
import torch
import torch.nn.functional as F
from _report import print_machine, read_data

from sktext import LSTMClassifier
from sktext.features import WordTokenizer
from sktext.modules import TextRNN

WORDS = r"(?u)\w+(?:'\w+)*"
LENGTH, BATCH, N_WORDS, LR = 400, 32, 20_000, 0.001
SHAPE = {"embedding_dim": 128, "hidden_size": 128, "bidirectional": False, "pooling": "last"}
DROPOUT = {"dropout": 0.2, "token_dropout": 0.0}


def ours(texts, y, n_epochs, seed):
    """Give seconds and mean training loss of each epoch of the classifier."""
    clf = LSTMClassifier(
        **SHAPE,
        **DROPOUT,
        tokenizer=WordTokenizer(max_features=N_WORDS, token_pattern=WORDS),
        max_length=LENGTH,
        optimizer="adam",
        lr=LR,
        batch_size=BATCH,
        max_epochs=n_epochs,
        random_state=seed,
    ).fit(texts, y)
    return clf.history_[:, "dur"], clf.history_[:, "train_loss"]


def plain(ids, y, n_epochs, seed):
    """The same of a loop as one writes it by hand."""
    generator = torch.Generator().manual_seed(seed)
    network = TextRNN(N_WORDS + 2, 1, **SHAPE, **DROPOUT, seed=seed).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=LR, fused=True)
    y = torch.from_numpy(y).float()
    seconds, losses = [], []
    for _ in range(n_epochs):
        start, total = time.perf_counter(), 0.0
        for rows in torch.randperm(len(ids), generator=generator).split(BATCH):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(network(ids[rows])[:, 0], y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        seconds.append(time.perf_counter() - start)
        losses.append(total / len(ids))
    return seconds, losses


def by_skorch(ids, y, n_epochs, seed):
    """The same of skorch."""
    torch.manual_seed(seed)
    net = skorch.NeuralNetClassifier(
        TextRNN(N_WORDS + 2, 2, **SHAPE, **DROPOUT, seed=seed),
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=LR,
        batch_size=BATCH,
        max_epochs=n_epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    ).fit(ids, torch.from_numpy(y))
    return net.history[:, "dur"], net.history[:, "train_loss"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rows", type=int, default=25_000)
    options = parser.parse_args()
    print_machine()
    warnings.filterwarnings("ignore", message=".*max_length")
    reviews = read_data("imdb")
    reviews = reviews[reviews["split"] == "train"].sample(options.rows, random_state=0)
    texts, y = reviews["text"].tolist(), (reviews["label"] == "pos").to_numpy().astype(np.int64)
    rows = (
        WordTokenizer(max_features=N_WORDS, token_pattern=WORDS)
        .fit_transform(texts)
        .truncated(LENGTH, "right")
    )
    ids = torch.zeros(len(rows), LENGTH, dtype=torch.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.from_numpy(row.astype(np.int64))
    print(f"{len(rows)} reviews of {rows.lengths.mean():.0f} tokens, padded to {LENGTH}")
    sides = {"sktext": (ours, texts), "torch loop": (plain, ids), "skorch": (by_skorch, ids)}
    seconds = {name: [] for name in sides}
    for turn in range(options.turns):
        for name, (side, X) in sides.items():
            took, losses = side(X, y, options.epochs, seed=turn)
            seconds[name] += took
            shown = " ".join(f"{loss:.4f}" for loss in losses)
            print(f"{name:10} seconds an epoch {statistics.median(took):7.2f}   loss {shown}")
    for name in ("torch loop", "skorch"):
        ratios = [b / a for a, b in zip(seconds["sktext"], seconds[name], strict=True)]
        print(f"{name:10} takes {statistics.median(ratios):.2f} x as long as sktext (median)")
