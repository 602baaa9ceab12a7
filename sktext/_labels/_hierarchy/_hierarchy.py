"""Which label is above which."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from sktext._labels._hierarchy._graph import divide_edges, find_levels, fold, fold_plan, read_edges
from sktext._labels._hierarchy._paths import parents_of_paths


class Hierarchy:
    """Labels and the labels above them: a tree, several trees, or any graph without cycles.

    Use it to tell a loss, a classifier or a score which label implies which others. It is
    not needed for paths such as ``"ENTY:animal"``: :class:`HierarchyEncoder` finds the
    hierarchy in these.

    Parameters
    ----------
    parents : dict of {label: label, list of labels or None}
        What is right above each label; None, or an empty list, at the top. Every label has
        an entry of its own. A list or set holds several parents; a tuple is one label.
        The order of the entries is that of the columns of indicator matrices.

    Attributes
    ----------
    labels : tuple of length n_labels
        In the order of ``parents``.
    edges : ndarray of shape (n_edges, 2)
        Number of the parent and number of the child.
    levels : ndarray of shape (n_labels,)
        Steps from the top, 0 there; by the longest way where there are several.
    n_levels : int
    is_leaf : ndarray of bool of shape (n_labels,)
        Whether nothing is below a label.
    is_tree : bool
        Whether no label has two parents.

    Raises
    ------
    ValueError
        If there are no labels, a parent has no entry, or a label is above itself.

    References
    ----------
    .. [1] Silla and Freitas, "A survey of hierarchical classification across different
       application domains", Data Mining and Knowledge Discovery 22, 2011.
       https://doi.org/10.1007/s10618-010-0175-9

    Examples
    --------
    >>> from sktext.preprocessing import Hierarchy
    >>> hierarchy = Hierarchy({"animal": None, "pet": None, "dog": ["animal", "pet"]})
    >>> hierarchy.close([[0, 0, 1]])
    array([[1, 1, 1]])
    >>> Hierarchy.from_paths(["ENTY:animal", "NUM:date"]).labels
    ('ENTY', 'ENTY:animal', 'NUM', 'NUM:date')
    """

    def __init__(self, parents: Mapping[Any, Any]) -> None:
        if not isinstance(parents, dict) or not parents:
            raise ValueError(
                f"parents must be a dict of at least one label and its parents; got {parents!r}. "
                "Give None as the parent of a label at the top."
            )
        self.labels = tuple(parents)
        self.edges = read_edges(self.labels, [as_list(above) for above in parents.values()])
        self.levels = find_levels(self.labels, self.edges)
        self.n_levels = int(self.levels.max()) + 1
        self.is_leaf = ~np.isin(np.arange(len(self.labels)), self.edges[:, 0])
        self.is_tree = len(np.unique(self.edges[:, 1])) == len(self.edges)
        self.numbers = {label: i for i, label in enumerate(self.labels)}
        self.edges_by_level = divide_edges(self.edges, self.levels)
        self._up = fold_plan(self.edges_by_level, upward=True)
        self._down = fold_plan(self.edges_by_level, upward=False)

    @classmethod
    def from_paths(cls, paths: Iterable[Any], separator: str | None = ":") -> Self:
        """Make the hierarchy of all labels on some paths.

        Parameters
        ----------
        paths : iterable of str, tuples or other labels
            A str such as ``"ENTY:animal"`` or a tuple such as ``("ENTY", "animal")``; any
            other label is at the top.
        separator : str or None, default=":"
            What splits a str; None splits none.

        Returns
        -------
        hierarchy : Hierarchy
            Its labels are paths, too, ``"ENTY"`` and ``"ENTY:animal"``, and sorted.
        """
        return cls(parents_of_paths(paths, separator))

    def __len__(self) -> int:
        return len(self.labels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hierarchy) or self.labels != other.labels:
            return False
        return np.array_equal(self.edges, other.edges)

    def __hash__(self) -> int:
        return hash((self.labels, self.edges.tobytes()))

    def __repr__(self) -> str:
        return f"Hierarchy({len(self)} labels on {self.n_levels} levels)"

    def close(self, indicator: ArrayLike) -> NDArray[Any]:
        """Add to every row all labels above those it has.

        Parameters
        ----------
        indicator : array-like of shape (n_samples, n_labels)
            Nonzero where a row has a label.

        Returns
        -------
        closed : ndarray of shape (n_samples, n_labels)
            Closing it again changes nothing.
        """
        return self.max_below(indicator)

    def max_below(self, scores: ArrayLike) -> NDArray[Any]:
        """Raise the score of every label to the highest of itself and all below it.

        Parameters
        ----------
        scores : array-like of shape (n_samples, n_labels)
            Indicators, probabilities or scores.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_labels)
            No child above its parent.
        """
        return fold(self._columns(scores), self._up, np.maximum)

    def min_above(self, scores: ArrayLike) -> NDArray[Any]:
        """Lower the score of every label to the least of itself and all above it.

        Parameters
        ----------
        scores : array-like of shape (n_samples, n_labels)
            Indicators, probabilities or scores.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_labels)
            No child above its parent.
        """
        return fold(self._columns(scores), self._down, np.minimum)

    def most_specific(self, indicator: ArrayLike) -> NDArray[np.bool_]:
        """Keep of every row the labels that no other label of the row is below.

        Parameters
        ----------
        indicator : array-like of shape (n_samples, n_labels)
            Nonzero where a row has a label.

        Returns
        -------
        indicator : ndarray of bool of shape (n_samples, n_labels)
        """
        closed = self.close(indicator) > 0
        return closed & ~(closed.astype(np.int32) @ self._right_above() > 0)

    def count_violations(self, scores: ArrayLike) -> int:
        """Count where a child is above its parent.

        Parameters
        ----------
        scores : array-like of shape (n_samples, n_labels)
            Indicators, probabilities or scores.

        Returns
        -------
        n_violations : int
            Of all rows and pairs of a parent and a child.
        """
        scores = self._columns(scores)
        return int((scores[:, self.edges[:, 1]] > scores[:, self.edges[:, 0]]).sum())

    def above(self) -> sparse.csr_array:
        """Find for every label which labels it implies.

        Returns
        -------
        above : csr_array of shape (n_labels, n_labels)
            1 where the column is the row's label or above it.
        """
        step = self._right_above()
        above = reached = sparse.eye_array(len(self), format="csr")
        for _ in range(self.n_levels - 1):
            reached = reached @ step
            above = above + reached
        return (above > 0).astype(np.float64)

    def ways_to(self, label: Hashable) -> list[tuple[Any, ...]]:
        """List the ways from the top down to a label.

        Parameters
        ----------
        label : hashable
            One of ``labels``.

        Returns
        -------
        ways : list of tuples of labels
            One in a tree; the last of each is ``label``.
        """
        number = self.numbers[label]
        parents = self.edges[self.edges[:, 1] == number, 0]
        if not len(parents):
            return [(label,)]
        return [(*way, label) for p in parents for way in self.ways_to(self.labels[p])]

    def _right_above(self):
        """Find the parents of every label, as ``above`` does for all above it."""
        parents, children = self.edges.T
        ones = np.ones(len(self.edges), dtype=np.int32)
        return sparse.csr_array((ones, (children, parents)), shape=(len(self),) * 2)

    def _columns(self, values: ArrayLike) -> NDArray[Any]:
        values = np.asarray(values)
        if values.ndim != 2 or values.shape[1] != len(self):
            raise ValueError(
                f"A column for each of the {len(self)} labels of the hierarchy is needed; got an "
                f"array of shape {values.shape}."
            )
        return values


def as_hierarchy(given):
    """Make a hierarchy of the parents of labels; one that is a hierarchy already stays it."""
    return given if isinstance(given, Hierarchy) else Hierarchy(given)


def as_list(parents):
    """Return the parents of a label as a list."""
    if parents is None:
        return []
    return list(parents) if isinstance(parents, list | set | frozenset) else [parents]
