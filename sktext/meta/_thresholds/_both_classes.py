"""F1 of both of two classes, as an objective."""

from numpy.typing import NDArray

from sktext.meta._thresholds._best_threshold import Counts
from sktext.meta._thresholds._objectives import CountObjective, FBeta


class F1OfBothClasses(CountObjective):
    """The mean of the F1 of both classes.

    Of balanced classes it stays near the accuracy, while F1 of one class may be largest where
    most rows are predicted as this class.
    """

    def values(self, counts: Counts) -> NDArray:
        """Compute the macro F1 of each threshold.

        Parameters
        ----------
        counts : Counts
            True and false positives, false and true negatives of thresholds, from the
            highest to the lowest.

        Returns
        -------
        values : ndarray of shape (n_thresholds,)
            Larger is better.
        """
        tp, fp, fn, tn = counts
        f1 = FBeta()
        return (f1.values(counts) + f1.values(Counts(tn, fn, fp, tp))) / 2
