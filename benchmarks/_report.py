"""What every benchmark prints, and how it times."""

import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pandas as pd
import scipy
import sklearn
import skorch
import torch

import sktext


def print_machine():
    """Print versions, machine, day and commit."""
    versions = {
        "sktext": sktext.__version__,
        "python": platform.python_version(),
        **{lib.__name__: lib.__version__ for lib in (torch, sklearn, skorch, scipy, numpy)},
    }
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(f"{os.cpu_count()} cores, torch threads {torch.get_num_threads()}, {platform.machine()}")
    print(f"{datetime.date.today()}, commit {commit()}")


def commit():
    """Name the commit, and whether files were changed since."""
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def seconds(function):
    """Time one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def cpu_seconds(function):
    """Time one call in seconds of the processor, which do not count waiting; return its result."""
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def now(device):
    """Wait for the device, and read the clock."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def timed(device, function):
    """Give the seconds of one call."""
    start = now(device)
    function()
    return now(device) - start


def compare(what, ours, theirs, *, repeat=5, warm_up=1):
    """Time two functions in turns and print both medians and the ratio.

    Parameters
    ----------
    what : str
        Name of the line.
    ours, theirs : callable
        The two sides.
    repeat, warm_up : int
        Counted and uncounted calls of each.

    Returns
    -------
    ratio : float
        Median of theirs / ours, pair by pair; above 1 is faster than they are.
    """
    for _ in range(warm_up):
        ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeat)]
    own, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"{what:<44} ours {own:8.4f} s   theirs {other:8.4f} s   {ratio:6.1f} x", flush=True)
    return ratio


def read_halves(name, label="label"):
    """Read the texts and labels of the official training and test part."""
    frame = read_data(name)
    parts = (frame[frame["split"] == split] for split in ("train", "test"))
    return [(part["text"].tolist(), part[label].to_numpy()) for part in parts]


def read_data(name):
    """Read a data set from the folder that SKTEXT_DATA names."""
    folder = os.environ.get("SKTEXT_DATA")
    if not folder:
        sys.exit("Set SKTEXT_DATA to the folder of data sets (see benchmarks/README.md).")
    return pd.read_csv(Path(folder) / f"{name}.csv.gz", keep_default_na=False)
