"""Plots of what a classifier does."""

from sktext.inspection._reliability_display import ReliabilityDisplay

__all__ = ["ReliabilityDisplay"]
