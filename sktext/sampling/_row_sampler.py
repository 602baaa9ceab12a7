"""Base of the samplers that pick rows by their labels, whatever the rows are."""

from typing import Any, Self

from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from sktext._labels import target_of
from sktext._rows import indexable_labels, rows_of, take_rows
from sktext._sklearn import num_samples
from sktext._typing import LabelsLike
from sktext._validation import check_same_length, fit_context


class RowSampler(BaseEstimator):
    """Sampler of rows in any container; a subclass writes ``_pick`` and ``_pick_multilabel``."""

    _parameter_constraints: dict[str, list[Any]] = {}
    # Rows are picked by their labels alone, whatever they are.
    goes_by_labels = True
    # Whether the texts themselves are looked at, not only their labels.
    needs_texts = False

    def fit(self, X: Any, y: LabelsLike) -> Self:
        """Check the rows and their labels; ``fit_resample`` does the work.

        Parameters
        ----------
        X : sequence of length n_samples
            As for ``fit_resample``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            As for ``fit_resample``.

        Returns
        -------
        self : object
        """
        self.fit_resample(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: Any, y: LabelsLike) -> tuple[Any, Any]:
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
        X, y = rows_of(X), indexable_labels(y)
        target = target_of(y)
        check_same_length(num_samples(X), target)
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
        """Return the new rows; those picked, unless a subclass writes others."""
        return take_rows(X, self.sample_indices_)

    def _pick(self, y, rng):
        """Return the numbers of the rows, in the order they are returned."""
        raise NotImplementedError

    def _pick_multilabel(self, target, rng):
        """Return the numbers of the rows for an indicator matrix."""
        raise NotImplementedError

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.no_validation = True
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.two_d_labels = True
        return tags


def n_rows_of(fraction, X):
    """Turn a fraction of the rows into their number."""
    return round(fraction * num_samples(X))
