"""Rows drawn anew for every epoch."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sktext._labels._groups import bags_of, restoring_factors, weight_groups
from sktext._validation import Interval, check_parameters


class EpochSampler(BaseEstimator):
    """Base of samplers that draw rows anew for every epoch; a subclass writes ``draw``.

    Use it for a curriculum, hard examples first, or any other order of your own: give an
    object of the subclass to a classifier's ``sampler``. Do not use it for draws that
    never change; there an imbalanced-learn sampler does the same once. Rows are never
    copied: a batch is looked up when its turn comes.

    See Also
    --------
    BalancedBatches : Draws every class equally often.

    Examples
    --------
    >>> import numpy as np
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.sampling import EpochSampler
    >>> class Half(EpochSampler):
    ...     def draw(self, target, rng):
    ...         return rng.permutation(len(target))[: len(target) // 2]
    >>> texts, labels = make_imbalanced_texts(200, random_state=0)
    >>> clf = TfidfTorchClassifier(sampler=Half(), random_state=0).fit(texts, labels)
    >>> clf.predict(texts[:1])
    array(['delivery'], dtype='<U8')
    """

    _parameter_constraints: dict[str, list[Any]] = {}

    def draw(self, target: NDArray[Any], rng: RandomState) -> NDArray[Any]:
        """Draw the rows of one epoch.

        Parameters
        ----------
        target : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class numbers, or an indicator matrix.
        rng : RandomState
            Source of the draw.

        Returns
        -------
        rows : ndarray of shape (n_drawn,), int
            Row numbers in the order they are trained on; any of them may come often.
        """
        raise NotImplementedError

    def epoch(
        self, target: NDArray[Any], weight: NDArray[Any] | None, reweight: bool, rng: RandomState
    ) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Draw the rows of one epoch, and what their weights are multiplied with.

        Parameters
        ----------
        target : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class numbers, or an indicator matrix.
        weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
            Weights of the rows, or of rows and labels.
        reweight : bool
            Whether the classes keep their original proportions.
        rng : RandomState
            Source of the draw.

        Returns
        -------
        rows : ndarray of shape (n_drawn,), int64
        factors : ndarray of shape (n_drawn,), or None
        """
        rows = np.asarray(self.draw(target, rng))
        numbers = rows.ndim == 1 and rows.dtype.kind in "iu" and len(rows)
        if not numbers or rows.min() < 0 or rows.max() >= len(target):
            raise ValueError(
                f"{self!r}.draw must return row numbers from 0 to {len(target) - 1}; got {rows}."
            )
        if not reweight:
            return rows, None
        if weight is not None and weight.ndim == 2:
            weight = weight.mean(axis=1)
        factors = restoring_factors(weight_groups(target), rows, weight)
        return rows, factors * (len(rows) / len(target))  # as large in every epoch


class BalancedBatches(EpochSampler):
    """Draw every class, or every label, equally often in every batch.

    Use it to train on balanced classes without a copy of any row and without losing one:
    frequent classes show other rows in each epoch. Do not use it together with
    ``class_weight="balanced"``, which does the same again, nor with
    ``optimizer="lbfgs"``, which has no batches.

    Parameters
    ----------
    n_rows : int, default=None
        Rows of an epoch, at least 1; None is as many as there are.

    See Also
    --------
    EpochSampler : For other draws.

    Notes
    -----
    Classes take turns in random order, so that a batch has each of them equally often,
    but for the turns it begins and ends in. A class hands out its rows in random order
    and begins anew when it has none left. For multilabel targets labels take the turns
    [1]_, and rows without labels are one more. With ``reweight=True`` the rows of each
    class weigh as much together as they did before.

    References
    ----------
    .. [1] Shen et al., "Relay Backpropagation for Effective Learning of Deep Convolutional
       Neural Networks", ECCV 2016 (class-aware sampling). https://arxiv.org/abs/1512.05830

    Examples
    --------
    >>> import numpy as np
    >>> from sktext.sampling import BalancedBatches
    >>> target = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    >>> rows = BalancedBatches().draw(target, np.random.RandomState(0))
    >>> np.bincount(target[rows])
    array([4, 4])
    """

    _parameter_constraints = {"n_rows": [Interval(Integral, 1, None, closed="left"), None]}

    def __init__(self, n_rows: int | None = None) -> None:
        self.n_rows = n_rows

    def draw(self, target: NDArray[Any], rng: RandomState) -> NDArray[Any]:
        """Draw the rows of one epoch.

        Parameters
        ----------
        target : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class numbers, or an indicator matrix.
        rng : RandomState
            Source of the draw.

        Returns
        -------
        rows : ndarray of shape (n_rows,), int
        """
        check_parameters(self)
        bags = bags_of(target)
        n_rows = len(target) if self.n_rows is None else self.n_rows
        n_turns = -(-n_rows // len(bags))
        turns = np.concatenate([rng.permutation(len(bags)) for _ in range(n_turns)])[:n_rows]
        rows = np.empty(n_rows, dtype=np.int64)
        for i, bag in enumerate(bags):
            places = np.flatnonzero(turns == i)
            rounds = -(-len(places) // len(bag))
            drawn = [rng.permutation(bag) for _ in range(rounds)]
            rows[places] = np.concatenate(drawn)[: len(places)] if drawn else []
        return rows
