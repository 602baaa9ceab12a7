"""How the time of a fit grows with texts, vocabulary and classes: a table and a plot.

Texts are made of words drawn at random, each of a class that prefers some words. The last
column is the exponent between a line and the one before: 1 is linear growth. The plot goes to
growth.svg in the current folder, or to the file that is named as the first argument.
"""

import sys

import numpy as np
from _report import print_machine, seconds

from sktext import TfidfTorchClassifier

BASE = {"texts": 50_000, "vocabulary": 5_000, "classes": 2}
STEPS = {
    "texts": (125_000, 250_000, 500_000, 1_000_000),
    "vocabulary": (25_000, 50_000, 100_000, 200_000),
    "classes": (32, 64, 128, 256),
}
N_WORDS, SHARE_OF_CLASS = 8, 0.3


def main(path="growth.svg"):
    """Print the table and draw it."""
    print_machine()
    curves = {}
    fit_seconds({**BASE, "texts": 5_000})  # what is done once is not counted
    for name, steps in STEPS.items():
        curves[name] = [fit_seconds({**BASE, name: step}) for step in steps]
        print_table(name, steps, curves[name])
    draw(curves, path)


def fit_seconds(sizes):
    """Time a fit of two epochs, so that all sizes do the same."""
    texts, labels = make_texts(**sizes)
    model = TfidfTorchClassifier(optimizer="adagrad", max_epochs=2, batch_size=512, random_state=0)
    return seconds(lambda: model.fit(texts, labels))


def make_texts(texts, vocabulary, classes):
    """Make short texts, and the class of each."""
    rng = np.random.RandomState(0)
    labels = rng.randint(classes, size=texts)
    words = rng.randint(vocabulary, size=(texts, N_WORDS))
    own = rng.rand(texts, N_WORDS) < SHARE_OF_CLASS
    words = np.where(own, words // classes * classes + labels[:, None], words) % vocabulary
    names = np.array([f"word{number}" for number in range(vocabulary)], dtype=object)
    return [" ".join(row) for row in names[words]], labels


def print_table(name, steps, times):
    """Print the times of one curve, and how they grow."""
    print(f"{name:>12} {'seconds':>9} {'exponent':>9}")
    exponents = np.diff(np.log(times)) / np.diff(np.log(steps))
    for step, time, exponent in zip(steps, times, [np.nan, *exponents], strict=True):
        grown = "" if np.isnan(exponent) else f"{exponent:9.2f}"
        print(f"{step:>12,} {time:9.2f} {grown}", flush=True)


def draw(curves, path):
    """Draw seconds over sizes, both as multiples of the smallest."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    _, axes = plt.subplots(figsize=(5, 4))
    for name, times in curves.items():
        sizes = np.divide(STEPS[name], STEPS[name][0])
        axes.loglog(sizes, np.divide(times, times[0]), marker="o", label=name)
    axes.loglog(sizes, sizes, color="grey", linestyle=":", label="linear")
    axes.set(xlabel="size / smallest size", ylabel="seconds / seconds of the smallest")
    axes.legend()
    plt.savefig(path, bbox_inches="tight")


if __name__ == "__main__":
    main(*sys.argv[1:])
