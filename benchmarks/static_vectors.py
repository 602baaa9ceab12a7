"""Static vectors of pieces (wordllama, 32,000 of 256 numbers): frozen, trained, and beside TF-IDF.

Each set is scored by TF-IDF with a balanced LinearSVC, by means of the vectors with a logistic
regression, by both beside each other, and by FastTextClassifier and the same started from the
vectors: frozen, for one epoch frozen, and trained. C=10 and the losses are the same everywhere.
Seconds are those of the processor, on one thread; sizes are those of the pickle. Then come texts
per second, beside the same computed text by text. Sets and models may be named on the command line:
``python benchmarks/static_vectors.py trec means``.
"""

import pickle
import sys
import time
import warnings

import numpy as np
import torch
from _report import print_machine, read_data
from _wordllama import wordllama
from safetensors.numpy import load_file
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC
from tokenizers import Tokenizer

from sktext import FastTextClassifier
from sktext.features import PretrainedTokenizer, StaticEncoder
from sktext.modules import EmbeddingInit

N_FOLDS = 5
MEGABYTE = 1e6
N_REPEATS = 5


def official(name):
    """Return the one pair of the official training and test part of a set."""
    frame = read_data(name)
    parts = [frame[frame["split"] == split] for split in ("train", "test")]
    return [[(part["text"].tolist(), part["label"].to_numpy()) for part in parts]]


def folds(name):
    """Yield pairs of training and test parts of a set without repeated texts."""
    frame = read_data(name).drop_duplicates("text")
    texts, labels = frame["text"].to_numpy(dtype=object), frame["label"].to_numpy()
    cv = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    for train, test in cv.split(texts, labels):
        yield (texts[train].tolist(), labels[train]), (texts[test].tolist(), labels[test])


SETS = {
    "sms_spam": lambda: folds("sms_spam"),
    "trec": lambda: official("trec"),
    "financial_phrasebank": lambda: folds("financial_phrasebank"),
}


def models():
    """Return the models by name."""
    files = wordllama()
    words = TfidfVectorizer(sublinear_tf=True)
    means = StaticEncoder(files)
    logistic = LogisticRegression(C=10, max_iter=1000)
    pieces = FastTextClassifier(tokenizer=PretrainedTokenizer(files[1]), random_state=0)
    started = {
        name: clone(pieces).set_params(embedding_init=EmbeddingInit(files, trainable))
        for name, trainable in [("start frozen", False), ("start 1 frozen", 1), ("start", True)]
    }
    return {
        "words": make_pipeline(words, LinearSVC(class_weight="balanced")),
        "means": make_pipeline(means, logistic),
        "means idf": make_pipeline(clone(means).set_params(weighting="idf"), logistic),
        "means sif": make_pipeline(clone(means).set_params(weighting="sif"), logistic),
        "words, means": make_pipeline(make_union(words, means), LinearSVC(class_weight="balanced")),
        "fastText": FastTextClassifier(random_state=0),
        "fastText pieces": pieces,
        **started,
        "start focal": clone(started["start"]).set_params(loss="focal"),
    }


def print_scores(name, chosen):
    """Print a line for each model on a set."""
    scores = {model: [] for model in chosen}
    for (texts, y), (test_texts, y_test) in SETS[name]():
        for model, estimator in chosen.items():
            start = time.process_time()
            fitted = clone(estimator).fit(texts, y)
            took = time.process_time() - start
            predicted = fitted.predict(test_texts)
            macro = f1_score(y_test, predicted, average="macro")
            size = len(pickle.dumps(fitted)) / MEGABYTE
            scores[model].append((accuracy_score(y_test, predicted), macro, took, size))
    for model in chosen:
        (accuracy, macro, took, size), spread = np.mean(scores[model], 0), np.std(scores[model], 0)
        print(
            f"{name:<22}{model:<16} accuracy {accuracy:.4f} ± {spread[0]:.4f}   macro F1 "
            f"{macro:.4f} ± {spread[1]:.4f}   {took:6.1f} s   {size:6.1f} MB   "
            f"{len(scores[model])} parts",
            flush=True,
        )


def print_speeds():
    """Print texts per second, ours and the same text by text."""
    texts = read_data("sms_spam").drop_duplicates("text")["text"].tolist()
    files = wordllama()
    encoder = StaticEncoder(files).fit(texts)
    table = load_file(files[0])["embedding.weight"].astype(np.float32)
    backend = Tokenizer.from_file(str(files[1]))
    backend.no_padding()
    backend.no_truncation()

    def text_by_text():
        encodings = backend.encode_batch_fast(texts, add_special_tokens=False)
        return np.stack([table[encoding.ids].mean(axis=0) for encoding in encodings])

    for what, function in [("ours", lambda: encoder.transform(texts)), ("plain", text_by_text)]:
        best = min(timed_on_processor(function) for _ in range(N_REPEATS))
        print(f"{what:<8}{len(texts) / best:9.0f} texts of SMS per second of the processor")


def timed_on_processor(function):
    """Return the seconds that the processor took for one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def main(asked):
    """Print a line for each set and model, then speeds."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are the default's
    print_machine()
    torch.set_num_threads(1)
    known = models()
    chosen = {name: known[name] for name in known if name in asked} or known
    for name in [name for name in SETS if name in asked] or list(SETS):
        print_scores(name, chosen)
    print_speeds()


if __name__ == "__main__":
    main(sys.argv[1:])
