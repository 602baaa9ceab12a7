"""Labels of a hierarchy: read by ``fit``, predicted as labels and as paths."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from sktext._labels._containers import container_of_matrix
from sktext._labels._hierarchy._encoding import (
    decode,
    encode,
    is_indicator,
    is_table,
    read_columns,
    rows_of_labels,
)
from sktext._labels._hierarchy._hierarchy import as_hierarchy
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._labels._opening import open_labels
from sktext._labels._reading import are_matrix_rows, is_nested
from sktext._labels._single import label_array
from sktext._rows import indexable_labels
from sktext._typing import LabelsLike, RowsLike
from sktext.preprocessing import HierarchyEncoder


class HierarchicalLabels:
    """Mixin that reads labels of a hierarchy and predicts them in the form they came in.

    A class sets ``parents`` and ``separator`` and defines ``predict_indicator``.
    """

    predict_indicator: Callable[[RowsLike], NDArray]

    def _learn_labels(self, y):
        """Find the hierarchy and encode the labels as a closed indicator."""
        y = self._opened(y, None if self.parents is None else as_hierarchy(self.parents))
        if self._is_indicator(y):
            return self._learn_columns(y)
        rows, one_each = rows_of_labels(y)
        encoder = HierarchyEncoder(self.parents, separator=self.separator).fit(rows)
        self.hierarchy_, self.classes_ = encoder.hierarchy_, encoder.classes_
        self._form = "one" if one_each else "lists"
        return self._refuse_single_label(encoder.transform(rows))

    def _opened(self, y, hierarchy):
        """Turn rows of zeros and ones into an array, if the hierarchy has as many labels."""
        y = indexable_labels(y)
        if hierarchy is None or len(getattr(y, "shape", ())) == 2:
            return y
        column = open_labels(y)
        if is_nested(column) and are_matrix_rows(column, label_array(hierarchy.labels)):
            return np.asarray(column.tolist())
        return y

    def _is_indicator(self, y):
        """Check for an indicator; a table of names says itself which label is above which."""
        return is_indicator(y) and (self.parents is not None or not is_table(y))

    def _learn_columns(self, y):
        if self.parents is None:
            raise ValueError(
                "An indicator matrix does not say which label is above which; pass parents=, "
                "with an entry for each column in their order."
            )
        self.hierarchy_ = as_hierarchy(self.parents)
        self.classes_ = label_array(self.hierarchy_.labels)
        self._form, self._container = "columns", container_of_matrix(y)
        return self._refuse_single_label(read_columns(self.hierarchy_, y))

    def _refuse_single_label(self, indicator):
        if len(self.hierarchy_) < 2:
            raise ValueError(
                f"y has one class, {self.hierarchy_.labels[0]!r}; at least two are needed."
            )
        return indicator

    def _encode(self, y, name="y"):
        """Encode labels as a closed indicator of the fitted hierarchy."""
        y = self._opened(y, self.hierarchy_)
        if self._is_indicator(y):
            return read_columns(self.hierarchy_, y, name)
        return encode(self.hierarchy_, self._rows(y), name)

    def _rows(self, y):
        """Read the labels of rows; after a first fit on paths, a list of their parts is one."""
        rows = rows_of_labels(y)[0]
        if self._form != "one":
            return rows
        known = self.hierarchy_.numbers
        return [[tuple(row)] if tuple(row) in known else row for row in rows]

    def _encode_known(self, y):
        """Encode labels as an indicator, and find rows with labels that were not fitted."""
        y = indexable_labels(y)
        if self.parents is not None or self._is_indicator(y):
            y = self._encode(y)
            return y, np.zeros(len(y), dtype=bool)
        rows = self._rows(y)
        known = [[label for label in row if label in self.hierarchy_.numbers] for row in rows]
        strange = [len(some) < len(row) for some, row in zip(known, rows, strict=True)]
        return encode(self.hierarchy_, known), np.array(strange, dtype=bool)

    def predict(self, X: RowsLike) -> NDArray | list[list[Any]] | Any:
        """Predict labels.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,), list of n_samples lists, or ndarray, sparse \
                matrix or data frame of shape (n_samples, n_labels)
            As in ``fit``: the most specific label; or lists of labels or an indicator,
            including all labels above those predicted.
        """
        check_is_fitted(self)
        indicator = self.predict_indicator(X)
        if self._form == "columns":
            return self._container.write(indicator, self.classes_)
        if self._form == "lists":
            return decode(self.hierarchy_, indicator)
        return self.classes_[self.hierarchy_.most_specific(indicator).argmax(axis=1)]

    def predict_paths(self, X: RowsLike) -> list[list[tuple[Any, ...]]]:
        """Predict the path from the top to each most specific label.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.

        Returns
        -------
        paths : list of n_samples lists of tuples of labels
            From the top down; a label with several parents has several paths.
        """
        check_is_fitted(self)
        last = self.hierarchy_.most_specific(self.predict_indicator(X))
        ways = {
            number: self.hierarchy_.ways_to(self.hierarchy_.labels[number])
            for number in np.flatnonzero(last.any(axis=0))
        }
        return [[way for number in np.flatnonzero(row) for way in ways[number]] for row in last]

    def score(self, X: RowsLike, y: LabelsLike, sample_weight: ArrayLike | None = None) -> float:
        """Compute the fraction of rows of which all labels are correct.

        Parameters
        ----------
        X : sequence of n_samples rows
            As in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels), or list of n_samples lists
            Labels as in ``fit``.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        score : float
            For one label per row, the accuracy of the most specific label. Without
            ``parents``, a row with a label that was not fitted counts as wrong.
        """
        y, strange = self._encode_known(y)
        refuse_unobserved_cells(y)
        correct = (self.predict_indicator(X) == y).all(axis=1) & ~strange
        return float(np.average(correct, weights=sample_weight))  # type: ignore[arg-type]
