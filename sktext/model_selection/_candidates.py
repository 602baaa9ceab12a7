"""The candidates of a search: which are alike, how each is fitted and scored."""

import time
from collections import defaultdict
from contextlib import suppress
from numbers import Number
from traceback import format_exception

from sklearn.base import clone, is_classifier
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection._validation import _score
from sklearn.utils import _safe_indexing
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.validation import _check_method_params, _num_samples

from sktext._labels import labels_already_read, unambiguous
from sktext.model_selection._shared_fits import SHARED, can_share, fit_together, logits_of_all


def group(candidates):
    """Group the numbers of candidates that differ in what can be shared over.

    Parameters
    ----------
    candidates : list of dict
        Parameters of each.

    Returns
    -------
    groups : list of list of int
    """
    groups = defaultdict(list)
    for i, params in enumerate(candidates):
        others = [name for name in params if name.split("__")[0] not in SHARED]
        groups[tuple((name, identity(params[name])) for name in sorted(others))].append(i)
    return list(groups.values())


def identity(value):
    """Tell values apart: plain ones by what they are, objects by which they are."""
    if isinstance(value, (tuple, list)):
        return type(value), tuple(identity(part) for part in value)
    plain = value is None or isinstance(value, (str, Number))
    return (type(value), repr(value)) if plain else id(value)


class Fold:
    """One split of the rows, on which candidates are fitted and scored.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    X, y : array-like
    params, score_params : dict
        Of ``fit`` and of the scorer, for all rows.
    split : (ndarray, ndarray)
        Rows to fit on and to score.
    scorer : callable
    error_score : "raise" or float
    return_train_score : bool
    """

    def __init__(
        self,
        estimator,
        X,
        y,
        params,
        score_params,
        *,
        split,
        scorer,
        error_score,
        return_train_score,
    ):
        self.estimator = estimator
        self.scorer = scorer
        self.error_score = error_score
        train, test = split
        self.train = _safe_split(estimator, X, y, train)
        # Some of the rows of sets may look like an indicator, which all of them together do not.
        several = is_classifier(estimator) and y is not None
        self.fit_y = _safe_indexing(unambiguous(y), train) if several else self.train[1]
        self.test = _safe_split(estimator, X, y, test, train)
        self.params = _check_method_params(X, params=params, indices=train)
        parts = {"test_scores": (self.test, test)}
        if return_train_score:
            parts["train_scores"] = self.train, train
        self.parts = {
            name: (part, _check_method_params(X, params=score_params, indices=rows))
            for name, (part, rows) in parts.items()
        }

    def evaluate(self, candidates):
        """Fit and score candidates that are alike.

        Parameters
        ----------
        candidates : list of dict
            Parameters of each.

        Returns
        -------
        results : list of dict
            As scikit-learn's searches keep them.
        """
        estimators = [clone(self.estimator) for _ in candidates]
        for estimator, params in zip(estimators, candidates, strict=True):
            estimator.set_params(**clone(params, safe=False))
        start = time.perf_counter()
        errors = self.fit(estimators)
        fit_time = (time.perf_counter() - start) / len(estimators)
        results = self.score(estimators, errors)
        return [result | {"fit_time": fit_time} for result in results]

    def fit(self, estimators):
        """Fit estimators, together if they can be; give their errors."""
        X, y = self.train[0], self.fit_y
        if all(can_share(estimator, self.params) for estimator in estimators):
            with labels_already_read():
                errors = fit_together(estimators, X, y, self.params)
        else:
            with labels_already_read():
                errors = [self.fit_alone(estimator) for estimator in estimators]
        if self.error_score == "raise":
            for error in filter(None, errors):
                raise error
        return errors

    def fit_alone(self, estimator):
        """Fit an estimator that is not ours; give its error."""
        X, y = self.train[0], self.fit_y
        try:
            estimator.fit(X, **self.params) if y is None else estimator.fit(X, y, **self.params)
        except Exception as error:
            return error

    def score(self, estimators, errors):
        """Score the estimators that were fitted."""
        results = [self.failure(error) for error in errors]
        fitted = [i for i, error in enumerate(errors) if error is None]
        for name, ((X, y), params) in self.parts.items():
            start = time.perf_counter()
            self.predict_once([estimators[i] for i in fitted], X)
            shared_time = (time.perf_counter() - start) / max(1, len(fitted))
            for i in fitted:
                start = time.perf_counter()
                results[i][name] = _score(
                    estimators[i], X, y, self.scorer, params, self.error_score
                )
                if name == "test_scores":
                    results[i]["score_time"] = shared_time + time.perf_counter() - start
        return results

    def predict_once(self, estimators, X):
        """Compute all logits of the rows before scorers ask for them."""
        if not (estimators and can_share(estimators[0], self.params)):
            return
        with suppress(Exception):  # the scorers will meet it, too
            for estimator, logits in zip(estimators, logits_of_all(estimators, X), strict=True):
                estimator._known_logits = X, logits

    def failure(self, error):
        """Make the result of a candidate before it has scores, or without any."""
        result = {
            "fit_error": None,
            "score_time": 0.0,
            "n_test_samples": _num_samples(self.test[0]),
        }
        if error is None:
            return result
        score = self.error_score
        if isinstance(self.scorer, _MultimetricScorer):
            score = dict.fromkeys(self.scorer._scorers, score)
        result["fit_error"] = "".join(format_exception(error))
        return result | dict.fromkeys(self.parts, score)
