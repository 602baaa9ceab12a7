"""Labels and their parents as numbers: edges, levels, cycles."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components


def read_edges(labels, parents):
    """Turn the parents of every label into pairs of numbers.

    Parameters
    ----------
    labels : list of n_labels hashables
    parents : list of n_labels lists
        The parents of each label.

    Returns
    -------
    edges : ndarray of shape (n_edges, 2)
        Number of the parent, number of the child.

    Raises
    ------
    ValueError
        If a parent is no label itself.
    """
    number = {label: i for i, label in enumerate(labels)}
    for label, above in zip(labels, parents, strict=True):
        for parent in above:
            if parent not in number:
                raise ValueError(
                    f"The parent of {label!r} is {parent!r}, which has no entry of its own; add "
                    f"{parent!r}: None if it is at the top, or correct the name."
                )
    pairs = [(number[parent], i) for i, above in enumerate(parents) for parent in above]
    return np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)


def find_levels(labels, edges):
    """Count the steps from the top to each label, by the longest way.

    Parameters
    ----------
    labels : list of n_labels hashables
        For the message.
    edges : ndarray of shape (n_edges, 2)

    Returns
    -------
    levels : ndarray of shape (n_labels,)
        0 at the top; greater than those of all parents.

    Raises
    ------
    ValueError
        If some labels are above themselves.
    """
    refuse_cycle(labels, edges)
    levels = np.zeros(len(labels), dtype=np.int64)
    while True:
        lower = levels.copy()
        np.maximum.at(lower, edges[:, 1], levels[edges[:, 0]] + 1)
        if np.array_equal(lower, levels):
            return levels
        levels = lower


def refuse_cycle(labels, edges):
    """Name labels that are above themselves."""
    graph = sparse.csr_array(
        (np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(len(labels), len(labels))
    )
    _, component = connected_components(graph, directed=True, connection="strong")
    inner = edges[component[edges[:, 0]] == component[edges[:, 1]]]
    if not len(inner):
        return
    parent = {child: above for above, child in inner.tolist()}
    way = [int(inner[0, 1])]
    while way[-1] not in way[:-1]:
        way.append(parent[way[-1]])
    cycle = " -> ".join(repr(labels[i]) for i in way[way.index(way[-1]) :][::-1])
    raise ValueError(f"Labels are above themselves, {cycle}; remove one of these parents.")


def divide_edges(edges, levels):
    """Divide the edges by the level of their children, from level 1 down.

    Parameters
    ----------
    edges : ndarray of shape (n_edges, 2)
    levels : ndarray of shape (n_labels,)

    Returns
    -------
    by_level : list of n_levels - 1 ndarrays of shape (n_edges of the level, 2)
    """
    depth = levels[edges[:, 1]]
    return [edges[depth == level] for level in range(1, int(levels.max()) + 1)]


def fold_plan(edges_by_level, upward):
    """Group the edges so that labels can be folded into their parents level by level.

    Parameters
    ----------
    edges_by_level : list of ndarrays of shape (n_edges of the level, 2)
        From level 1 down.
    upward : bool
        Whether children go into their parents, the deepest first; else parents go into
        their children, the highest first.

    Returns
    -------
    steps : list of (into, source, starts)
        ``into`` are distinct labels; those folded into ``into[i]`` are
        ``source[starts[i]:starts[i + 1]]``.
    """
    steps = []
    for edges in reversed(edges_by_level) if upward else edges_by_level:
        source, into = edges.T[:: -1 if upward else 1]
        by_target = np.argsort(into, kind="stable")
        targets, starts = np.unique(into[by_target], return_index=True)
        steps.append((targets, source[by_target], starts))
    return steps


def fold(values, steps, ufunc):
    """Fold columns into others: ``np.maximum`` of descendants, ``np.minimum`` of ancestors."""
    values = values.copy()
    for into, source, starts in steps:
        folded = ufunc.reduceat(values[:, source], starts, axis=1)
        values[:, into] = ufunc(values[:, into], folded)
    return values
