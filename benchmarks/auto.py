"""AutoTextClassifier in a minute, beside baselines and fastText's own search in the same time.

The baselines and the default are those of ``out_of_the_box.py``: A is a LinearSVC with balanced
classes on words, B a logistic regression on words and pairs of words; of several labels per text,
OvR is a LinearSVC for each, with thresholds by hand on three folds. fastText searches its
parameters where it is installed (``pip install fasttext-community``), on lower-case words. All read
the training rows only, and the test rows are scored once.

    python benchmarks/auto.py --sets trec,sms_spam --seconds 60
"""

import argparse
import warnings

import numpy as np
from _model_figures import measure, show
from _peers import FastText
from _ready_models import baselines, installed, linear_models
from _report import print_machine
from _text_sets import read_set

from sktext import AutoTextClassifier

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
    default = "TfidfTorchClassifier"
    found = baselines(task) | {default: linear_models(task, balanced_losses=False)[default]}
    if installed("fasttext"):
        found["fastText, autotune"] = FastText(tutorial=True, autotune=limit)
    return found | {"AutoTextClassifier": AutoTextClassifier(limit)}


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
            figures = measure(model, data)
            show(row, figures)
            scores.setdefault(row, {})[name] = figures["accuracy"], figures["macro_f1"]
    print("AutoTextClassifier above others, in points: mean (least) of accuracy and of macro F1")
    ours = scores.pop("AutoTextClassifier")
    for row, theirs in scores.items():
        ahead = 100 * np.array([np.subtract(ours[name], theirs[name]) for name in theirs])
        means, least = ahead.mean(axis=0), ahead.min(axis=0)
        print(f"  {row:<30} {means[0]:+.2f} ({least[0]:+.2f})   {means[1]:+.2f} ({least[1]:+.2f})")


if __name__ == "__main__":
    main()
