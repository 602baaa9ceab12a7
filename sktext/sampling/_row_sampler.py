"""Base of the samplers that pick rows by their labels, whatever the rows are."""

from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import _num_samples

from sktext._labels import target_of
from sktext._token_rows import TokenRows
from sktext._validation import check_same_length, fit_context, indexable_rows


class RowSampler(BaseEstimator):
    """Sampler of rows in any container; a subclass writes ``_pick`` and ``_pick_multilabel``."""

    _parameter_constraints = {}
    # Whether the texts themselves are looked at, not only their labels.
    needs_texts = False

    def fit(self, X, y):
        """Check the rows and their labels; ``fit_resample`` does the work.

        Parameters
        ----------
        X : sequence of length n_samples
        y : array-like of shape (n_samples,) or (n_samples, n_labels)

        Returns
        -------
        self : object
        """
        self.fit_resample(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X, y):
        """Draw the rows anew.

        Parameters
        ----------
        X : list, array, Series, data frame or sparse matrix of n_samples rows
            Texts or anything else; only the labels are looked at.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, an indicator matrix of zeros and ones, or sets of labels.

        Returns
        -------
        X_resampled : same type as X
        y_resampled : same type as y
        """
        if isinstance(X, (str, bytes)):
            raise ValueError(f"X must be a sequence of rows; got a single {type(X).__name__}.")
        X, y = indexable_rows(X), indexable_rows(y)
        target = target_of(y)
        check_same_length(_num_samples(X), target)
        rng = check_random_state(self.random_state)
        if target.ndim == 2:
            strategy = getattr(self, "sampling_strategy", "auto")
            if strategy != "auto":
                raise ValueError(
                    f"sampling_strategy={strategy!r} is for one label per row; for multilabel y it "
                    "must be 'auto'."
                )
            rows = self._pick_multilabel(target, rng)
        else:
            rows = self._pick(target, rng)
        self.sample_indices_ = rows
        return self._write(X, target, rng), take_rows(y, rows)

    def _write(self, X, target, rng):
        """Give the new rows; those picked, unless a subclass writes others."""
        return take_rows(X, self.sample_indices_)

    def _pick(self, y, rng):
        """Give the numbers of the rows, in the order they are returned."""
        raise NotImplementedError

    def _pick_multilabel(self, target, rng):
        """Give the numbers of the rows for an indicator matrix."""
        raise NotImplementedError

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.no_validation = True
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.two_d_labels = True
        return tags


def take_rows(X, rows):
    """Take rows of any container; a tuple stays a tuple."""
    if isinstance(X, TokenRows):
        return X[rows]
    if hasattr(X, "to_pylist"):  # pyarrow
        return X.take(rows)
    taken = _safe_indexing(X, rows)
    return tuple(taken) if isinstance(X, tuple) else taken


def n_rows_of(share, X):
    """Turn a share of the rows into their number."""
    return round(share * _num_samples(X))
