"""Fine-tuning of all-MiniLM-L6-v2, all weights and by LoRA, beside a linear model of words.

The same settings on every set: the defaults with ``dtype="bfloat16"``, which takes a fast path on
processors that have it, and six epochs of LoRA, which learns more slowly. Seconds are those of the
processor, on one thread. The linear model is TF-IDF with a balanced LinearSVC of scikit-learn. TREC
(fine labels) and CLINC have an official test part; of the others, a fifth is for testing. Sets and
models may be named on the command line, and ``folds`` for all five folds:
``python benchmarks/fine_tuning.py sms_spam lora folds``.
"""

import sys
import time
from functools import partial
from itertools import islice

import numpy as np
import torch
from _minilm import minilm
from _report import print_machine, read_data
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TransformerClassifier

N_FOLDS = 5


def official(name, column="label"):
    """Return the one pair of the official training and test part of a set."""
    frame = read_data(name)
    parts = [frame[frame["split"] == split] for split in ("train", "test")]
    return [[(part["text"].tolist(), part[column].to_numpy()) for part in parts]]


def parts(name, n_folds):
    """Yield training and test parts of a set without repeated texts: of one fold, or of all."""
    frame = read_data(name).drop_duplicates("text")
    texts, labels = frame["text"].to_numpy(dtype=object), frame["label"].to_numpy()
    cv = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    for train, test in islice(cv.split(texts, labels), n_folds):
        yield (texts[train].tolist(), labels[train]), (texts[test].tolist(), labels[test])


SETS = {
    "trec": lambda n_folds: official("trec", "fine_label"),
    "financial_phrasebank": partial(parts, "financial_phrasebank"),
    "sms_spam": partial(parts, "sms_spam"),
    "clinc150_imbalanced": lambda n_folds: official("clinc150_imbalanced"),
}


def models():
    """Return the models by name."""
    fine_tuned = TransformerClassifier(minilm(), dtype="bfloat16", random_state=0)
    words = TfidfVectorizer(sublinear_tf=True)
    return {
        "words": make_pipeline(words, LinearSVC(class_weight="balanced")),
        "fine-tuned": fine_tuned,
        "lora": clone(fine_tuned).set_params(lora=True, max_epochs=6),
    }


def main(asked):
    """Print a line for each set and model."""
    print_machine()
    torch.set_num_threads(1)
    known = models()
    chosen = [name for name in known if name in asked] or list(known)
    for name in [name for name in SETS if name in asked] or list(SETS):
        scores = {model: [] for model in chosen}
        for (texts, y), (test_texts, y_test) in SETS[name](N_FOLDS if "folds" in asked else 1):
            for model in chosen:
                start = time.process_time()
                predicted = known[model].fit(texts, y).predict(test_texts)
                took = time.process_time() - start
                macro = f1_score(y_test, predicted, average="macro")
                scores[model].append((accuracy_score(y_test, predicted), macro, took))
                print(f"  {name} {model}", *(f"{x:.4f}" for x in scores[model][-1]), flush=True)
        for model in chosen:
            (accuracy, macro, took), spread = np.mean(scores[model], 0), np.std(scores[model], 0)
            print(
                f"{name:<22}{model:<12} accuracy {accuracy:.4f} ± {spread[0]:.4f}   macro F1 "
                f"{macro:.4f} ± {spread[1]:.4f}   {took:6.1f} s   {len(scores[model])} parts",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
