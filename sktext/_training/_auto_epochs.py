"""How many epochs ``max_epochs="auto"`` is, by the rows, the classes and the batches."""

from math import ceil

# Steps from which on a network no longer stands near its start, and how many more for each class,
# as a class is in ever fewer of the batches.
STEPS = 1500
STEPS_PER_CLASS = 25
# Beyond these, more epochs only learn few rows by heart.
MOST_EPOCHS = 40


def auto_epochs(n_rows: int, n_classes: int, rows_per_step: int, fewest: int) -> int:
    """Return enough epochs for a network to learn from few rows what it learns from many.

    Epochs of many rows have many steps, so that few epochs are enough; with few rows as few
    would end before the network has left its start.

    Parameters
    ----------
    n_rows : int
        Training rows, after resampling.
    n_classes : int
    rows_per_step : int
        Rows of a batch, times the batches of a step.
    fewest : int
        Epochs on many rows.

    Returns
    -------
    n_epochs : int
    """
    steps = STEPS + STEPS_PER_CLASS * n_classes
    per_epoch = max(1, ceil(n_rows / rows_per_step))
    return max(fewest, min(MOST_EPOCHS, ceil(steps / per_epoch)))
