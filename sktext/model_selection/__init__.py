"""Splits that keep the shares of several labels per row."""

from sktext.model_selection._iterative_stratified_k_fold import IterativeStratifiedKFold
from sktext.model_selection._iterative_stratified_shuffle_split import (
    IterativeStratifiedShuffleSplit,
)

__all__ = ["IterativeStratifiedKFold", "IterativeStratifiedShuffleSplit"]
