"""From texts to numbers."""

from sktext.features._vectorizers import VECTORIZERS, fit_transform

__all__ = ["VECTORIZERS", "fit_transform"]
