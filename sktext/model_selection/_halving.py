"""Rounds of a search in which ever fewer candidates train for ever more epochs."""

from collections.abc import Callable
from math import ceil, floor, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Round(NamedTuple):
    """How many candidates train, and for how many epochs."""

    n_candidates: int
    max_epochs: int


def rounds_of(n_candidates: int, factor: float, max_epochs: int) -> list[Round]:
    """Plan the rounds; the last one has all epochs.

    Parameters
    ----------
    n_candidates : int
    factor : float
        By which the number of candidates is divided and the epochs are multiplied.
    max_epochs : int

    Returns
    -------
    rounds : list of Round
    """
    n_rounds = 1 + floor(log(n_candidates, factor) + 1e-9)
    return [
        Round(
            ceil(n_candidates / factor**i), max(1, ceil(max_epochs / factor ** (n_rounds - 1 - i)))
        )
        for i in range(n_rounds)
    ]


def halve(
    candidates: list[dict[str, Any]],
    rounds: list[Round],
    evaluate: Callable[[list[dict[str, Any]]], list[Any]],
    mean_scores: Callable[[list[Any]], NDArray],
) -> tuple[list[dict[str, Any]], list[Any], dict[str, list[int]]]:
    """Evaluate candidates in rounds; the best of each round go on, unless all fail.

    Parameters
    ----------
    candidates : list of dict
    rounds : list of Round
    evaluate : callable
        From candidates to a list of results, the same number for each of them.
    mean_scores : callable
        From these results to one score per candidate.

    Returns
    -------
    seen : list of dict
        The candidates of all rounds, with their ``max_epochs``.
    results : list
    columns : dict of str to list
        The round of each, and its epochs.
    """
    seen: list[dict[str, Any]] = []
    results: list[Any] = []
    found: list[Any] = []
    columns: dict[str, list[int]] = {"iter": [], "n_resources": []}
    for i, (n_candidates, max_epochs) in enumerate(rounds):
        if i:
            scores = mean_scores(found)
            if np.isnan(scores).all():
                break
            candidates = [candidates[k] for k in best_of(scores, n_candidates)]
        candidates = [params | {"max_epochs": max_epochs} for params in candidates]
        found = evaluate(candidates)
        results += found
        seen += candidates
        columns["iter"] += [i] * n_candidates
        columns["n_resources"] += [max_epochs] * n_candidates
    return seen, results, columns


def best_of(scores: NDArray, n_best: int) -> NDArray:
    """Return the places of the best scores, in ascending order; NaN is worst.

    Parameters
    ----------
    scores : ndarray of shape (n_candidates,)
    n_best : int

    Returns
    -------
    places : ndarray of shape (n_best,)
    """
    order = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")
    return np.sort(order[:n_best])
