"""Tables in Markdown of models on sets, of one run or of two beside each other."""

import json

import numpy as np
from _ready_models import BASELINES
from scipy.stats import rankdata

COLUMNS = {
    "accuracy": ("accuracy", "{:.4f}"),
    "macro_f1": ("macro F1", "{:.4f}"),
    "micro_f1": ("micro F1", "{:.4f}"),
    "ece": ("ECE", "{:.4f}"),
    "cpu_s": ("CPU s", "{:.1f}"),
    "s": ("s", "{:.1f}"),
    "bytes": ("bytes", "{:,}"),
}
RANKED = ("macro_f1", "accuracy")


def read_results(file):
    """Read the last line of each row on each set.

    Returns
    -------
    results : dict of (str, str) to dict
        Figures or an error, by set and row.
    """
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {(line["set"], line["row"]): line for line in lines}


def print_tables(runs):
    """Print the tables of a run, or of one before and one after.

    Parameters
    ----------
    runs : list of dict
        One or two results.
    """
    sets, rows = names_of(runs, 0), names_of(runs, 1)
    for name in sets:
        print_set(name, rows, runs)
    print_ranks(sets, rows, runs)
    for metric in RANKED:
        words = COLUMNS[metric][0]
        leads = [lead(results, metric) for results in runs]
        print_grid(f"{words} minus that of the better baseline", sets, rows, leads)
        if len(runs) == 2:
            changes = changes_of(runs, metric)
            print_grid(f"{words} after minus before", sets, rows, [changes])


def names_of(runs, part):
    """Return the sets (0) or rows (1) of all runs, in the order in which they come."""
    return list(dict.fromkeys(key[part] for results in runs for key in results))


def print_line(cells):
    """Print a line of a table."""
    print("| " + " | ".join(cells) + " |")


def print_head(title, columns):
    """Print the heading of a table, and its names of columns."""
    print(f"\n### {title}\n")
    print_line(["", *columns])
    print_line(["---", *("---:" for _ in columns)])


def side_by_side(values, form):
    """Write the value of each run, or a dash where there is none."""
    cells = ["-" if value is None else form.format(value) for value in values]
    return " → ".join(cells) if any(value is not None for value in values) else "-"


def print_set(name, rows, runs):
    """Print all figures of a set."""
    print_head(name, [words for words, _ in COLUMNS.values()])
    for row in rows:
        found = [results.get((name, row), {}) for results in runs]
        if not any(found):
            continue
        cells = [
            side_by_side([figures.get(metric) for figures in found], form)
            for metric, (_, form) in COLUMNS.items()
        ]
        errors = [figures["error"] for figures in found if "error" in figures]
        print_line([row + "".join(f" ({error_type(error)})" for error in errors), *cells])


def error_type(error):
    """Return the name of an error without what it says."""
    return error.split(":")[0]


def values_on(results, name, metric):
    """Return the figures of the rows that did not fail on a set."""
    return {
        row: figures[metric]
        for (of_set, row), figures in results.items()
        if of_set == name and metric in figures
    }


def ranks(results, metric):
    """Rank the rows on each set, the best one first; return the ranks by row."""
    found = {}
    for name in names_of([results], 0):
        values = values_on(results, name, metric)
        for row, rank in zip(values, rankdata([-value for value in values.values()]), strict=True):
            found.setdefault(row, []).append(rank)
    return found


def print_ranks(sets, rows, runs):
    """Print mean ranks over the sets that a row is of, sorted by macro F1 of the last run."""
    print_head(
        "Average ranks", [*(COLUMNS[metric][0] for metric in RANKED), f"of {len(sets)} sets"]
    )
    found = {metric: [ranks(results, metric) for results in runs] for metric in RANKED}
    order = {row: np.mean(of_row) for row, of_row in found["macro_f1"][-1].items()}
    for row in sorted(rows, key=lambda row: order.get(row, np.inf)):
        cells = [
            side_by_side(
                [np.mean(of_run[row]) if row in of_run else None for of_run in found[metric]],
                "{:.1f}",
            )
            for metric in RANKED
        ]
        counts = [len(of_run.get(row, [])) for of_run in found["macro_f1"]]
        print_line([row, *cells, side_by_side(counts, "{}")])


def lead(results, metric):
    """Subtract the better baseline of a set from each of its rows."""
    found = {}
    for name in names_of([results], 0):
        values = values_on(results, name, metric)
        baselines = [values[row] for row in BASELINES if row in values]
        if baselines:
            found |= {(name, row): value - max(baselines) for row, value in values.items()}
    return found


def changes_of(runs, metric):
    """Subtract the figures of the first run from those of the second."""
    before, after = runs
    return {
        key: after[key][metric] - before[key][metric]
        for key in before.keys() & after.keys()
        if metric in before[key] and metric in after[key]
    }


def print_grid(title, sets, rows, grids):
    """Print a signed value for each row and set, those of each grid beside each other."""
    print_head(title, sets)
    for row in rows:
        values = [[grid.get((name, row)) for grid in grids] for name in sets]
        if any(value is not None for of_set in values for value in of_set):
            print_line([row, *(side_by_side(of_set, "{:+.4f}") for of_set in values)])
