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
        self.scores = scores
        self.offsets = offsets.copy()
        self.left = scores - offsets  # what is left of the scores
        self.first = np.empty(len(scores), dtype=np.int64)
        self.second = np.empty(len(scores), dtype=np.int64)
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
        rival = np.where(self.first == entered, self.second, self.first)
        return rival, self.scores[:, entered] - self._of(rival)

    def move(self, entered, offset):
        """Set another offset for a class."""
        self.offsets[entered] = offset
        self.left[:, entered] = self.scores[:, entered] - offset
        among = (self.first == entered) | (self.second == entered)
        self._rank(np.flatnonzero(among | self._above(entered, self.second)))

    def _rank(self, rows):
        """Find the two classes of some rows anew."""
        left = self.left[rows]
        places = np.arange(len(rows))
        self.first[rows] = first = left.argmax(axis=1)
        left[places, first] = -np.inf
        self.second[rows] = left.argmax(axis=1)

    def _above(self, entered, others):
        """Check in which rows a class goes before another."""
        mine, theirs = self.left[:, entered], self._of(others)
        return (mine > theirs) | ((mine == theirs) & (entered < others))

    def _of(self, classes):
        return self.left[np.arange(len(classes)), classes]
