"""Texts a CPU second that MiniLM encodes, beside the encode() of sentence-transformers.

One thread. Seconds are those of the processor, so that other programs do not count.
"""

import importlib.util
import statistics
import warnings

import numpy as np
import torch
from _minilm import minilm
from _report import cpu_seconds, print_machine, read_data

from sktext.exceptions import TruncationWarning
from sktext.features import SentenceEncoder

N_TEXTS, REPEAT = 800, 3


def main():
    """Print the texts a second of each side, and the ratios to sentence-transformers."""
    model = minilm()
    print_machine()
    torch.set_num_threads(1)
    texts = read_data("sms_spam")["text"].drop_duplicates().tolist()[:N_TEXTS]
    sides = {
        "float32": SentenceEncoder(model).fit(texts).transform,
        "bfloat16": SentenceEncoder(model, dtype="bfloat16").fit(texts).transform,
    }
    if importlib.util.find_spec("sentence_transformers"):
        from sentence_transformers import SentenceTransformer

        theirs = SentenceTransformer(model, device="cpu")
        sides = {"sentence-transformers": theirs.encode} | sides
    speeds = {name: [] for name in sides}
    for _ in range(REPEAT):  # in turns
        for name, encode in sides.items():
            vectors, seconds = cpu_seconds(lambda encode=encode: encode(texts))
            speeds[name].append(len(texts) / seconds)
            speeds[name, "vectors"] = vectors
    first = next(iter(sides))
    for name in sides:
        ratio = statistics.median(np.divide(speeds[name], speeds[first]))
        cosine = (speeds[name, "vectors"] * speeds["float32", "vectors"]).sum(axis=1)
        print(
            f"{name:<22} {statistics.median(speeds[name]):6.0f} texts a CPU second   "
            f"{ratio:.2f} x {first}   least cosine to float32 {cosine.min():.5f}"
        )


if __name__ == "__main__":
    warnings.simplefilter("ignore", TruncationWarning)
    main()
