"""The two classes with the largest score minus cut of every row, while cuts move."""

import numpy as np


class Rivals:
    """Scores minus cuts, and which two classes have the largest in each row.

    When a cut moves, only rows in which its class is, or becomes, one of the two are looked
    at. So a sweep over all classes looks at each score a few times, however many there are.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
    cuts : ndarray of shape (n_classes,)
    """

    def __init__(self, scores, cuts):
        self.scores = scores
        self.cuts = cuts.copy()
        self.left = scores - cuts  # what is left of the scores
        self.first = np.empty(len(scores), dtype=np.int64)
        self.second = np.empty(len(scores), dtype=np.int64)
        self._rank(np.arange(len(scores)))

    def against(self, entered):
        """Give the best of the other classes, and how far a class is above it.

        Returns
        -------
        rival : ndarray of int of shape (n_samples,)
            The lowest number of equals, as of ``argmax``.
        margins : ndarray of shape (n_samples,)
            Of the scores without the cut of the class.
        """
        rival = np.where(self.first == entered, self.second, self.first)
        return rival, self.scores[:, entered] - self._of(rival)

    def move(self, entered, cut):
        """Let a class have another cut."""
        self.cuts[entered] = cut
        self.left[:, entered] = self.scores[:, entered] - cut
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
        """Tell where a class goes before another."""
        mine, theirs = self.left[:, entered], self._of(others)
        return (mine > theirs) | ((mine == theirs) & (entered < others))

    def _of(self, classes):
        return self.left[np.arange(len(classes)), classes]
