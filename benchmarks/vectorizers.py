"""Texts to matrices on IMDB's 25,000 training reviews, against scikit-learn's vectorizers.

Both sides have the same parameters, and the matrices and vocabularies are compared bit for bit
before anything is timed. Memory is what a process of its own holds at most on top of the texts.
"""

import pickle
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from _report import compare, print_machine, read_halves
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer

from sktext.features import FastCountVectorizer, FastHashingVectorizer, FastTfidfVectorizer

PAIRS = {
    "tfidf": (FastTfidfVectorizer, TfidfVectorizer),
    "count": (FastCountVectorizer, CountVectorizer),
    "hashing": (FastHashingVectorizer, HashingVectorizer),
}
CASES = {
    "words": ("tfidf", {}),
    "words and pairs": ("tfidf", {"ngram_range": (1, 2)}),
    "words and pairs, min_df=2": ("tfidf", {"ngram_range": (1, 2), "min_df": 2}),
    "2 to 5 characters in words": ("tfidf", {"analyzer": "char_wb", "ngram_range": (2, 5)}),
    "words, counts": ("count", {}),
    "words, hashed": ("hashing", {}),
}
N_SHORT = 1000


def main():
    """Print the comparisons."""
    print_machine()
    (texts, _), _ = read_halves("imdb")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.pickle"
        path.write_bytes(pickle.dumps(texts))
        for name, (kind, params) in CASES.items():
            ours, theirs = (cls(**params) for cls in PAIRS[kind])
            check_same(ours, theirs, texts)
            compare(
                f"fit_transform, {name}",
                lambda ours=ours: ours.fit_transform(texts),
                lambda theirs=theirs: theirs.fit_transform(texts),
                warm_up=0,
            )
            own, other = (peak(path, name, side) for side in (0, 1))
            print(f"{'    peak memory':<44} ours {own:5d} MiB      theirs {other:5d} MiB")
    short = ["Not a good film, but not a bad one!"]
    for kind, classes in PAIRS.items():
        ours, theirs = (cls().fit(texts[:2000]) for cls in classes)
        compare(
            f"transform of one short text, {N_SHORT} times, {kind}",
            lambda ours=ours: [ours.transform(short) for _ in range(N_SHORT)],
            lambda theirs=theirs: [theirs.transform(short) for _ in range(N_SHORT)],
        )


def check_same(ours, theirs, texts):
    """Compare what two vectorizers give and learn."""
    own, other = ours.fit_transform(texts), theirs.fit_transform(texts)
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(own, name), getattr(other, name), strict=True)
    assert getattr(ours, "vocabulary_", None) == getattr(theirs, "vocabulary_", None)


def peak(path, name, side):
    """Measure the memory of one side in a process of its own."""
    command = [sys.executable, __file__, str(path), name, str(side)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


def print_peak(path, name, side):
    """Print by how many MiB the memory grows while fitting."""
    texts = pickle.loads(Path(path).read_bytes())
    kind, params = CASES[name]
    vectorizer = PAIRS[kind][int(side)](**params)
    vectorizer.fit_transform(texts[:300])
    before = mebibytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    vectorizer.fit_transform(texts)
    print(mebibytes("VmHWM") - before)


def mebibytes(entry):
    """Read an entry of what the kernel knows about this process."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{entry}:\s+(\d+)", status)[1]) // 1024


if __name__ == "__main__":
    print_peak(*sys.argv[1:]) if len(sys.argv) > 1 else main()
