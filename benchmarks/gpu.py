"""What a CUDA device does: bytes against bandwidth, networks in half precision, searches.

Rows and texts are made here, with Zipf-distributed words. A time is the median of the epochs
after the first, each measured until the device is done. ``--device cpu --small`` tries the
code where there is no such device; its figures mean nothing.
"""

import argparse
import datetime
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from _report import print_machine
from scipy import sparse
from skorch.callbacks import Callback
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from sktext import CNNClassifier, LSTMClassifier, TorchClassifier
from sktext._buckets import bucketed_order
from sktext.model_selection import LossSearchCV

SIZES = {
    "mib": 1024,
    "rows": 25_000,
    "columns": 100_000,
    "values": 200,
    "hidden": 32,
    "texts": 25_000,
    "words": 20_000,
    "epochs": 4,
    "batch_size": 128,
}
SMALL = SIZES | {"mib": 16, "rows": 400, "columns": 1000, "values": 20, "texts": 200, "words": 300}
SMALL |= {"epochs": 2, "batch_size": 32}
MOST_TOKENS, SIZE = 400, 64
# Optimizer, and how many numbers it keeps for each weight. One that is told to be fused reads
# all weights at each step, else Adagrad and SGD read those of the words of a batch.
OPTIMIZERS = {
    "sgd": ("sgd", 0),
    "adagrad": ("adagrad", 1),
    "adagrad, all weights": (partial(torch.optim.Adagrad, eps=1e-7, fused=True), 1),
    "adam": ("adam", 2),
}
BY_ROWS = ("sgd", "adagrad")


def now(device):
    """Wait for the device, and read the clock."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def timed(device, function):
    """Give the seconds of one call."""
    start = now(device)
    function()
    return now(device) - start


class Clock(Callback):
    """Writes the seconds of each epoch into the history, once the device is done."""

    def on_epoch_begin(self, net, **kwargs):
        self.start_ = now(net.torch_device)

    def on_epoch_end(self, net, **kwargs):
        net.history.record("seconds", now(net.torch_device) - self.start_)


def epoch_seconds(classifier, X, y):
    """Train; give the median of the epochs after the first, and the peak of memory in MiB."""
    on_device = torch.device(classifier.device).type == "cuda"
    if on_device:
        torch.cuda.reset_peak_memory_stats(classifier.device)
    history = classifier.set_params(callbacks=[Clock()], random_state=0).fit(X, y).history_
    peak = torch.cuda.max_memory_allocated(classifier.device) / 2**20 if on_device else np.nan
    return statistics.median(history[1:, "seconds"]), peak


def bandwidth(device, mib):
    """Measure how many bytes a copy reads and writes in a second."""
    source = torch.ones(mib * 2**18, device=device)
    target = torch.ones_like(source)
    seconds = [timed(device, lambda: target.copy_(source)) for _ in range(10)]
    return 2 * mib * 2**20 / statistics.median(seconds[1:])


def draw_words(rng, n_words, size):
    """Draw Zipf-distributed numbers below ``n_words``."""
    return (np.exp(rng.uniform(0, np.log(n_words + 1), size)) - 1).astype(np.int64)


def make_matrix(rng, sizes):
    """Make a CSR matrix; what is drawn twice in a row is one value."""
    rows = np.repeat(np.arange(sizes.rows), sizes.values)
    columns = draw_words(rng, sizes.columns, len(rows))
    values = rng.uniform(size=len(rows)).astype(np.float32) / sizes.values
    return sparse.csr_matrix((values, (rows, columns)), (sizes.rows, sizes.columns))


def make_texts(rng, sizes):
    """Make texts of 10 to 400 words, half of them with fewer than 170."""
    lengths = np.exp(rng.normal(np.log(170), 0.7, sizes.texts)).clip(10, MOST_TOKENS).astype(int)
    return [" ".join(f"w{i}" for i in draw_words(rng, sizes.words, n)) for n in lengths]


def least_bytes(X, sizes, n_states, by_rows):
    """Count what an epoch must at least move.

    The rows are read forwards and backwards. Forwards a step reads the weights of the words of
    its batch. Of every weight that the optimizer then changes, the gradient is written and read,
    and the weight and each number kept for it are read and written:

        2 * CSR + n_steps * row * (n_words + n_changed * (2 + 2 + 2 * n_states))

    with ``row`` the bytes of a word's weights, ``n_words`` the different words of a batch, and
    ``n_changed`` those, or all columns where the optimizer changes all weights. The shuffled
    copy of the rows, and the layers after the first, are left out.
    """
    csr = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    starts = range(0, X.shape[0], sizes.batch_size)
    n_words = np.mean([len(np.unique(X[i : i + sizes.batch_size].indices)) for i in starts])
    n_changed = n_words if by_rows else X.shape[1]
    row = 4 * sizes.hidden
    return 2 * csr + len(starts) * row * (n_words + n_changed * (4 + 2 * n_states))


def sparse_net(device, sizes, optimizer):
    """Make the classifier of rows."""
    return TorchClassifier(
        hidden_layer_sizes=(sizes.hidden,),
        optimizer=optimizer,
        lr=0.01,
        max_epochs=sizes.epochs,
        batch_size=sizes.batch_size,
        device=device,
    )


def print_sparse(device, sizes, X, y, speed):
    """Print epochs of the sparse net against what the bandwidth allows."""
    print(f"-- rows: {X.shape[0]} x {X.shape[1]}, {X.nnz} values, {sizes.hidden} hidden units")
    for name, (optimizer, n_states) in OPTIMIZERS.items():
        seconds, peak = epoch_seconds(sparse_net(device, sizes, optimizer), X, y)
        moved = least_bytes(X, sizes, n_states, name in BY_ROWS)
        print(
            f"{name:<24} {seconds * 1e3:9.2f} ms   at least {moved / 2**20:9.1f} MiB "
            f"= {moved / speed * 1e3:8.2f} ms   {seconds * speed / moved:7.1f} x   "
            f"peak {peak:7.1f} MiB",
            flush=True,
        )


class PlainLSTM(torch.nn.Module):
    """The network of LSTMClassifier as one writes it with torch's own layer."""

    def __init__(self, n_tokens, packed):
        super().__init__()
        self.packed = packed
        self.embedding = torch.nn.Embedding(n_tokens, SIZE, padding_idx=0)
        self.cells = torch.nn.LSTM(SIZE, SIZE, batch_first=True, bidirectional=True)
        self.head = torch.nn.Linear(2 * SIZE, 1)

    def forward(self, ids, lengths):
        """Map ids, and lengths on the CPU, to logits."""
        x = F.dropout(self.embedding(ids))
        if self.packed:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states = self.cells(x)[0]
        if self.packed:
            states = pad_packed_sequence(states, batch_first=True)[0]
        return self.head(F.dropout(mean_of_words(states, ids)))[:, 0]


