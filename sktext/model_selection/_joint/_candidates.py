"""The candidates of a search: how they are grouped, fitted and scored."""

import time
from collections import defaultdict
from contextlib import suppress
from numbers import Number
from traceback import format_exc, format_exception

from sklearn.base import clone, is_classifier

from sktext._labels import labels_already_read, unambiguous
from sktext._sklearn import (
    MultimetricScorer,
    check_method_params,
    num_samples,
    safe_indexing,
    safe_split,
    score_of,
    scorers_of,
)
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._prediction import known_logits
from sktext._training._sklearn_callbacks import told_of_fit
from sktext._user_warnings import threads_warn_here, warn
from sktext.model_selection._joint._fits import (
    JOINT_PARAMETERS,
    can_fit_jointly,
    fit_jointly,
    logits_of_all,
)
from sktext.model_selection._joint._tasks import CandidateTask, run_within


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
        """Fit and score candidates within their tasks."""
        start = time.perf_counter()
        made = [self.make(params) for params in candidates]
        estimators = [estimator for estimator, _ in made]
        errors = [error for _, error in made]
        whole = [i for i, error in enumerate(errors) if error is None]
        for i in set(range(len(tasks))).difference(whole):
            tasks[i].begin()
        found = self.fit([estimators[i] for i in whole], [tasks[i] for i in whole])
        for i, error in zip(whole, found, strict=True):
            errors[i] = error
        if self.error_score == "raise":
            for error in filter(None, errors):
                raise error
        fit_time = (time.perf_counter() - start) / len(estimators)
        results = self.score(estimators, errors)
        return [result | {"fit_time": fit_time} for result in results]

    def make(self, params):
        """Return an unfitted candidate, and the error that its parameters raise or None."""
        estimator = clone(self.estimator)
        try:
            return estimator.set_params(**clone(params, safe=False)), None
        except Exception as error:
            return estimator, error

    def fit(self, estimators, tasks):
        """Fit estimators, jointly if possible; return their errors."""
        if all(can_fit_jointly(estimator, self.params) for estimator in estimators):
            return self.fit_group(estimators, tasks)
        with labels_already_read():
            return [self.fit_alone(*pair) for pair in zip(estimators, tasks, strict=True)]

    def fit_group(self, classifiers, tasks):
        """Fit classifiers of this package jointly; return their errors."""
        X, y = self.train[0], self.fit_y

        def fit(numbers):
            some = [classifiers[i] for i in numbers]
            with (
                labels_already_read(),
                on_cpu_by_default(),
                threads_warn_here(),
            ):
                return fit_jointly(some, X, y, self.params)

        given = X, y, self.params.get("sample_weight")
        pairs = zip(classifiers, tasks, strict=True)
        return run_within([task.fitting_jointly(one, *given) for one, task in pairs], fit)

    def fit_alone(self, estimator, task):
        """Fit a single estimator; return its error or None."""
        X, y = self.train[0], self.fit_y
        try:
            with task.fitting(estimator):
                estimator.fit(X, **self.params) if y is None else estimator.fit(X, y, **self.params)
        except Exception as error:
            return error

    def score(self, estimators, errors):
        """Score the estimators that were fitted."""
        results = [self.failure(error) for error in errors]
        fitted = [i for i, error in enumerate(errors) if error is None]
        for name, ((X, y), params) in self.parts.items():
            start = time.perf_counter()
            logits = self.predict_once([estimators[i] for i in fitted], X)
            time_each = (time.perf_counter() - start) / max(1, len(fitted))
            with known_logits(X, logits):
                for i in fitted:
                    start = time.perf_counter()
                    results[i][name] = self.score_alone(estimators[i], X, y, params)
                    if name == "test_scores":
                        results[i]["score_time"] = time_each + time.perf_counter() - start
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

    def predict_once(self, estimators, X):
        """Compute the logits of the rows for all scorers; return them by net."""
        if not all(can_fit_jointly(estimator, self.params) for estimator in estimators):
            return {}
        with suppress(Exception), on_cpu_by_default():  # the scorers will raise it as well
            return logits_of_all(estimators, X)
        return {}

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
        return result | {name: self.no_score() for name in self.parts}


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
