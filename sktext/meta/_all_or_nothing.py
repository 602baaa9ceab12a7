"""Fits that are interrupted, or fail, leave a meta-estimator as it was."""

from functools import wraps


def all_or_nothing(fit):
    """Make a method that puts all attributes back if it does not come to its end.

    What half a fit has learned does not belong to what an earlier one has left.
    """

    @wraps(fit)
    def wrapped(self, *args, **kwargs):
        before = dict(vars(self))
        try:
            return fit(self, *args, **kwargs)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    return wrapped
