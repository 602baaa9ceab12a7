"""The two classes with the largest score minus offset of every row, while offsets move."""

import numpy as np


class Rivals:
    """Scores minus offsets, and which two classes have the largest in each row.

    When an offset moves, only rows in which its class is, or becomes, one of the two are looked
    at. So a sweep over all classes looks at each score a few times, however many there are.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
    offsets : ndarray of shape (n_classes,)
    """

    def __init__(self, scores, offsets):
        self.n_classes = scores.shape[1]
        self.offsets = offsets.copy()
        self._of_class = np.ascontiguousarray(scores.T)  # all rows of a class lie side by side
        self._left = scores - offsets  # what is left of the scores
        self._first = np.empty(len(scores), dtype=np.int64)
        self._second = np.empty(len(scores), dtype=np.int64)
        self._most = np.empty(len(scores))  # left of the first, and of the second
        self._next = np.empty(len(scores))
        self._rank(np.arange(len(scores)))

    def against(self, entered):
        """Return the best of the other classes, and how far a class is above it.

        Returns
        -------
        rival : ndarray of int of shape (n_samples,)
            The lowest number of equals, as of ``argmax``.
        margins : ndarray of shape (n_samples,)
            Of the scores without the offset of the class.
        """
        is_first = self._first == entered
        rival = np.where(is_first, self._second, self._first)
        return rival, self._of_class[entered] - np.where(is_first, self._next, self._most)

    def move(self, entered, offset):
        """Set another offset for a class."""
        self.offsets[entered] = offset
        left = self._of_class[entered] - offset
        self._left[:, entered] = left
        among = (self._first == entered) | (self._second == entered)
        rises = (left > self._next) | ((left == self._next) & (entered < self._second))
        self._rank(np.flatnonzero(among | rises))

    def _rank(self, rows):
        """Find the two classes of some rows anew."""
        left = self._left[rows]
        places = np.arange(len(rows))
        self._first[rows] = first = left.argmax(axis=1)
        self._most[rows] = left[places, first]
        left[places, first] = -np.inf
        self._second[rows] = second = left.argmax(axis=1)
        self._next[rows] = left[places, second]
