"""The candidates of a search: how they are grouped, and scored on a fold."""

import time
from collections import defaultdict
from contextlib import closing
from numbers import Number
from traceback import format_exc, format_exception

from sklearn.base import is_classifier

from sktext._labels import unambiguous
from sktext._sklearn import (
    MultimetricScorer,
    check_method_params,
    num_samples,
    safe_indexing,
    safe_split,
    score_of,
    scorers_of,
)
from sktext._training._prediction import known_logits
from sktext._training._sklearn_callbacks import told_of_fit
from sktext._user_warnings import warn
from sktext.model_selection._joint._candidate_fits import CandidateFits
from sktext.model_selection._joint._fits import JOINT_PARAMETERS
from sktext.model_selection._joint._tasks import CandidateTask


def group(candidates):
    """Group candidates that may be fitted jointly.

    Parameters
    ----------
    candidates : list of dict
        Parameters of each.

    Returns
    -------
    groups : list of list of int
        Numbers of the candidates.
    """
    groups = defaultdict(list)
    for i, params in enumerate(candidates):
        others = [name for name in params if name.split("__")[0] not in JOINT_PARAMETERS]
        groups[tuple((name, identity(params[name])) for name in sorted(others))].append(i)
    return list(groups.values())


def identity(value):
    """Return a key of a value: of plain values equal if they are, of objects their identity."""
    if isinstance(value, (tuple, list)):
        return type(value), tuple(identity(item) for item in value)
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
        Arguments of ``fit`` and of the scorer, for all rows.
    split : (ndarray, ndarray)
        Rows to fit on and to score.
    scorer : callable
    error_score : "raise" or float
    return_train_score : bool
    search : LossSearchCV
        Whose callbacks are told of the candidates.
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
        search,
    ):
        self.estimator = estimator
        self.scorer = scorer
        self.error_score = error_score
        train, test = split
        self.train = safe_split(estimator, X, y, train)
        # A part of label sets may look like an indicator matrix where all rows do not.
        several = is_classifier(estimator) and y is not None
        self.fit_y = safe_indexing(unambiguous(y), train) if several else self.train[1]
        self.test = safe_split(estimator, X, y, test, train)
        self.params = check_method_params(X, params=params, indices=train)
        self.told = told_of_fit(search, *self.train, self.params.get("sample_weight"))
        parts = {"test_scores": (self.test, test)}
        if return_train_score:
            parts["train_scores"] = self.train, train
        self.parts = {
            name: (part, check_method_params(X, params=score_params, indices=rows))
            for name, (part, rows) in parts.items()
        }

    def evaluate(self, candidates, contexts):
        """Fit and score candidates of a group.

        Parameters
        ----------
        candidates : list of dict
            Parameters of each.
        contexts : list of CallbackContext
            Of each, what callbacks know it by.

        Returns
        -------
        results : list of dict
            In the format of scikit-learn's searches.
        """
        tasks = [CandidateTask(context, **self.told) for context in contexts]
        try:
            return self.fit_and_score(candidates, tasks)
        finally:
            for task in tasks:
                task.end()

    def fit_and_score(self, candidates, tasks):
        """Fit and score candidates within their tasks, and drop those that have their scores."""
        fits = CandidateFits(self.estimator, self.train[0], self.fit_y, self.params)
        results, fit_time, start = {}, 0.0, time.perf_counter()
        with closing(fits.run(candidates, tasks)) as fitted:
            for members in fitted:
                fit_time += time.perf_counter() - start
                results |= self.score(members, fits)
                del members  # or they would be held while others are fitted
                start = time.perf_counter()
        fit_time = (fit_time + time.perf_counter() - start) / len(candidates)
        return [results[i] | {"fit_time": fit_time} for i in range(len(candidates))]

    def score(self, members, fits):
        """Score the members that were fitted, and end the tasks of all.

        Returns
        -------
        results : dict of {int: dict}
            Without the time of the fits, by the number of the candidate.
        """
        if self.error_score == "raise":
            for error in filter(None, [member.error for member in members]):
                raise error
        results = {member.number: self.failure(member.error) for member in members}
        fitted = [member for member in members if member.error is None]
        for name, ((X, y), params) in self.parts.items():
            start = time.perf_counter()
            logits = fits.logits([member.estimator for member in fitted], X)
            time_each = (time.perf_counter() - start) / max(1, len(fitted))
            with known_logits(X, logits):
                for member in fitted:
                    start = time.perf_counter()
                    result = results[member.number]
                    result[name] = self.score_alone(member.estimator, X, y, params)
                    if name == "test_scores":
                        result["score_time"] = time_each + time.perf_counter() - start
        for member in members:
            member.task.end()
        return results

    def score_alone(self, estimator, X, y, params):
        """Score an estimator; a score that is not a number counts as failure."""
        try:
            return score_of(estimator, X, y, self.scorer, params, self.error_score)
        except Exception:
            if self.error_score == "raise":
                raise
            warn(
                "Scoring failed. The score on this train-test partition for these parameters "
                f"will be set to {self.error_score}. Details:\n{format_exc()}"
            )
            return self.no_score()

    def no_score(self):
        """Return the score of a candidate that fails."""
        if isinstance(self.scorer, MultimetricScorer):
            return dict.fromkeys(scorers_of(self.scorer), self.error_score)
        return self.error_score

    def failure(self, error):
        """Return the result of a candidate without scores, or with those of a failure."""
        result = {
            "fit_error": None,
            "score_time": 0.0,
            "n_test_samples": num_samples(self.test[0]),
        }
        if error is None:
            return result
        result["fit_error"] = "".join(format_exception(error))
        drop_traces(error)
        return result | {name: self.no_score() for name in self.parts}


def drop_traces(error):
    """Drop the traces of an error and of its causes, whose frames hold what was trained."""
    while error is not None and error.__traceback__ is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def fill_scores(results, error_score):
    """Add to all results the scores that only some have.

    A callable that returns several scores names them only where it does not fail.

    Parameters
    ----------
    results : list of dict
        Changed in place.
    error_score : float
        Value of scores that are missing.
    """
    for part in ("test_scores", "train_scores"):
        scores = [result[part] for result in results if part in result]
        names = {name: None for score in scores if isinstance(score, dict) for name in score}
        if not names:
            continue
        for result in results:
            found = result[part] if isinstance(result[part], dict) else {}
            result[part] = dict.fromkeys(names, error_score) | found
