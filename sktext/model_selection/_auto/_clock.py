"""The time of a search."""

import time


class Clock:
    """What is left of the time of a search.

    Parameters
    ----------
    limit : float or None
        Seconds; None is without end.
    """

    def __init__(self, limit):
        self.limit = float("inf") if limit is None else float(limit)
        self.start = time.perf_counter()
        self.reserved = 0.0

    def spent(self):
        """Return the seconds since the start."""
        return time.perf_counter() - self.start

    def left(self, fraction=1.0):
        """Return the seconds until a fraction of the time is over, but for what is reserved."""
        return fraction * self.limit - self.spent() - self.reserved

    def is_over(self):
        """Return whether no time is left."""
        return self.left() <= 0
