"""Labels of a hierarchy as indicator matrices."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sktext._labels._hierarchy import Hierarchy
from sktext._labels._hierarchy._encoding import decode, encode, rows_of_labels
from sktext._labels._hierarchy._hierarchy import as_hierarchy
from sktext._labels._single import label_array
from sktext._typing import LabelsLike
from sktext._validation import fit_context


class HierarchyEncoder(BaseEstimator):
    """Write labels of a hierarchy as an indicator matrix, closed upward, and read them back.

    Use it to give hierarchical labels to any multi-label classifier: a row of
    ``"ENTY:animal"`` gets the columns ``"ENTY"`` and ``"ENTY:animal"``. Do not use it
    around :class:`sktext.meta.HierarchicalClassifier`, which does it itself.

    Parameters
    ----------
    parents : dict or Hierarchy, default=None
        What is right above each label, as for :class:`Hierarchy`. None takes labels as
        paths, each of which says what is above it.
    separator : str, default=":"
        What splits a path given as a str; a tuple needs none.

    Attributes
    ----------
    hierarchy_ : Hierarchy
    classes_ : ndarray of shape (n_labels,)
        The label of each column.
    one_each_ : bool
        Whether rows were given as one label, not as lists or sets of labels.

    See Also
    --------
    sktext.meta.HierarchicalClassifier : Fits a classifier to such labels.

    Examples
    --------
    >>> from sktext.preprocessing import HierarchyEncoder
    >>> encoder = HierarchyEncoder()
    >>> encoder.fit_transform(["ENTY:animal", "NUM"])
    array([[1, 1, 0],
           [0, 0, 1]])
    >>> encoder.inverse_transform([[1, 1, 0]])
    array(['ENTY:animal'], dtype='<U11')
    >>> HierarchyEncoder({"pet": None, "dog": "pet"}).fit_transform([{"dog"}, {"pet"}, set()])
    array([[1, 1],
           [1, 0],
           [0, 0]])
    """

    _parameter_constraints = {"parents": [dict, Hierarchy, None], "separator": [str]}

    def __init__(
        self, parents: dict[Any, Any] | Hierarchy | None = None, *, separator: str = ":"
    ) -> None:
        self.parents = parents
        self.separator = separator

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, y: LabelsLike) -> Self:
        """Learn the labels.

        Parameters
        ----------
        y : array-like of shape (n_samples,), or sequence of n_samples lists or sets
            Labels, or several of them for each row.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If labels make a cycle, a parent is missing, or a label is not in ``parents``.
        """
        rows, self.one_each_ = rows_of_labels(y)
        if self.parents is None:
            paths = (label for row in rows for label in row)
            self.hierarchy_ = Hierarchy.from_paths(paths, self.separator)
        else:
            self.hierarchy_ = as_hierarchy(self.parents)
            encode(self.hierarchy_, rows)
        self.classes_ = label_array(self.hierarchy_.labels)
        return self

    def transform(self, y: LabelsLike) -> NDArray[np.int64]:
        """Write labels as an indicator.

        Parameters
        ----------
        y : array-like of shape (n_samples,), or sequence of n_samples lists or sets
            As for ``fit``.

        Returns
        -------
        indicator : ndarray of shape (n_samples, n_labels), int64
            1 for the labels of a row and for all labels above them.

        Raises
        ------
        ValueError
            If a label was not in ``fit``.
        """
        check_is_fitted(self)
        return encode(self.hierarchy_, rows_of_labels(y)[0])

    def fit_transform(self, y: LabelsLike) -> NDArray[np.int64]:
        """Learn the labels and write them as an indicator; ``fit``, then ``transform``.

        Parameters
        ----------
        y : array-like of shape (n_samples,), or sequence of n_samples lists or sets
            As for ``fit``.

        Returns
        -------
        indicator : ndarray of shape (n_samples, n_labels), int64
            As of ``transform``.
        """
        return self.fit(y).transform(y)

    def inverse_transform(self, indicator: ArrayLike) -> NDArray[Any] | list[list[Any]]:
        """Read the most specific labels of an indicator.

        Parameters
        ----------
        indicator : array-like of shape (n_samples, n_labels)
            Nonzero where a row has a label.

        Returns
        -------
        y : ndarray of shape (n_samples,), or list of n_samples lists
            Lists if ``fit`` was given lists or sets.

        Raises
        ------
        ValueError
            If ``fit`` was given one label each, and a row has none or several.
        """
        check_is_fitted(self)
        rows = decode(self.hierarchy_, self.hierarchy_.most_specific(indicator))
        if not self.one_each_:
            return rows
        for i, row in enumerate(rows):
            if len(row) != 1:
                raise ValueError(
                    f"Row {i} has {len(row)} most specific labels, {row}, while fit was given one "
                    "label for each row. Keep the most probable one, or fit on lists of labels."
                )
        return label_array([row[0] for row in rows])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = True
        return tags
