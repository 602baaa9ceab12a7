"""Labels for what only looks at them: samplers, reports, splitters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sktext._labels._reading import ONE, SEVERAL, form_of, read_labels
from sktext._labels._sets import labels_of_sets, to_indicator
from sktext._labels._single import codes_of, sorted_classes
from sktext._rows import indexable_labels
from sktext._typing import LabelsLike


def target_and_classes(y: LabelsLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Read labels as numbers of classes, or as an indicator.

    Parameters
    ----------
    y : labels in any container

    Returns
    -------
    target : ndarray of shape (n_samples,) or (n_samples, n_labels), int64
        A label that was not observed counts as absent.
    classes : ndarray of shape (n_classes,)
    """
    rows = read_labels(y)
    if rows.form == ONE:
        classes = sorted_classes(rows.values)
        return codes_of(rows.values, classes), classes
    if rows.form == SEVERAL:
        classes = labels_of_sets(rows.values)
        return to_indicator(rows.values, classes).astype(np.int64), classes
    columns = rows.container.columns
    classes = np.arange(rows.values.shape[1]) if columns is None else columns
    return np.maximum(rows.values.astype(np.int64), 0), classes


def target_of(y: LabelsLike) -> NDArray[Any]:
    """Read labels as they are, or as an indicator where a row has several."""
    rows = read_labels(y)
    return rows.values if rows.form == ONE else target_and_classes(y)[0]


def splitter_target(y: LabelsLike) -> Any:
    """Read labels as scikit-learn's splitters take them; a sparse indicator stays sparse."""
    if sparse.issparse(y):
        return y
    rows = read_labels(y)
    if rows.form == SEVERAL:
        return to_indicator(rows.values, labels_of_sets(rows.values))
    return rows.values


def unambiguous(y: LabelsLike) -> Any:
    """Write sets of labels so that no part of them can be taken for anything else.

    Parameters
    ----------
    y : labels in any container

    Returns
    -------
    y : list of frozensets, if these are sets of labels; else ``y`` itself
    """
    y = indexable_labels(y)
    if len(getattr(y, "shape", ())) == 2 or form_of(y) != SEVERAL:
        return y
    return [frozenset(labels) for labels in read_labels(y).values]