class PlainCNN(torch.nn.Module):
    """The network of CNNClassifier without pairs."""

    def __init__(self, n_tokens):
        super().__init__()
        self.embedding = torch.nn.Embedding(n_tokens, SIZE, padding_idx=0)
        self.filters = torch.nn.Conv1d(SIZE, 100, 3, padding=1)
        self.head = torch.nn.Linear(100, 1)

    def forward(self, ids, lengths):
        """Map ids to logits."""
        answers = torch.relu(self.filters(self.embedding(ids).transpose(1, 2)))
        return self.head(F.dropout(mean_of_words(answers.transpose(1, 2), ids)))[:, 0]


def mean_of_words(states, ids):
    """Average the states that are not padding."""
    mask = (ids != 0)[:, :, None]
    return (states * mask).sum(dim=1) / mask.sum(dim=1)


def plain_batches(tokenizer, texts, y, device, batch_size):
    """Put padded ids, lengths and targets of batches of like length on the device."""
    ids = [torch.from_numpy(row.astype(np.int64)) for row in tokenizer.transform(texts)]
    lengths = np.array([len(row) for row in ids])
    order = bucketed_order(lengths, batch_size, np.random.RandomState(0))
    for rows in np.split(order, range(batch_size, len(order), batch_size)):
        padded = pad_sequence([ids[i] for i in rows], batch_first=True)
        target = torch.from_numpy(y[rows]).float()
        yield padded.to(device), torch.from_numpy(lengths[rows]), target.to(device)


def plain_seconds(network, batches, device, half, n_epochs):
    """Time the loop: all batches lie on the device before, and no loss is read."""
    network.to(device).train()
    optimizer = torch.optim.Adam(network.parameters(), fused=True)

    def run_epoch():
        for ids, lengths, target in batches:
            optimizer.zero_grad()
            with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=half):
                logits = network(ids, lengths)
            F.binary_cross_entropy_with_logits(logits.float(), target).backward()
            optimizer.step()

    return statistics.median([timed(device, run_epoch) for _ in range(n_epochs)][1:])


