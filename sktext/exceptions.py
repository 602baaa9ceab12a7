"""Warnings and errors of the package, to filter or to catch by their class."""

__all__ = ["DivergenceError", "DoubleCorrectionWarning", "TruncationWarning"]


class DivergenceError(ValueError):
    """Training diverged: a loss, a weight or a prediction is NaN or infinite.

    Examples
    --------
    >>> from sktext.exceptions import DivergenceError
    >>> issubclass(DivergenceError, ValueError)
    True
    """


class DoubleCorrectionWarning(UserWarning):
    """Two settings correct the same imbalance, such as a class weight and a loss.

    Examples
    --------
    >>> import warnings
    >>> from sktext.exceptions import DoubleCorrectionWarning
    >>> warnings.filterwarnings("ignore", category=DoubleCorrectionWarning)
    """


class TruncationWarning(UserWarning):
    """Texts are longer than the network reads.

    Examples
    --------
    >>> import warnings
    >>> from sktext.exceptions import TruncationWarning
    >>> warnings.filterwarnings("ignore", category=TruncationWarning)
    """
