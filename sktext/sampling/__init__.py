"""Resampling of training rows."""

from sktext.sampling._resample import resample

__all__ = ["resample"]
