"""Words, the vectors of MiniLM, and both side by side, in front of linear models.

No number was chosen by the test rows: C is 1, and the blocks are weighed by their variance. Each
text is encoded once, in bfloat16; CPU seconds are those of all fits and predictions without the
encoding, whose own are in a line above. ``python words_and_encoder.py trec_fine`` runs one set.
"""

import sys
import tempfile
import warnings

import numpy as np
import torch
from _minilm import minilm
from _multilabel import f1, read_label_matrix
from _report import cpu_seconds, print_machine, read_data
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.exceptions import TruncationWarning
from sktext.features import FastTfidfVectorizer, HybridVectorizer, SentenceEncoder
from sktext.meta import TunedThresholdsClassifier

# Pairs of words, where letters alone and punctuation marks are words, too.
MARKS = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b|[^\w\s]"}


def words(**params):
    """Make the sparse block."""
    return FastTfidfVectorizer(sublinear_tf=True, dtype=np.float32, **params)


def features(encoder):
    """Name the features that are compared."""
    return {
        "words": words(),
        "words and pairs": words(ngram_range=(1, 2)),
        "encoder": encoder,
        "hybrid": HybridVectorizer(encoder=encoder),
        "hybrid, pairs": HybridVectorizer("words+pairs", encoder),
        "hybrid, pairs and marks": HybridVectorizer(words(**MARKS), encoder),
    }


def split(name, label):
    """Read a data set with a test part."""
    frame = read_data(name)
    folds = [np.flatnonzero(frame["split"] == part) for part in ("train", "test")]
    return frame["text"].to_numpy(), frame[label].to_numpy(), [folds]


def cross(name):
    """Read a data set without one, in five folds."""
    frame = read_data(name).drop_duplicates("text")
    texts, labels = frame["text"].to_numpy(), frame["label"].to_numpy()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return texts, labels, list(folds.split(texts, labels))


def accuracy(truth, predicted):
    """Score questions."""
    return accuracy_score(truth, predicted)


def macro_f1(truth, predicted):
    """Score unequal classes."""
    return f1_score(truth, predicted, average="macro")


SETS = {
    "trec_fine": (lambda: split("trec", "fine_label"), accuracy),
    "trec_coarse": (lambda: split("trec", "label"), accuracy),
    "sms": (lambda: cross("sms_spam"), macro_f1),
    "financial_phrasebank": (lambda: cross("financial_phrasebank"), macro_f1),
    "clinc150": (lambda: split("clinc150_imbalanced", "label"), macro_f1),
}


def main(names, cache):
    """Print the table."""
    encoder = SentenceEncoder(minilm(), cache=cache, dtype="bfloat16")
    print_machine()
    torch.set_num_threads(1)
    for name in names:
        if name == "reuters":
            reuters(encoder)
            continue
        read, score = SETS[name]
        texts, labels, folds = read()
        _, seconds = cpu_seconds(lambda texts=texts: encoder.fit_transform(texts))
        print(f"{name}: {len(texts)} texts, encoded in {seconds:.0f} CPU s, {score.__name__}")
        for what, vectorizer in features(encoder).items():
            svm = LinearSVC(class_weight="balanced", random_state=0)
            report(f"{what} + LinearSVC", svm, vectorizer, texts, labels, folds, score)
        ours = TfidfTorchClassifier(
            vectorizer="passthrough", class_weight="balanced", random_state=0
        )
        hybrid = HybridVectorizer(encoder=encoder)
        report("hybrid + TfidfTorchClassifier", ours, hybrid, texts, labels, folds, score)


def report(name, classifier, vectorizer, texts, labels, folds, score):
    """Fit and score in each fold, and print the mean."""

    def run():
        scores = []
        for train, test in folds:
            model = make_pipeline(vectorizer, classifier)
            predicted = model.fit(texts[train], labels[train]).predict(texts[test])
            scores.append(score(labels[test], predicted))
        return scores

    scores, seconds = cpu_seconds(run)
    print(f"    {name:<36} {np.mean(scores):.4f}   {seconds:6.1f} CPU s", flush=True)


def reuters(encoder):
    """Print micro and macro F1 of ninety labels, with tuned thresholds."""
    texts, y, part, _ = read_label_matrix("reuters_r90")
    train = part == "train"
    _, seconds = cpu_seconds(lambda: encoder.fit_transform(texts))
    print(f"reuters: {len(texts)} texts, encoded in {seconds:.0f} CPU s, micro and macro F1")
    block = words(min_df=2, stop_words="english")
    for what, vectorizer in {
        "words": block,
        "hybrid": HybridVectorizer(block, encoder),
    }.items():
        svm = OneVsRestClassifier(LinearSVC(random_state=0))
        tuned = TunedThresholdsClassifier(svm, random_state=0)

        def run(vectorizer=vectorizer, tuned=tuned):
            tuned.fit(vectorizer.fit_transform(texts[train]), y[train])
            return tuned.predict(vectorizer.transform(texts[~train]))

        predicted, seconds = cpu_seconds(run)
        micro, macro = f1(y[~train], predicted)
        print(f"    {what:<36} {micro:.4f} {macro:.4f}   {seconds:6.1f} CPU s", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", TruncationWarning)
    warnings.filterwarnings("ignore", "The least populated class", UserWarning)
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1:] or [*SETS, "reuters"], folder)
