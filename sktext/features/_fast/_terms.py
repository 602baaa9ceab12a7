"""The terms of a matrix of counts while its vocabulary is being decided."""

import numpy as np

from sktext.features._fast._ngrams import ABSENT, ngram_strings


class Terms:
    """Terms as n-grams of numbered units; strings are made of those that stay.

    Parameters
    ----------
    units : list of str
        Words or characters.
    members : ndarray of shape (n_terms, max_n), int, default=None
        The units of each term, ABSENT after the last one; None takes each unit as a term.
    separator : str, default=""
        Between two units. It sorts before every character of a unit.

    Attributes
    ----------
    columns : ndarray of shape (n_terms,), int
        Where each term is in the matrix.
    """

    def __init__(self, units, members=None, separator=""):
        self.units = units
        self.members = np.arange(len(units))[:, None] if members is None else members
        self.separator = separator
        self.columns = np.arange(len(self.members))

    def __len__(self):
        return len(self.columns)

    def sort(self):
        """Put the columns in alphabetical order.

        Returns
        -------
        new : ndarray of shape (n_terms,), int
            The new column of each old one.
        """
        new = np.empty(len(self), dtype=self.columns.dtype)
        new[self.columns[self._order()]] = np.arange(len(self))
        self.columns = new[self.columns]
        return new

    def n_units(self):
        """Count the units of the term of each column.

        Returns
        -------
        n_units : ndarray of shape (n_terms,), int
        """
        counts = np.empty(len(self), dtype=np.int64)
        counts[self.columns] = (self.members != ABSENT).sum(axis=1)
        return counts

    def keep(self, kept):
        """Drop terms and close the gaps.

        Parameters
        ----------
        kept : ndarray of shape (n_terms,), bool
            For each column.
        """
        staying = kept[self.columns]
        self.members = self.members[staying]
        self.columns = (np.cumsum(kept) - 1)[self.columns[staying]]

    def vocabulary(self):
        """Return the dict from term to column.

        Returns
        -------
        vocabulary : dict
        """
        return dict(zip(self.strings(), self.columns.tolist(), strict=True))

    def strings(self):
        """Write the terms.

        Returns
        -------
        strings : list of str
        """
        return ngram_strings(self.members, self.units, self.separator)

    def _order(self):
        """Sort terms by their units, which is the order of the strings."""
        n_units = len(self.units)
        rank = np.zeros(n_units + 1, dtype=np.int64)  # the last one is for ABSENT
        rank[sorted(range(n_units), key=self.units.__getitem__)] = np.arange(1, n_units + 1)
        keys, n_values = [], np.inf
        for units in self.members.T:
            if n_values * len(rank) > np.iinfo(np.int64).max:
                keys.append(np.zeros(len(self), dtype=np.int64))
                n_values = 1
            keys[-1] *= len(rank)
            keys[-1] += rank[units]
            n_values *= len(rank)
        return np.argsort(keys[0]) if len(keys) == 1 else np.lexsort(keys[::-1])