def print_networks(device, sizes, texts, y):
    """Print epochs of the networks of tokens, ours and plain ones, in both precisions."""
    print(f"-- texts: {len(texts)}, {sum(map(len, map(str.split, texts)))} words")
    how = {"batch_size": sizes.batch_size, "max_epochs": sizes.epochs, "device": device}
    ours = {
        "LSTMClassifier": LSTMClassifier(optimizer="adam", lr=0.001, **how),
        "CNNClassifier": CNNClassifier(
            embedding_dim=SIZE, n_buckets=0, optimizer="adam", lr=0.001, **how
        ),
        "CNNClassifier, pairs": CNNClassifier(**how),
    }
    plain = {
        "torch, packed LSTM": partial(PlainLSTM, packed=True),
        "torch, padded LSTM": partial(PlainLSTM, packed=False),
        "torch, CNN": PlainCNN,
    }
    for dtype in ("float32", "bfloat16"):
        for name, classifier in ours.items():
            seconds, peak = epoch_seconds(classifier.set_params(dtype=dtype), texts, y)
            show(name, dtype, seconds, len(texts), f"   peak {peak:7.1f} MiB")
        tokenizer = ours["LSTMClassifier"].tokenizer_
        batches = list(plain_batches(tokenizer, texts, y, device, sizes.batch_size))
        for name, make in plain.items():
            args = make(tokenizer.n_tokens_), batches, device, dtype == "bfloat16", sizes.epochs
            show(name, dtype, plain_seconds(*args), len(texts))


def show(name, dtype, seconds, n_texts, peak=""):
    """Print an epoch of a network."""
    each = f"{seconds * 1e3:9.2f} ms   {n_texts / seconds:10.0f} texts a second"
    print(f"{name:<24} {dtype:<9} {each}{peak}", flush=True)


def print_searches(device, sizes, name, classifier, X, y, numbers):
    """Print searches over numbers of focal losses: one split, without the last fit."""
    half = len(y) // 2
    split = [(np.arange(half), np.arange(half, len(y)))]
    classifier.set_params(loss="focal", max_epochs=sizes.epochs, random_state=0)
    for i, k in enumerate((1, *numbers)):
        grid = {"loss__gamma": np.linspace(0.5, 5, k).tolist()}
        search = LossSearchCV(classifier, grid, cv=split, refit=False, error_score="raise")
        seconds = timed(device, partial(search.fit, X, y))
        if i:  # the first warms up
            print(f"{name:<24} K = {k:<3} {seconds:8.3f} s   {seconds / k:8.4f} s each", flush=True)


def commit():
    """Name the commit, and whether files were changed since."""
    call = partial(subprocess.run, cwd=Path(__file__).parent, capture_output=True, text=True)
    name = call(["git", "rev-parse", "--short", "HEAD"], check=False).stdout.strip()
    changed = call(["git", "status", "--porcelain", "-uno"], check=False).stdout.strip()
    return (name or "unknown") + (", changed since" if changed else "")


def main(options):
    """Print all figures."""
    device = options.device
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else "the CPU"
    print_machine()
    print(f"device {name}, {datetime.date.today()}, commit {commit()}")
    speed = bandwidth(device, options.mib)
    print(f"copies of {options.mib} MiB read and write {speed / 1e9:.1f} GB a second")
    rng = np.random.RandomState(0)
    X, texts = make_matrix(rng, options), make_texts(rng, options)
    print_sparse(device, options, X, rng.randint(2, size=X.shape[0]), speed)
    y = rng.randint(2, size=len(texts))
    print_networks(device, options, texts, y)
    print("-- LossSearchCV over gammas of the focal loss")
    target = rng.randint(2, size=X.shape[0])
    for optimizer in ("adagrad", "adam"):
        net = sparse_net(device, options, optimizer)
        print_searches(device, options, f"rows, {optimizer}", net, X, target, (1, 4, 16, 64))
    cnn = CNNClassifier(batch_size=options.batch_size, device=device)
    print_searches(device, options, "CNNClassifier", cnn, texts, y, (1, 4, 16))


def read_options():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="small sizes, to try the code")
    for name, size in SIZES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=size)
    if "--small" in sys.argv:
        parser.set_defaults(**SMALL)
    return parser.parse_args()


if __name__ == "__main__":
    options = read_options()
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("This benchmark needs a CUDA device, and torch sees none; --device cpu tries it.")
        sys.exit()
    main(options)
