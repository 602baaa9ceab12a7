"""Labels above and below each other: what encoders, losses, classifiers and scores share."""

from sktext._labels._hierarchy._hierarchy import Hierarchy

__all__ = ["Hierarchy"]
