"""Warnings that point at the line of the user's, however deep they are raised."""

import sys
import warnings

OURS = ("sktext.", "sklearn.", "imblearn.", "skorch.", "torch.", "joblib.", "contextlib.")


def warn(message, category=UserWarning):
    """Warn at the first line on the stack that is not of this package or of those it is built on.

    Parameters
    ----------
    message : str
    category : type of Warning, default=UserWarning
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith(OURS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
