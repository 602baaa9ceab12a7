"""What a CUDA device does: bytes against bandwidth, networks in half precision, searches.

Rows and texts are made here, with Zipf-distributed words. A time is the median of the epochs
after the first, each until the device is done. ``--device cpu --small`` tries the
code where there is no such device; its figures mean nothing.
"""

import argparse
import statistics
import sys
from functools import partial

import numpy as np
import torch
from _plain_lstm import PlainLSTM, plain_batches, plain_seconds
from _report import now, print_machine, timed
from scipy import sparse
from skorch.callbacks import Callback

from sktext import CNNClassifier, LSTMClassifier, TorchClassifier
from sktext.model_selection import LossSearchCV

SIZES = {"mib": 1024, "rows": 25_000, "columns": 100_000, "values": 200, "hidden": 32}
SIZES |= {"texts": 25_000, "words": 20_000, "epochs": 4, "batch_size": 128}
SMALL = {"mib": 16, "rows": 400, "columns": 1000, "values": 20, "hidden": 32}
SMALL |= {"texts": 200, "words": 300, "epochs": 2, "batch_size": 32}
MOST_WORDS = 400
# Each with the numbers it keeps for a weight, and whether a step changes the weights of the
# words of its batch only. Adagrad and SGD do, unless they are told to be fused.
OPTIMIZERS = {
    "sgd": ("sgd", 0, True),
    "adagrad": ("adagrad", 1, True),
    "adagrad, all weights": (partial(torch.optim.Adagrad, eps=1e-7, fused=True), 1, False),
    "adam": ("adam", 2, False),
}


class Clock(Callback):
    """Writes the seconds of each epoch into the history, once the device is done."""

    def on_epoch_begin(self, net, **kwargs):
        self.start_ = now(net.torch_device)

    def on_epoch_end(self, net, **kwargs):
        net.history.record("seconds", now(net.torch_device) - self.start_)


def epoch_seconds(classifier, X, y):
    """Train; give the median of the epochs after the first, and the MiB that training added."""
    device, before, peak = classifier.device, np.nan, np.nan
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
    history = classifier.set_params(callbacks=[Clock()], random_state=0).fit(X, y).history_
    if device.startswith("cuda"):
        peak = torch.cuda.max_memory_allocated(device)
    return statistics.median(history[1:, "seconds"]), (peak - before) / 2**20


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
    lengths = np.exp(rng.normal(np.log(170), 0.7, sizes.texts)).clip(10, MOST_WORDS).astype(int)
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
    for name, (optimizer, n_states, by_rows) in OPTIMIZERS.items():
        seconds, peak = epoch_seconds(sparse_net(device, sizes, optimizer), X, y)
        moved = least_bytes(X, sizes, n_states, by_rows)
        print(
            f"{name:<24} {seconds * 1e3:9.2f} ms   at least {moved / 2**20:9.1f} MiB "
            f"= {moved / speed * 1e3:8.2f} ms   {seconds * speed / moved:7.1f} x   "
            f"peak {peak:7.1f} MiB",
            flush=True,
        )


def print_networks(device, sizes, texts, y):
    """Print epochs of the networks of tokens, ours and plain ones, in both precisions."""
    print(f"-- texts: {len(texts)}, {sum(map(len, map(str.split, texts)))} words")
    how = {"batch_size": sizes.batch_size, "max_epochs": sizes.epochs, "device": device}
    ours = {
        "LSTMClassifier": LSTMClassifier(optimizer="adam", lr=0.001, **how),
        "CNNClassifier": CNNClassifier(n_buckets=0, optimizer="adam", lr=0.001, **how),
        "CNNClassifier, pairs": CNNClassifier(**how),
    }
    for dtype in ("float32", "bfloat16"):
        for name, classifier in ours.items():
            seconds, peak = epoch_seconds(classifier.set_params(dtype=dtype), texts, y)
            show(name, dtype, seconds, len(texts), f"   peak {peak:7.1f} MiB")
        tokenizer = ours["LSTMClassifier"].tokenizer_
        batches = list(plain_batches(tokenizer, texts, y, device, sizes.batch_size))
        for name in ("packed", "padded"):
            network = PlainLSTM(tokenizer.n_tokens_, packed=name == "packed")
            how = device, dtype == "bfloat16", sizes.epochs
            show(f"torch's LSTM, {name}", dtype, plain_seconds(network, batches, *how), len(texts))


def show(name, dtype, seconds, n_texts, peak=""):
    """Print the time of an epoch of a network."""
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


def main(options):
    """Print all figures."""
    device = options.device
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else "the CPU"
    print_machine()
    print(f"device {name}")
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
    for name, size in SIZES.items():  # of epochs at least 2, as the first is not counted
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
