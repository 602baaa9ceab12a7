"""Warnings of labels that are read as they stand and were perhaps meant otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from sktext._user_warnings import warn

SEPARATORS = (",", ";", "|")
# Set while a classifier fits another one.
_ALREADY_READ = ContextVar("already_read", default=False)


@contextmanager
def labels_already_read() -> Iterator[None]:
    """Silence the advice on labels that another classifier has read and hands on."""
    token = _ALREADY_READ.set(True)
    try:
        yield
    finally:
        _ALREADY_READ.reset(token)


def advise(labels, values, *, online):
    """Warn of what looks like another kind of labels than it was read as.

    Parameters
    ----------
    labels : Labels
        Learned from the values.
    values : ndarray
        As of ``LabelRows``.
    online : bool
        Whether the rows are a part of a stream, of which the proportions of labels say nothing.
    """
    if _ALREADY_READ.get():
        return
    if labels.form == "columns" and not online and is_one_hot(values):
        warn(
            "y is an indicator matrix with exactly one 1 in every row, so that each label gets a "
            "probability of its own. If each row has one of several classes, give the classes "
            "themselves: y.argmax(axis=1), or the name of that column."
        )
    if labels.form == "one":
        advise_of_joined(labels.classes)
        if not online and len(values) > 20 and 2 * len(labels.classes) > len(values):
            warn(
                "The number of unique classes is greater than 50% of the number of samples. `y` "
                "could represent a regression problem, not a classification problem."
            )


def is_one_hot(matrix):
    """Return whether every row of several columns has exactly one 1, and the rest zeros."""
    if matrix.shape[1] < 2:
        return False
    return all(
        (part.sum(axis=1) == 1).all() and (part >= 0).all()
        for part in np.array_split(matrix, max(1, len(matrix) // 1000))
    )


def advise_of_joined(classes):
    """Warn of strings that look like several labels, joined by a separator."""
    if not len(classes) or not isinstance(classes[0], str):
        return
    known = set(classes.tolist())
    for separator in SEPARATORS:
        joined = [label for label in known if separator in label]
        parts = {part.strip() for label in joined for part in label.split(separator)} - {""}
        known_fraction = len(parts & known) / max(1, len(parts))
        if len(parts) > 1 and (known_fraction == 1 or (known_fraction > 0.5 and len(joined) > 1)):
            example = min(joined)
            warn(
                f"Labels such as {example!r} look like several labels in one, and are classes of "
                f"their own. For several labels per row split them: [set(label.split({separator!r}"
                ")) for label in y]."
            )
            return
