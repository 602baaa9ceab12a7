"""Random splits with the same fraction of every label on both sides."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseShuffleSplit, StratifiedShuffleSplit
from sklearn.utils import check_random_state

from sktext._labels._iterative_stratification import divide_rows, warn_of_groups
from sktext._typing import LabelsLike, RandomState, RowsLike
from sktext._validation import shuffle_split_sizes
from sktext.model_selection._targets import check_target


class IterativeStratifiedShuffleSplit(BaseShuffleSplit):
    """Draw random splits of rows with several labels, stratified over all labels.

    Use it for one split into training and test rows (``n_splits=1``), or for many, where
    ``y`` is multilabel: ``train_test_split(stratify=...)`` takes each set of labels for
    a class and fails if one occurs once. Do not use it where every row should be tested
    once; use folds for that.

    Labels are assigned from the rarest to the most frequent [1]_, so that the positives of a
    label are divided as exactly as the other labels of the rows allow; a label with one
    positive has it on the larger side.

    Parameters
    ----------
    n_splits : int, default=10
        Number of splits, at least 1.
    test_size : float or int, default=None
        Fraction of the rows, in (0, 1), or number of rows to test on. None is the rest if
        ``train_size`` is given, else 0.1.
    train_size : float or int, default=None
        Fraction or number of rows to train on. None is the rest.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    See Also
    --------
    IterativeStratifiedKFold : Folds, in which every row is tested once.
    sklearn.model_selection.StratifiedShuffleSplit : For one label per row; used here as
        well if ``y`` has one.

    References
    ----------
    .. [1] Sechidis et al., "On the Stratification of Multi-label Data", ECML PKDD 2011.
       https://doi.org/10.1007/978-3-642-23808-6_10

    Examples
    --------
    >>> import numpy as np
    >>> from sktext.model_selection import IterativeStratifiedShuffleSplit
    >>> y = np.array([[1, 0], [1, 1], [1, 0], [0, 1], [0, 0], [1, 0]])
    >>> splitter = IterativeStratifiedShuffleSplit(1, test_size=0.5, random_state=0)
    >>> train, test = next(splitter.split(y, y))
    >>> y[train].sum(axis=0), y[test].sum(axis=0)
    (array([2, 1]), array([2, 1]))
    """

    def __init__(
        self,
        n_splits: int = 10,
        *,
        test_size: float | int | None = None,
        train_size: float | int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_splits = n_splits
        self.test_size = test_size
        self.train_size = train_size
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
            Indices of the training and of the test rows of each split, in random order.

        Raises
        ------
        ValueError
            If a size is out of range or leaves a side empty.
        """
        warn_of_groups(groups, type(self).__name__)
        return self._splits(X, y)

    def _splits(self, X, y):
        target = check_target(X, y)
        if target.ndim == 1:
            splits = StratifiedShuffleSplit(
                self.n_splits,
                test_size=self.test_size,
                train_size=self.train_size,
                random_state=self.random_state,
            )
            yield from splits.split(np.zeros(len(target)), target)
            return
        n_samples = target.shape[0]
        n_train, n_test = shuffle_split_sizes(
            n_samples, self.test_size, self.train_size, default_test_size=0.1
        )
        fractions = np.array([n_train, n_test, n_samples - n_train - n_test]) / n_samples
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            side_of_row = divide_rows(target, fractions, rng)
            train, test = (np.flatnonzero(side_of_row == side) for side in (0, 1))
            yield rng.permutation(train), rng.permutation(test)
