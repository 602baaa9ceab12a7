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
import warnings
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from _model_figures import measure, show
from _ready_models import ready_models
from _report import commit, print_machine
from _result_tables import print_tables, read_results
from _text_sets import SETS, read_set

from sktext import TorchClassifier

LARGE_SETS = {"imdb"}
FEW_TEXTS = 15_000  # for which networks are fitted without --large


def measure_or_fail(model, data):
    """Return the figures of a model, or the error that ended it."""
    try:
        return measure(model, data)
    except Exception as error:  # the other rows go on, whatever it was
        return {"error": f"{type(error).__name__}: {error}"}


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
