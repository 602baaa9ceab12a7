"""Samplers that measure distances, on texts."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.feature_extraction.text import TfidfVectorizer

from sktext._labels import target_and_classes
from sktext._rows import indexable_labels, rows_of, take_rows
from sktext._sampling_strategy import encode_strategy
from sktext._texts import Texts, check_texts, takes_tokens
from sktext._typing import LabelsLike
from sktext._validation import HasMethods, fit_context


class VectorizedSampler(BaseEstimator):
    """Let a sampler of imbalanced-learn pick texts by what a vectorizer makes of them.

    Use it for samplers that clean by distance (``TomekLinks``, ``NearMiss``,
    ``EditedNearestNeighbours``, ...) where texts must stay texts: before a sequence
    model, or to look at what would be dropped. Do not use it for
    :class:`~sktext.TfidfTorchClassifier`, whose ``sampler`` sees its features anyway; and
    not for samplers that make new rows (``SMOTE``): a point between two texts is not a
    text.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        One that picks rows, and sets ``sample_indices_``.
    vectorizer : transformer, default=None
        Texts to features; None is ``TfidfVectorizer(sublinear_tf=True)``.

    Attributes
    ----------
    sampler_ : imbalanced-learn sampler
        The fitted sampler.
    sample_indices_ : ndarray of shape (n_resampled,)
        The rows that were picked.

    Raises
    ------
    ValueError
        If the sampler makes new rows.

    References
    ----------
    .. [1] Tomek, "Two modifications of CNN", IEEE Transactions on Systems, Man and
       Cybernetics 1976, for the best known of them.
       https://doi.org/10.1109/TSMC.1976.4309452

    Examples
    --------
    >>> from imblearn.under_sampling import NearMiss
    >>> from sktext.sampling import VectorizedSampler
    >>> texts = ["win a prize", "see you later", "see the prize", "see you"]
    >>> sampler = VectorizedSampler(NearMiss(n_neighbors=1))
    >>> sampler.fit_resample(texts, ["spam", "ham", "ham", "ham"])
    (['see the prize', 'win a prize'], ['ham', 'spam'])
    >>> sampler.sample_indices_
    array([2, 0])
    """

    needs_texts = True
    _parameter_constraints = {
        "sampler": [HasMethods(["fit_resample"])],
        "vectorizer": [HasMethods(["fit_transform"]), None],
    }

    def __init__(self, sampler: BaseEstimator, vectorizer: BaseEstimator | None = None) -> None:
        self.sampler = sampler
        self.vectorizer = vectorizer

    @fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X: Texts, y: LabelsLike) -> tuple[Any, Any]:
        """Pick rows.

        Parameters
        ----------
        X : sequence of n_samples texts
            Texts in any container, or one column of them.
        y : array-like of shape (n_samples,)
            One label per row.

        Returns
        -------
        X_resampled : same type as X
        y_resampled : same type as y
        """
        vectorizer = TfidfVectorizer(sublinear_tf=True)
        if self.vectorizer is not None:
            vectorizer = clone(self.vectorizer)
        X, y = rows_of(X), indexable_labels(y)
        texts = check_texts(X, tokens=takes_tokens(vectorizer))
        # Some samplers take numbers only for labels.
        codes, classes = target_and_classes(y)
        self.sampler_ = encode_strategy(clone(self.sampler), classes)
        self.sampler_.fit_resample(vectorizer.fit_transform(texts), codes)
        rows = getattr(self.sampler_, "sample_indices_", None)
        if rows is None or getattr(self.sampler_, "shrinkage", None) is not None:
            raise ValueError(
                f"{self.sampler!r} makes new rows of numbers, which are no texts. Give it to "
                "TfidfTorchClassifier(sampler=...), or put it behind a vectorizer in an "
                "imbalanced-learn Pipeline."
            )
        self.sample_indices_ = np.asarray(rows)
        return take_rows(X, self.sample_indices_), take_rows(y, self.sample_indices_)
