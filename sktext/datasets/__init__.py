"""Texts to try things on."""

from sktext.datasets._make_imbalanced_texts import make_imbalanced_texts

__all__ = ["make_imbalanced_texts"]
