"""AutoTextClassifier in a minute, beside baselines and fastText's own search in the same time.

Baseline A is a LinearSVC with balanced classes on words, B a logistic regression on words and
pairs of words; for several labels per text each is fitted one-vs-rest, with thresholds by hand on
three folds. fastText searches its parameters where it is installed
(``pip install fasttext-community``), on lower-case words. All read the training rows only, and
the test rows are scored once. Seconds are those of the clock, on as many threads as each takes.

    python benchmarks/auto.py --sets trec,sms_spam --seconds 60
"""

import argparse
import importlib.util
import pickle
import warnings

import numpy as np
from _peers import FastText, ThresholdsByHand
from _report import cpu_seconds, print_machine, seconds
from _text_sets import read_set
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import AutoTextClassifier, TfidfTorchClassifier

SETS = (
    "trec",
    "trec_fine",
    "financial_phrasebank",
    "sms_spam",
    "clinc150_imbalanced",
    "newsgroups20",
    "reuters_r90",
)


def models(task, limit):
    """Return the models by name."""
    found = {
        "A: words, LinearSVC": (LinearSVC(class_weight="balanced"), (1, 1)),
        "B: pairs, LogisticRegression": (LogisticRegression(C=10, max_iter=300), (1, 2)),
    }
    for name, (linear, ngram_range) in found.items():
        words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=ngram_range)
        if task == "multilabel":
            linear = OneVsRestClassifier(linear)
        found[name] = make_pipeline(words, linear)
        if task == "multilabel":
            found[name] = ThresholdsByHand(found[name])
    found["TfidfTorchClassifier"] = TfidfTorchClassifier(random_state=0)
    if importlib.util.find_spec("fasttext"):
        found["fastText, autotune"] = FastText(tutorial=True, autotune=limit)
    found["AutoTextClassifier"] = AutoTextClassifier(limit)
    return found


def measure(name, model, data):
    """Fit and score a model, print its line, and return accuracy and macro F1."""
    taken = {}

    def fit():
        taken["clock"] = seconds(lambda: model.fit(data.X, data.y))

    _, cpu = cpu_seconds(fit)
    predicted = np.asarray(model.predict(data.X_test))
    accuracy = accuracy_score(data.y_test, predicted)
    macro = f1_score(data.y_test, predicted, average="macro", zero_division=0)
    print(
        f"  {name:<30} accuracy {accuracy:.4f}   macro F1 {macro:.4f}   {taken['clock']:7.1f} s   "
        f"{cpu:7.1f} CPU s   {len(pickle.dumps(model)):12,} bytes",
        flush=True,
    )
    return accuracy, macro


def main():
    """Print a line for each model and set, and the mean differences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SETS), help="joined by commas")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    print_machine()
    warnings.simplefilter("ignore")  # they tell users to leave defaults
    scores = {}
    for name in options.sets.split(","):
        data = read_set(name)
        print(f"{name}: {len(data.X)} training and {len(data.X_test)} test texts, {data.task}")
        for row, model in models(data.task, options.seconds).items():
            scores.setdefault(row, []).append(measure(row, model, data))
    print("AutoTextClassifier above others, in points: mean (least) of accuracy and of macro F1")
    for row in list(scores)[:-1]:
        ahead = 100 * (np.array(scores["AutoTextClassifier"]) - scores[row])
        means, least = ahead.mean(axis=0), ahead.min(axis=0)
        print(f"  {row:<30} {means[0]:+.2f} ({least[0]:+.2f})   {means[1]:+.2f} ({least[1]:+.2f})")


if __name__ == "__main__":
    main()
