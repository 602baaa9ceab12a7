"""Show the figures of an example, or save them where there is no screen."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

# Backends that only write files; notebooks and windows have others.
FILE_BACKENDS = {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}
FOLDER = Path("pictures")


def show():
    """Show all figures; without a screen save them in the folder ``pictures`` and say where."""
    if plt.get_backend().lower() not in FILE_BACKENDS:
        plt.show()
        return
    FOLDER.mkdir(exist_ok=True)
    name = Path(sys.argv[0]).stem.removeprefix("plot_")
    for number in plt.get_fignums():
        path = FOLDER / (f"{name}.png" if number == 1 else f"{name}_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
        print(f"saved {path}")
    plt.close("all")
