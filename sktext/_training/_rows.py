"""Rows that travel together through ``fit``."""

from typing import NamedTuple

import numpy as np

from sktext._rows import take_rows


class Rows(NamedTuple):
    """The features, the target and the sample weight of each row."""

    X: object
    target: np.ndarray
    weight: np.ndarray | None

    def take(self, indices):
        """Take some of the rows."""
        return Rows(
            take_rows(self.X, indices),
            self.target[indices],
            None if self.weight is None else self.weight[indices],
        )

    def weights_or_ones(self):
        """Return the weight of every row; ones if there are none."""
        return np.ones(len(self.target)) if self.weight is None else self.weight
