"""Searches, a classifier that tunes itself, and splits stratified by several labels per row."""

from sktext.model_selection._auto_text_classifier import AutoTextClassifier
from sktext.model_selection._iterative_stratified_k_fold import IterativeStratifiedKFold
from sktext.model_selection._iterative_stratified_shuffle_split import (
    IterativeStratifiedShuffleSplit,
)
from sktext.model_selection._loss_search_cv import LossSearchCV

__all__ = [
    "AutoTextClassifier",
    "IterativeStratifiedKFold",
    "IterativeStratifiedShuffleSplit",
    "LossSearchCV",
]
