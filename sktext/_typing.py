"""Types of what users pass to classifiers, metrics and splitters."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import sparray, spmatrix
from sklearn.model_selection import BaseCrossValidator, BaseShuffleSplit

# Texts, or a dense or sparse matrix.
RowsLike: TypeAlias = Sequence[Any] | ArrayLike | sparray | spmatrix
# One label per row, an indicator matrix, or collections of labels.
LabelsLike: TypeAlias = Sequence[Collection[Any]] | ArrayLike | sparray | spmatrix
RandomState: TypeAlias = int | np.random.RandomState | None
# What ``cv`` may be in scikit-learn.
Splitter: TypeAlias = int | BaseCrossValidator | BaseShuffleSplit | Iterable[Any] | None
