"""Searches over losses, and splits stratified by several labels per row."""

from sktext.model_selection._iterative_stratified_k_fold import IterativeStratifiedKFold
from sktext.model_selection._iterative_stratified_shuffle_split import (
    IterativeStratifiedShuffleSplit,
)
from sktext.model_selection._loss_search_cv import LossSearchCV

__all__ = ["IterativeStratifiedKFold", "IterativeStratifiedShuffleSplit", "LossSearchCV"]
