"""Training rows that are held out to judge a setting: the same ones in any order of the rows."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse

from sktext._training._network_input import CHUNK, sparse_squares
from sktext.modules import SparseRows

# One row of so many is held out.
HELD_OUT_OF = 4


@dataclass(frozen=True)
class Division:
    """What of each row is held out.

    Parameters
    ----------
    held_out : ndarray of shape (n_samples,)
        Fraction of the weight of each row.
    n_distinct : int
        Number of different rows.
    """

    held_out: np.ndarray
    n_distinct: int

    def parts(self, weight):
        """Return the rows that are kept and those that are held out, and their weights.

        Parameters
        ----------
        weight : ndarray of shape (n_samples,) or (n_samples, n_labels), or None
            Weights in training.

        Returns
        -------
        parts : list of (ndarray of int, ndarray or None)
            Indices in ascending order, and weights of mean one or None.
        """
        parts = []
        for fraction in (1 - self.held_out, self.held_out):
            rows = np.flatnonzero(fraction)
            some = fraction[rows]
            if weight is not None:
                some = weight[rows] * (some if weight.ndim == 1 else some[:, None])
            elif (some == 1).all():
                parts.append((rows, None))
                continue
            parts.append((rows, some / some.mean()))
        return parts


def divide_by_content(x, target, weight=None):
    """Choose what to hold out by what rows contain: a row of weight two is as two equal rows.

    Equal rows of one class stay together, as a copy says nothing about new rows if it is on both
    sides, unless they are so many that new rows will be like them: of these a fraction is held out.
    Classes are divided alike, and at least two different rows of each stay.

    Parameters
    ----------
    x : tensor of shape (n_samples, n_features) or SparseRows
    target : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Encoded labels.
    weight : ndarray of shape (n_samples,), default=None
        Sample weights.

    Returns
    -------
    division : Division
    """
    content = contents(x)
    weight = np.ones(len(target)) if weight is None else weight
    classes = np.zeros(len(target), int) if target.ndim == 2 else target
    held_out, n_distinct = np.zeros(len(target)), 0
    for code in np.unique(classes):
        rows = np.flatnonzero(classes == code)
        group = np.unique(content[rows], return_inverse=True)[1]
        sizes = np.bincount(group, weights=weight[rows])
        held_out[rows] = fractions(sizes / sizes.mean())[group]
        n_distinct += len(sizes)
    return Division(held_out, n_distinct)


def fractions(sizes):
    """Return the fraction of each group to hold out, from sizes of mean one."""
    middle = np.cumsum(sizes) - sizes / 2
    first = HELD_OUT_OF // 2
    place = middle % HELD_OUT_OF
    whole = (first <= place) & (place < first + 1)
    return np.where(sizes > HELD_OUT_OF, 1 / HELD_OUT_OF, whole)


def as_if_learned_apart(parts, least, n_beside=0):
    """Turn features of all rows into what they would be if learned from the kept rows alone.

    A pair of words that one kept row has is a column only where another row has it, which is one
    of those that are held out. Such columns are set to zero; the norms of the rows stay.

    Parameters
    ----------
    parts : list of tensor or of SparseRows
        Kept rows and held-out rows.
    least : ndarray of shape (n_features,) or None
        In how many rows each column must be.
    n_beside : int, default=0
        Number of columns behind those of terms, which have no part in the norms.

    Returns
    -------
    parts : list of the same types
        Sparse rows with their transposes.
    """
    kept = parts[0]
    if not isinstance(kept, SparseRows):
        return parts
    # A vectorizer of the user may have more columns than terms.
    if least is not None and len(least) == kept.n_columns:
        stays = np.bincount(kept.indices.numpy(), minlength=kept.n_columns) >= least
        parts = [with_columns(rows, torch.from_numpy(stays), n_beside) for rows in parts]
    return [rows.with_transposed() for rows in parts]


def with_columns(rows, stays, n_beside=0):
    """Set the other columns of sparse rows to zero, and keep the norms of their terms."""
    made = rows_like(rows, rows.values * stays.to(rows.values.dtype)[rows.indices])
    if n_beside:
        is_term = rows.indices < rows.n_columns - n_beside
        terms = with_columns(rows_like(rows, rows.values * is_term), stays)
        return rows_like(rows, torch.where(is_term, terms.values, made.values))
    before, after = sparse_squares(rows), sparse_squares(made)
    factors = torch.where(after > 0, (before / after).sqrt(), 1.0).to(made.values.dtype)
    made.values *= factors.repeat_interleave(rows.indptr.diff())
    return made


def rows_like(rows, values):
    """Make sparse rows of other values in the same places."""
    return SparseRows(rows.indptr, rows.indices, values, rows.n_columns)


def contents(x):
    """Compute a number from each row, equal for equal rows."""
    factors = np.random.RandomState(0).uniform(1, 2, x.shape[1])
    if isinstance(x, SparseRows):
        arrays = x.values.numpy(), x.indices.numpy(), x.indptr.numpy()
        return sparse.csr_array(arrays, shape=x.shape) @ factors
    parts = [part.double().numpy() @ factors for part in x.split(CHUNK)]
    # Products of dense rows may be rounded differently from row to row.
    return np.round(np.concatenate(parts), 6)
