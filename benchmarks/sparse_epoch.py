"""One epoch and one prediction on a sparse matrix, against skorch on the same network.

10,000 rows, 50,000 columns, 60 values a row with Zipf-distributed columns; batches of 128,
shuffled; a linear model and one with 32 hidden units, by SGD and by Adam.
"""

import ctypes
import gc
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from _report import compare, print_machine
from scipy import sparse
from skorch import NeuralNetClassifier

from sktext import TorchClassifier

N_ROWS, N_COLUMNS, N_VALUES = 10_000, 50_000, 60
HIDDEN = 32


def make_matrix(dtype=np.float32):
    """Make the CSR matrix: distinct Zipf-distributed columns in every row."""
    rng = np.random.RandomState(0)
    chance = 1 / np.arange(1, N_COLUMNS + 1)
    cumulative = np.cumsum(chance / chance.sum())
    columns = []
    for _ in range(N_ROWS):
        drawn = np.unique(np.searchsorted(cumulative, rng.uniform(size=6 * N_VALUES)))
        columns.append(np.sort(rng.choice(drawn.clip(max=N_COLUMNS - 1), N_VALUES, replace=False)))
    indptr = np.arange(0, N_ROWS * N_VALUES + 1, N_VALUES)
    values = rng.uniform(size=N_ROWS * N_VALUES).astype(dtype)
    matrix = sparse.csr_matrix((values, np.concatenate(columns), indptr), (N_ROWS, N_COLUMNS))
    return matrix, rng.randint(2, size=N_ROWS)


class Network(torch.nn.Module):
    """The network as a skorch user writes it."""

    def __init__(self, hidden):
        super().__init__()
        sizes = [N_COLUMNS, hidden, 2] if hidden else [N_COLUMNS, 2]
        layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
        self.layers = torch.nn.ModuleList(layers)

    def forward(self, x):
        """Map rows to logits."""
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def make_skorch(optimizer, hidden):
    """Make the skorch net."""
    return NeuralNetClassifier(
        Network,
        module__hidden=hidden,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=optimizer,
        lr=0.01,
        max_epochs=1,
        batch_size=128,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    ).initialize()


def make_ours(optimizer, hidden, **params):
    """Make our classifier of the same network."""
    return TorchClassifier(
        hidden_layer_sizes=(hidden,) if hidden else (),
        optimizer=optimizer,
        lr=0.01,
        max_epochs=1,
        batch_size=128,
        warm_start=True,
        random_state=0,
        **params,
    )


def memory(field):
    """Read a figure of this process in MiB: VmRSS now, VmHWM since the last reset (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def reset_peak():
    """Give free memory back to the system and start a new peak."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")


def print_memory(optimizer, hidden):
    """Print the memory that a fit and a prediction add, in a process of its own."""
    X, y = make_matrix()
    make_ours(optimizer, hidden).fit(X[:256, :64], y[:256]).predict(X[:256, :64])  # load libraries
    ours = make_ours(optimizer, hidden)
    reset_peak()
    before = memory("VmRSS")
    ours.fit(X, y)
    ours.predict_proba(X)
    added = memory("VmHWM") - before
    matrix = (X.data.nbytes + X.indices.nbytes + X.indptr.nbytes) / 2**20
    # Any training of this network holds its weights, their gradient and the optimizer's state.
    n_weights = sum(weight.numel() for weight in ours.net_.module_.parameters())
    n_copies = {"sgd": 1, "adagrad": 2, "adam": 4, "lbfgs": 4 + 2 * 10}[optimizer]
    network = n_copies * n_weights * 4 / 2**20
    print(
        f"  {optimizer}, {hidden or 'no'} hidden units: matrix {matrix:.1f} MiB, added peak "
        f"{added:.1f} MiB, of which network and optimizer {network:.1f} MiB; "
        f"the rest is {(added - network) / matrix:.2f} x the matrix"
    )


def main():
    """Print the comparison."""
    print_machine()
    X, y = make_matrix()
    for hidden in (HIDDEN, 0):
        for name, optimizer in (("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)):
            theirs = make_skorch(optimizer, hidden)
            ours = make_ours(name, hidden).fit(X, y)
            label = f"{name}, {hidden or 'no'} hidden units"
            compare(
                f"epoch, {label}",
                lambda ours=ours: ours.fit(X, y),
                lambda theirs=theirs: theirs.partial_fit(X, y),
            )
            compare(
                f"predict_proba, {label}",
                lambda ours=ours: ours.predict_proba(X),
                lambda theirs=theirs: theirs.predict_proba(X),
            )
    # The C library keeps freed blocks for later; told not to, the figure is what is in use.
    for title, threshold in (("in use", {"MALLOC_MMAP_THRESHOLD_": "65536"}), ("as it comes", {})):
        print(f"peak memory, {title}")
        for optimizer, hidden in (("sgd", 0), ("adam", 0), ("lbfgs", 0), ("sgd", 32), ("adam", 32)):
            command = [sys.executable, __file__, optimizer, str(hidden)]
            subprocess.run(command, check=True, env=os.environ | threshold)


if __name__ == "__main__":
    print_memory(sys.argv[1], int(sys.argv[2])) if sys.argv[1:] else main()
