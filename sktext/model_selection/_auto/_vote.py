"""The vote of several classifiers."""

import numpy as np
from numpy.typing import NDArray

from sktext._labels import Labels
from sktext._rows import rows_of
from sktext._training._prediction import known_logits
from sktext.model_selection._auto._by_logits import ByLogits, logits_of
from sktext.model_selection._joint._fits import JointFits, can_fit_jointly


class WeightedVote(ByLogits):
    """Weighted mean of the logits of calibrated classifiers; fitted when it is made.

    Parameters
    ----------
    members : list of CalibratedClassifier
        Fitted.
    weights : ndarray of shape (n_members,)
        Of sum one.
    labels : Labels
        With the numbers of columns for several labels per row.
    """

    def __init__(self, members: list, weights: NDArray, labels: Labels) -> None:
        self.members = members
        self.weights = weights
        self.labels = labels

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    @property
    def estimators_(self) -> list:
        """The classifiers without their calibration."""
        return [member.estimator_ for member in self.members]

    def _logits(self, X):
        X, total = rows_of(X), 0.0
        for group in self._with_equal_features():
            known = {}
            if len(group) > 1:  # else there is nothing to share
                found = [self.members[i].estimator_ for i in group]
                known = JointFits(None, None, {}).logits(found, X)
            with known_logits(X, known):
                for i in group:
                    proba = self.members[i].predict_proba(X)
                    total = total + self.weights[i] * logits_of(proba, self.labels.task)
        return np.asarray(total)

    def _with_equal_features(self):
        """Group the numbers of members that share a vectorizer."""
        groups = {}
        for i, estimator in enumerate(self.estimators_):
            shared = getattr(estimator, "vectorizer_", None)
            shares = shared is not None and can_fit_jointly(estimator, {})
            groups.setdefault(id(shared if shares else estimator), []).append(i)
        return list(groups.values())
