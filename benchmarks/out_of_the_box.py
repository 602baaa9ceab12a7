"""Everything with its defaults on every set: ours, and what people fit to texts otherwise.

Baseline A is a LinearSVC with balanced classes on words, B a logistic regression on words and
pairs of words; of several labels per text, OvR is a LinearSVC for each, with thresholds by hand on
three folds. fastText and LibMultiLabel are fitted where they are installed
(``pip install fasttext-community libmultilabel``). Our linear models are fitted with every loss of
the task, inside TunedThresholdsClassifier for several labels, and our networks on sets of few
texts. Nothing is searched, every seed is 0, and the test rows are scored once.

The calibration error (ECE) is that of the largest probability, in 15 bins; of several labels, the
mean of the errors of each. Seconds are those of ``fit``, of the processor and of the clock; bytes
those of the pickle. A row that fails is a line with its error, and is tried again when a saved run
goes on. Ranks are means over the sets that a row is of.

    python benchmarks/out_of_the_box.py --save out_of_the_box.jsonl
    python benchmarks/out_of_the_box.py --table before.jsonl after.jsonl
"""

import argparse
import json
import pickle
import warnings
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from _ready_models import ready_models
from _report import commit, cpu_seconds, print_machine, seconds
from _result_tables import print_tables, read_results
from _text_sets import SETS, read_set
from sklearn.metrics import accuracy_score, f1_score

from sktext import TorchClassifier
from sktext.metrics import expected_calibration_error

LARGE_SETS = {"imdb"}
FEW_TEXTS = 15_000  # for which networks are fitted without --large


def calibration_error(y, proba, classes):
    """Compute the calibration error of the largest probability, or the mean one of all labels."""
    how = {"n_bins": 15, "strategy": "uniform"}
    if y.ndim == 2:
        return expected_calibration_error(y, proba, **how)
    right = classes[proba.argmax(axis=1)] == y
    return expected_calibration_error(right, proba.max(axis=1), labels=[False, True], **how)


def measure(model, data):
    """Fit a model, and return its figures."""
    cost = {}

    def fit():
        cost["s"] = seconds(lambda: model.fit(data.X, data.y))

    _, cost["cpu_s"] = cpu_seconds(fit)
    predicted = np.asarray(model.predict(data.X_test))
    f1 = {
        f"{average}_f1": f1_score(data.y_test, predicted, average=average, zero_division=0)
        for average in ("macro", "micro")
    }
    ece = None
    if hasattr(model, "predict_proba"):
        proba = np.asarray(model.predict_proba(data.X_test))
        ece = calibration_error(data.y_test, proba, model.classes_)
    accuracy = accuracy_score(data.y_test, predicted)
    size = {"bytes": len(pickle.dumps(model))}
    return {"accuracy": accuracy, **f1, "ece": ece, **cost, **size}


def measure_or_fail(model, data):
    """Return the figures of a model, or the error that ended it."""
    try:
        return measure(model, data)
    except Exception as error:  # the other rows go on, whatever it was
        return {"error": f"{type(error).__name__}: {error}"}


def show(row, figures):
    """Print the line of a row."""
    if "error" in figures:
        print(f"  {row:<52} {figures['error'].splitlines()[0]}", flush=True)
        return
    ece = "     -" if figures["ece"] is None else f"{figures['ece']:.4f}"
    print(
        f"  {row:<52} accuracy {figures['accuracy']:.4f}   macro F1 {figures['macro_f1']:.4f}   "
        f"micro F1 {figures['micro_f1']:.4f}   ECE {ece}   {figures['cpu_s']:7.1f} CPU s   "
        f"{figures['s']:7.1f} s   {figures['bytes']:12,} bytes",
        flush=True,
    )


def run_set(name, options, known):
    """Measure the rows of a set that are not known, and add them to what is known."""
    data = read_set(name)
    print(f"{name}: {len(data.X)} training and {len(data.X_test)} test texts, {data.task}")
    models = ready_models(
        data.task,
        networks=options.large or len(data.X) < FEW_TEXTS,
        balanced_losses=options.balanced_losses,
        balanced_networks=options.balanced_networks,
    )
    for row, model in models.items():
        if not any(fnmatch(row, pattern) for pattern in options.rows):
            continue
        if "error" not in known.get((name, row), {"error": ""}):
            continue
        figures = measure_or_fail(model, data)
        show(row, figures)
        known[name, row] = {"set": name, "row": row, "commit": commit(), **figures}
        if options.save:
            with options.save.open("a", encoding="utf-8") as file:
                file.write(json.dumps(known[name, row]) + "\n")


def read_options():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", help=f"joined by commas, of {', '.join(SETS)}")
    parser.add_argument("--rows", nargs="+", default=["*"], help="patterns of names, as 'base*'")
    parser.add_argument("--balanced-losses", action="store_true", help="losses with class weights")
    parser.add_argument("--balanced-networks", action="store_true", help="the same of networks")
    parser.add_argument("--large", action="store_true", help="IMDB, and networks on every set")
    parser.add_argument("--save", type=Path, help="file of results, to go on with later")
    parser.add_argument(
        "--table", type=Path, nargs="+", metavar="FILE", help="only print: one file, or two"
    )
    options = parser.parse_args()
    default = [name for name in SETS if options.large or name not in LARGE_SETS]
    options.sets = options.sets.split(",") if options.sets else default
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"--sets must be of {', '.join(SETS)}; got {', '.join(sorted(unknown))}.")
    if options.table and len(options.table) > 2:
        parser.error("--table takes one file, or one of before and one of after.")
    return options


def main():
    """Print a line for each model and set, and the tables of all."""
    options = read_options()
    if options.table:
        print_tables([read_results(file) for file in options.table])
        return
    print_machine()
    # They tell users to leave the defaults, which are what is measured.
    warnings.simplefilter("ignore")
    TorchClassifier().fit(np.eye(4), [0, 1, 0, 1])  # torch loads its optimizers once
    known = read_results(options.save) if options.save and options.save.exists() else {}
    for name in options.sets:
        run_set(name, options, known)
    print_tables([known])


if __name__ == "__main__":
    main()
