"""Warnings that point at the line of the user's, however deep they are raised."""

import sys
import warnings
from contextlib import contextmanager
from contextvars import ContextVar

OURS = ("sktext.", "sklearn.", "imblearn.", "skorch.", "torch.", "joblib.", "contextlib.")

# What threads get with their context, as their own stacks have no line of the user's.
_frame_for_threads = ContextVar("frame_for_threads", default=None)


def warn(message, category=UserWarning):
    """Warn at the first line on the stack that is not of this package or of those it is built on.

    Parameters
    ----------
    message : str
    category : type of Warning, default=UserWarning
    """
    frame = users_frame()
    warnings.warn_explicit(
        message,
        category,
        filename=frame.f_code.co_filename,
        lineno=frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


@contextmanager
def threads_warn_here():
    """Let threads that run in a copy of this context warn at the line of the user's, too."""
    token = _frame_for_threads.set(users_frame())
    try:
        yield
    finally:
        _frame_for_threads.reset(token)


def users_frame():
    """Find the innermost frame of the user's, or else the outermost of all."""
    frame = sys._getframe(1)
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith(OURS):
        frame = frame.f_back
    if frame.f_globals.get("__name__") == "threading":
        return _frame_for_threads.get() or frame
    return frame
