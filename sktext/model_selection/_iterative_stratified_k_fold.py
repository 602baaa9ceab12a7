"""Folds with the same fraction of every label."""

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseCrossValidator, StratifiedKFold
from sklearn.utils import check_random_state

from sktext._labels._iterative_stratification import divide_folds, warn_of_groups
from sktext._typing import LabelsLike, RandomState, RowsLike
from sktext.model_selection._targets import check_target


class IterativeStratifiedKFold(BaseCrossValidator):
    """Split rows with several labels into folds with the same fraction of every label.

    Use it as ``cv`` wherever ``y`` is multilabel and labels are rare: random folds leave
    some without a positive, where F1 and ranking scores mean nothing. Do not use it where
    rows belong in groups, such as several texts by one author, as groups are split up.

    The sizes of folds differ by at most one row. Labels are assigned from the rarest to the
    most frequent, each row to the fold that lacks its label most [1]_, so that the positives
    of a label are spread as evenly as the other labels of the rows allow.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    shuffle : bool, default=False
        Whether rows that are equally good for a fold are taken in random order instead of
        their own order.
    random_state : int, RandomState instance or None, default=None
        Seed of the shuffle; must be None unless ``shuffle=True``.

    See Also
    --------
    IterativeStratifiedShuffleSplit : Random splits of any size.
    sklearn.model_selection.StratifiedKFold : For one label per row; used here as well if
        ``y`` has one.

    References
    ----------
    .. [1] Sechidis et al., "On the Stratification of Multi-label Data", ECML PKDD 2011.
       https://doi.org/10.1007/978-3-642-23808-6_10

    Examples
    --------
    >>> import numpy as np
    >>> from sktext.model_selection import IterativeStratifiedKFold
    >>> y = np.array([[1, 0], [1, 1], [1, 0], [0, 1], [0, 0], [1, 0]])
    >>> for train, test in IterativeStratifiedKFold(n_splits=2).split(y, y):
    ...     print(test, y[test].sum(axis=0))
    [1 2 4] [2 1]
    [0 3 5] [2 1]
    """

    def __init__(
        self, n_splits: int = 5, *, shuffle: bool = False, random_state: RandomState = None
    ) -> None:
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def split(
        self, X: RowsLike, y: LabelsLike, groups: Any = None
    ) -> Iterator[tuple[NDArray, NDArray]]:
        """Generate the rows of each split.

        Parameters
        ----------
        X : sequence of n_samples rows
            Only the number of rows matters.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, an indicator matrix, dense or sparse, or sets of labels.
        groups : object
            Ignored, with a warning if given.

        Returns
        -------
        splits : iterator of (ndarray of int, ndarray of int)
            Indices of the training and of the test rows of each split, in ascending order.

        Raises
        ------
        ValueError
            If there are fewer rows than folds, or a parameter is wrong.
        """
        warn_of_groups(groups, type(self).__name__)
        return self._splits(X, y)

    def _splits(self, X, y):
        target = check_target(X, y)
        self._check_parameters(target.shape[0])
        if target.ndim == 1:
            folds = StratifiedKFold(
                self.n_splits, shuffle=self.shuffle, random_state=self.random_state
            )
            yield from folds.split(np.zeros(len(target)), target)
            return
        rng = check_random_state(self.random_state) if self.shuffle else None
        yield from divide_folds(target, self.n_splits, rng)

    def _check_parameters(self, n_samples):
        if not isinstance(self.n_splits, Integral) or self.n_splits < 2:
            raise ValueError(f"n_splits must be an int of at least 2; got {self.n_splits!r}.")
        if self.n_splits > n_samples:
            raise ValueError(
                f"n_splits={self.n_splits} is more than the {n_samples} rows; take fewer folds."
            )
        if self.random_state is not None and not self.shuffle:
            raise ValueError(
                f"random_state={self.random_state!r} has no effect without shuffle=True; set it, "
                "or leave random_state out."
            )

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups : object
            Ignored.

        Returns
        -------
        n_splits : int
            The parameter.
        """
        return self.n_splits
