"""Repetition of rows of rare classes."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from imblearn.utils import check_sampling_strategy
from numpy.random import RandomState

from sktext._validation import Interval
from sktext.sampling._multilabel import rows_to_clone
from sktext.sampling._row_sampler import RowSampler, n_rows_of


class RandomTextOverSampler(RowSampler):
    """Repeat random texts of rare classes.

    Use it in front of a classifier that knows no class weights, or to see whether
    repetition does more than a weight: texts stay texts, in lists, arrays, Series and
    columns, where imbalanced-learn wants a matrix. Do not use it before a classifier or a
    search that splits rows by itself: copies of one text would lie on both sides. There,
    give it to the classifier (``sampler=``), which holds rows out first.

    Parameters
    ----------
    sampling_strategy : str, float, dict, list or callable, default="auto"
        As in imbalanced-learn: "auto" and "not majority" bring every class to the size of
        the largest; a float is the wanted ratio of two classes; a dict gives sizes. It is
        not used for multilabel targets.
    max_growth : float, default=0.25
        For multilabel targets: how many rows are added at most, as a fraction of the
        rows, greater than 0.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_resampled,)
        Where each row comes from: first all rows in order, then the repeated ones.

    See Also
    --------
    RandomTextUnderSampler : Drops texts of frequent classes instead.
    WordDeletionOverSampler : Adds texts that are not mere copies.

    Notes
    -----
    Multilabel targets are balanced by ML-ROS [1]_: rows that carry a label rarer than the
    mean are repeated in turns, label by label, until none of these is or ``max_growth``
    is reached.

    References
    ----------
    .. [1] Charte et al., "Addressing imbalance in multilabel classification: Measures and
       random resampling algorithms", Neurocomputing 2015.
       https://doi.org/10.1016/j.neucom.2014.08.091

    Examples
    --------
    >>> from sktext.sampling import RandomTextOverSampler
    >>> sampler = RandomTextOverSampler(random_state=0)
    >>> sampler.fit_resample(["hello", "see you", "win a prize"], ["ham", "ham", "spam"])
    (['hello', 'see you', 'win a prize', 'win a prize'], ['ham', 'ham', 'spam', 'spam'])
    >>> sampler.sample_indices_
    array([0, 1, 2, 2])
    """

    _parameter_constraints = {
        "sampling_strategy": [str, Real, dict, list, callable],
        "max_growth": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampling_strategy: str
        | float
        | dict[Any, int]
        | list[Any]
        | Callable[..., dict[Any, int]] = "auto",
        max_growth: float = 0.25,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.max_growth = max_growth
        self.random_state = random_state

    def _pick(self, y, rng):
        missing = check_sampling_strategy(self.sampling_strategy, y, "over-sampling")
        added = [
            rng.choice(np.flatnonzero(y == label), n_missing)
            for label, n_missing in missing.items()
            if n_missing
        ]
        return np.concatenate([np.arange(len(y)), *added])

    def _pick_multilabel(self, target, rng):
        added = rows_to_clone(target, n_rows_of(self.max_growth, target), rng)
        return np.concatenate([np.arange(len(target)), added])
