"""Omission of rows of frequent classes."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from imblearn.utils import check_sampling_strategy
from numpy.random import RandomState

from sktext._validation import Interval
from sktext.sampling._multilabel import rows_to_drop
from sktext.sampling._row_sampler import RowSampler, n_rows_of


class RandomTextUnderSampler(RowSampler):
    """Drop random texts of frequent classes.

    Use it where there are more texts than time, or many classifiers share the work
    (:class:`sktext.meta.BalancedTextBagging`). Do not use it where texts are scarce: what
    is dropped is lost, and a class weight costs nothing.

    Parameters
    ----------
    sampling_strategy : str, float, dict, list or callable, default="auto"
        As in imbalanced-learn: "auto" and "not minority" bring every class to the size of
        the smallest; a float is the wanted ratio of two classes; a dict gives sizes. It
        is not used for multilabel targets.
    max_loss : float, default=0.25
        For multilabel targets: how many rows are dropped at most, as a fraction of the
        rows, in (0, 1).
    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_resampled,)
        The rows that are left, in their order.

    See Also
    --------
    RandomTextOverSampler : Repeats texts of rare classes instead.

    Notes
    -----
    Multilabel targets are thinned by ML-RUS [1]_: random rows without any label that is
    rarer than the mean are dropped, never the last one of a label.

    References
    ----------
    .. [1] Charte et al., "Addressing imbalance in multilabel classification: Measures and
       random resampling algorithms", Neurocomputing 2015.
       https://doi.org/10.1016/j.neucom.2014.08.091

    Examples
    --------
    >>> from sktext.sampling import RandomTextUnderSampler
    >>> sampler = RandomTextUnderSampler(random_state=0)
    >>> sampler.fit_resample(["hello", "see you", "win a prize"], ["ham", "ham", "spam"])
    (['see you', 'win a prize'], ['ham', 'spam'])
    """

    _parameter_constraints = {
        "sampling_strategy": [str, Real, dict, list, callable],
        "max_loss": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampling_strategy: str
        | float
        | dict[Any, int]
        | list[Any]
        | Callable[..., dict[Any, int]] = "auto",
        max_loss: float = 0.25,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.max_loss = max_loss
        self.random_state = random_state

    def _pick(self, y, rng):
        sizes = check_sampling_strategy(self.sampling_strategy, y, "under-sampling")
        kept = np.ones(len(y), dtype=bool)
        for label, size in sizes.items():
            rows = np.flatnonzero(y == label)
            kept[rows] = False
            kept[rng.choice(rows, size, replace=False)] = True
        return np.flatnonzero(kept)

    def _pick_multilabel(self, target, rng):
        dropped = rows_to_drop(target, n_rows_of(self.max_loss, target), rng)
        return np.setdiff1d(np.arange(len(target)), dropped)
