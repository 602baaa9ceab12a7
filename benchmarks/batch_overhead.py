"""What a batch costs beside the mathematics: a loop by hand, skorch, and ours.

A linear model of 10 features and 3 classes, batches of 64, SGD, one thread: next to nothing to
compute, so that the time is what surrounds it. skorch gets a data set that fetches whole
batches; with its default one, row by row, it takes twice as long.
"""

import statistics
import time
from functools import partial

import numpy as np
import torch
from _report import print_machine
from skorch import NeuralNetClassifier

from sktext import TorchClassifier

N_FEATURES, N_CLASSES, BATCH, N_BATCHES, N_EPOCHS, N_TURNS = 10, 3, 64, 200, 10, 7
TRAINING = {
    "optimizer": torch.optim.SGD,
    "lr": 0.01,
    "batch_size": BATCH,
    "max_epochs": N_EPOCHS,
}


class WholeBatches(torch.utils.data.Dataset):
    """Rows that are fetched by the batch."""

    def __init__(self, X, y=None):
        self.X, self.y = torch.as_tensor(X), torch.as_tensor(y)

    def __len__(self):
        return len(self.X)

    def __getitems__(self, rows):
        return self.X[rows], self.y[rows]


def as_it_is(batch):
    """Leave a batch as the data set gave it."""
    return batch


def loop_by_hand(X, y):
    """Run a loop on batches that are cut beforehand; give the seconds of each epoch."""
    model, loss = torch.nn.Linear(N_FEATURES, N_CLASSES), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    parts = (torch.as_tensor(values).split(BATCH) for values in (X, y))
    batches = list(zip(*parts, strict=True))
    times = []
    for _ in range(N_EPOCHS):
        start = time.perf_counter()
        for rows, target in batches:
            optimizer.zero_grad()
            loss(model(rows), target).backward()
            optimizer.step()
        times.append(time.perf_counter() - start)
    return times


def skorch(X, y):
    """Fit skorch's net, with its history and without its table."""
    net = NeuralNetClassifier(
        torch.nn.Linear,
        module__in_features=N_FEATURES,
        module__out_features=N_CLASSES,
        criterion=torch.nn.CrossEntropyLoss,
        dataset=WholeBatches,
        iterator_train__collate_fn=as_it_is,
        iterator_train__shuffle=True,
        train_split=None,
        callbacks__print_log=None,
        **TRAINING,
    )
    return net.fit(X, y).history[:, "dur"]


def ours(X, y, **params):
    """Fit our classifier, with its history."""
    return TorchClassifier(random_state=0, **TRAINING, **params).fit(X, y).history_[:, "dur"]


def main():
    """Print the microseconds of a batch."""
    print_machine()
    torch.set_num_threads(1)
    rng = np.random.RandomState(0)
    X = rng.standard_normal((BATCH * N_BATCHES, N_FEATURES)).astype(np.float32)
    y = rng.randint(N_CLASSES, size=len(X))
    sides = {
        "loop by hand": loop_by_hand,
        "skorch, whole batches": skorch,
        "ours": ours,
        "ours, class weights": partial(ours, class_weight="balanced"),
    }
    turns = [[min(side(X, y)) for side in sides.values()] for _ in range(N_TURNS)]
    for name, times in zip(sides, zip(*turns, strict=True), strict=True):
        print(f"{name:<24} {statistics.median(times) / N_BATCHES * 1e6:6.0f} µs a batch")


if __name__ == "__main__":
    main()
