"""Fits in two threads, and beside a thread that draws: how many give what they give alone.

Weights and probabilities are compared bit for bit.
"""

import argparse
import sys
import tempfile
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import torch
from _report import print_machine
from sklearn.base import clone
from torch import nn

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    FewShotClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TransformerClassifier,
)
from sktext.datasets import make_imbalanced_texts
from sktext.testing import make_tiny_encoder

N_TEXTS = 60


class DropoutNetwork(nn.Module):
    """A user's network, whose start weights and dropout come from torch's global generator."""

    def __init__(self, n_tokens, n_outputs, embedding_dim):
        super().__init__()
        self.embedding = nn.EmbeddingBag(n_tokens, embedding_dim, padding_idx=0)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(embedding_dim, n_outputs)

    def forward(self, ids):
        return self.head(self.dropout(self.embedding(ids)))


SMALL = {"embedding_dim": 8, "max_epochs": 2}
CLASSIFIERS = {
    "TF-IDF, L-BFGS": TfidfTorchClassifier(max_epochs=2),
    "TF-IDF, 8 hidden": TfidfTorchClassifier(hidden_layer_sizes=(8,), dropout=0.2, max_epochs=2),
    "FastText": FastTextClassifier(n_buckets=500, **SMALL),
    "CNN": CNNClassifier(n_filters=8, n_buckets=500, **SMALL),
    "LSTM": LSTMClassifier(8, **SMALL),
    "self-attention": SelfAttentionClassifier(n_heads=2, hidden_size=8, **SMALL),
    "ModuleClassifier": ModuleClassifier(DropoutNetwork, **SMALL),
}


def of_encoders(folder):
    """Name the classifiers that start from a pretrained encoder, here a small random one."""
    encoder = make_tiny_encoder(folder)
    return {
        "transformer": TransformerClassifier(encoder, max_epochs=1),
        "transformer, LoRA": TransformerClassifier(encoder, lora=2, max_epochs=1),
        "few shots": FewShotClassifier(encoder, n_steps=3),
    }


def fit(estimator, rows, seed):
    """Fit a classifier, and return its weights and probabilities."""
    clf = clone(estimator).set_params(random_state=seed).fit(*rows)
    return [*clf.net_.module_.state_dict().values(), torch.from_numpy(clf.predict_proba(rows[0]))]


def is_equal(result, other):
    """Tell whether two fits have the same bits."""
    return all(torch.equal(*pair) for pair in zip(result, other, strict=True))


def n_equal_pairs(estimator, rows, n_pairs):
    """Count the pairs of fits in two threads of which both are equal to those alone."""
    alone = [fit(estimator, rows, seed) for seed in (0, 1)]
    start = threading.Barrier(2)

    def fit_with_the_other(seed):
        start.wait()
        return is_equal(fit(estimator, rows, seed), alone[seed])

    with ThreadPoolExecutor(2) as pool:
        return sum(all(pool.map(fit_with_the_other, (0, 1))) for _ in range(n_pairs))


def n_equal_beside_a_drawing_thread(estimator, rows, n_fits):
    """Count the fits that are equal beside a thread that seeds torch's generator and draws."""
    alone = fit(estimator, rows, 0)
    is_over = threading.Event()

    def use():
        while not is_over.is_set():
            torch.manual_seed(7)
            torch.rand(3)

    thread = threading.Thread(target=use)
    thread.start()
    try:
        return sum(is_equal(fit(estimator, rows, 0), alone) for _ in range(n_fits))
    finally:
        is_over.set()
        thread.join()


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the classifiers")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    sys.setswitchinterval(1e-5)  # threads take turns hundreds of times as often
    print_machine()
    rows = make_imbalanced_texts(N_TEXTS, n_classes=3, difficulty=0.3, random_state=0)
    print(f"{'equal, of ' + str(options.times):<20}{'pairs':>8}{'beside a thread that draws':>30}")
    with tempfile.TemporaryDirectory() as folder:
        classifiers = CLASSIFIERS | of_encoders(folder)
        report({name: classifiers[name] for name in options.only or classifiers}, rows, options)


def report(classifiers, rows, options):
    """Print a line for each classifier."""
    for name, estimator in classifiers.items():
        before = torch.get_rng_state()
        pairs = n_equal_pairs(estimator, rows, options.times)
        is_left = torch.equal(torch.get_rng_state(), before)
        beside = n_equal_beside_a_drawing_thread(estimator, rows, options.times)
        changed = "" if is_left else "   the pairs changed torch's generator"
        print(f"{name:<20}{pairs:>8}{beside:>30}{changed}", flush=True)


if __name__ == "__main__":
    main()
