"""Grid search over losses that trains the candidates of a fold jointly."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.model_selection import ParameterGrid, check_cv
from sklearn.utils import indexable
from tqdm.auto import tqdm

from sktext._labels import splitter_target
from sktext._rows import indexable_labels, rows_of
from sktext._scorers import check_scorers
from sktext._sklearn import (
    BaseSearchCV,
    CallbackSupportMixin,
    best_index,
    callback_context,
    check_method_params,
    check_refit,
    formatted_results,
    routed_params,
    scorers_of,
    scorers_of_search,
    warn_or_raise_about_fit_failures,
)
from sktext._training._sklearn_callbacks import told_of_fit
from sktext._typing import LabelsLike, RowsLike, Splitter
from sktext._validation import Interval, Options, fit_context
from sktext.model_selection._halving import best_of, halve, rounds_of
from sktext.model_selection._joint._candidates import Fold, fill_scores, group
from sktext.model_selection._joint._tasks import CandidateTask, subtask


class LossSearchCV(BaseSearchCV, CallbackSupportMixin):
    """Search a grid of losses, training all candidates of a fold jointly.

    Use it in place of ``GridSearchCV`` to choose a loss and its parameters, class weights,
    learning rate, weight decay, dropout or start of the bias for a classifier of this package:
    features are computed once per fold, batches are read once per epoch, and the scores are
    those of ``GridSearchCV``. Do not use it to save time on vectorizers, architectures or
    other estimators: any grid is allowed, but candidates that differ in other parameters are
    fitted one after the other.

    Parameters
    ----------
    estimator : estimator
        Usually a classifier of this package; cloned and fitted.
    param_grid : dict or list of dict
        Names of parameters and the values to try, as for ``GridSearchCV``.
    scoring : str, callable, list, tuple or dict, default=None
        One or several scorers, as for ``GridSearchCV``; None is the accuracy.
    refit : bool, str or callable, default=True
        Whether to fit the best candidate on all rows. With several scorers, the name of the
        one that chooses; or a function from ``cv_results_`` to the index of the best.
    cv : int, splitter or iterable of splits, default=None
        How rows are split; None is 5 stratified folds.
    halving : float or False, default=False
        Successive halving [1]_: the factor by which the number of candidates is divided, and
        ``max_epochs`` is multiplied, from round to round; greater than 1. The last round has
        the ``max_epochs`` of the estimator. False trains all candidates to the end.
    verbose : int, default=0
        1 shows a progress bar.
    error_score : "raise" or float, default=nan
        Score of a candidate that fails or diverges, with a warning; "raise" raises its error.
    return_train_score : bool, default=False
        Whether the training rows of each fold are scored as well.

    Attributes
    ----------
    cv_results_ : dict of str to ndarray of shape (n_candidates,)
        Parameters, scores and times of all candidates, as in ``GridSearchCV``. The time of
        joint work is divided evenly. With ``halving`` also ``iter`` and ``n_resources``, the
        round and its epochs.
    best_estimator_ : estimator
        The best candidate, fitted on all rows; with ``refit`` only.
    best_score_ : float
        Its mean score.
    best_params_ : dict
        Its parameters.
    best_index_ : int
        Its index in ``cv_results_``.
    scorer_ : callable or dict of callables
        The scorer or scorers.
    n_splits_ : int
        Number of folds.
    refit_time_ : float
        Seconds that the last fit took.
    multimetric_ : bool
        Whether there are several scores.

    See Also
    --------
    sklearn.model_selection.GridSearchCV : One fit after the other, on several cores.

    Notes
    -----
    There is no ``n_jobs``, as candidates share the threads of torch.

    Each candidate has its own loss, weights, optimizer state, early stopping and end of
    training. Perceptrons and linear models are multiplied with the rows jointly, and make joint
    steps with optimizers that step by the batch. On dense rows L-BFGS runs for one candidate
    after the other, as joint products would be rounded differently. With ``random_state=None``,
    candidates have the same seeds.

    A candidate that fails in any way (a parameter out of its range, an unknown loss, a loss
    of your own that raises, a loss that becomes infinite or NaN) is warned about and gets
    ``error_score``; the search continues with the others. Only ``KeyboardInterrupt`` and
    ``SystemExit`` end a search, which then is as it was before ``fit``. With ``halving``, the
    best candidate is that of the last round in which any candidate has a score.

    Networks of tokens tokenize once. :class:`FastTextClassifier`, and
    :class:`CNNClassifier` of one layer with hashed pairs, with "adagrad" (their default) or
    "sgd" and without ``lr_schedule`` and ``callbacks``, also read the batches and update the
    token vectors jointly, up to eight candidates at a time. All other networks are trained one
    after the other: torch's fused recurrent cells take the weights of one net at a time, and on
    a CPU self-attention and steps of all weights are no faster for several nets at once.
    Each of these has its scores, and is dropped, before the next one is made: of pretrained
    encoders, one is in memory at a time.

    References
    ----------
    .. [1] Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
       Hyperparameter Optimization", AISTATS 2016 (successive halving).
       https://arxiv.org/abs/1502.07943

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.model_selection import LossSearchCV
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> grid = {"loss__gamma": [0.0, 1.0, 2.0], "class_weight": [None, "balanced"]}
    >>> clf = TfidfTorchClassifier(loss="focal", random_state=0)
    >>> search = LossSearchCV(clf, grid, scoring="f1_macro", cv=3).fit(texts, labels)
    >>> len(search.cv_results_["mean_test_score"])
    6
    >>> search.predict(texts[:2]).shape
    (2,)
    """

    _parameter_constraints = {
        name: BaseSearchCV._parameter_constraints[name]
        for name in ("estimator", "refit", "cv", "verbose", "error_score")
    } | {
        "scoring": [str, callable, list, tuple, dict, None],
        "param_grid": [dict, list],
        "halving": [Interval(Real, 1, None, closed="neither"), Options(bool, {False})],
        "return_train_score": ["boolean"],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        param_grid: dict[str, Sequence[Any]] | list[dict[str, Sequence[Any]]],
        *,
        scoring: str | Callable | list | tuple | dict | None = None,
        refit: bool | str | Callable = True,
        cv: Splitter = None,
        halving: float | Literal[False] = False,
        verbose: int = 0,
        error_score: float | Literal["raise"] = float("nan"),
        return_train_score: bool = False,
    ) -> None:
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring
        self.refit = refit
        self.cv = cv
        self.halving = halving
        self.verbose = verbose
        self.error_score = error_score
        self.return_train_score = return_train_score

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: RowsLike, y: LabelsLike | None = None, **params: Any) -> Self:
        """Search the grid, and fit the best candidate on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_features)
            Rows, as in ``fit`` of the estimator.
        y : array-like of shape (n_samples,) or (n_samples, n_labels), default=None
            Labels.
        **params : dict
            Arguments of ``fit`` of the estimator, such as ``sample_weight``, of the scorers
            and of the splitter; those with an entry per row are split like the rows.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        ValueError
            If all candidates fail, or the grid has a parameter that halving sets.
        """
        check_scorers(self.scoring)
        scorer, metric = scorers_of_search(self)
        X, y = indexable(rows_of(X), indexable_labels(y))
        params = check_method_params(X, params=params)
        routed = routed_params(self, params)
        told = told_of_fit(self, X, y, params.get("sample_weight"))
        task = callback_context(self, max_subtasks=1 + (self.refit is not False))
        task.call_on_fit_task_begin(**told)
        cv, target = self._splitter(y)
        splits = list(cv.split(X, target, **routed.splitter.split))
        make_fold = partial(
            Fold,
            *(self.estimator, X, y, routed.estimator.fit, routed.scorer.score),
            scorer=scorer,
            error_score=self.error_score,
            return_train_score=self.return_train_score,
            search=self,
        )
        candidates, results, rounds = self._search(make_fold, splits, task)
        cv_results = formatted_results(self, candidates, len(splits), results, rounds)
        fitted = {
            "n_splits_": len(splits),
            "scorer_": scorers_of(scorer),
            "cv_results_": cv_results,
        }
        fitted |= self._choose(results[0]["test_scores"], metric, cv_results)
        if self.refit:
            fitted |= self._fit_best(fitted["best_params_"], routed.estimator.fit, task, told)
        self._keep(fitted)
        task.call_on_fit_task_end(**told)
        return self

    def _splitter(self, y):
        """Return the splitter, and the labels as it reads them; a given splitter reads ``y``."""
        if (
            not is_classifier(self.estimator)
            or y is None
            or not isinstance(self.cv, (Integral, type(None)))
        ):
            return check_cv(self.cv, y, classifier=is_classifier(self.estimator)), y
        target = splitter_target(y)
        return check_cv(self.cv, target, classifier=True), target

    def _keep(self, fitted):
        """Replace the fitted attributes, all at once."""
        params = self.get_params(deep=False)
        for name in [name for name in vars(self) if name not in params and name.endswith("_")]:
            delattr(self, name)
        vars(self).update(fitted)

    def _search(self, make_fold, splits, task):
        """Evaluate all candidates, in rounds with ``halving``.

        Parameters
        ----------
        make_fold : callable
        splits : list of (ndarray, ndarray)
        task : CallbackContext
            Of the search as a whole.

        Returns
        -------
        candidates : list of dict
        results : list of dict
            The folds of the first candidate, then those of the second, and so on.
        rounds : dict of str to list
            Additional columns of ``cv_results_``.
        """
        candidates = list(ParameterGrid(self.param_grid))
        if not candidates:
            raise ValueError("param_grid has no candidates; an empty dict is one.")
        evaluate = partial(self._evaluate, make_fold=make_fold, splits=splits)
        if not self.halving:
            results = evaluate(candidates, parent=task, task_name="search")
            warn_or_raise_about_fit_failures(results, self.error_score)
            return candidates, results, {}
        if any("max_epochs" in params for params in candidates):
            raise ValueError("halving sets max_epochs; take it out of param_grid.")
        max_epochs = self.estimator.get_params().get("max_epochs")
        if max_epochs is None:
            raise ValueError(
                "halving gives candidates more and more max_epochs, which "
                f"{type(self.estimator).__name__} does not have; set halving=False."
            )
        if max_epochs == "auto":
            raise ValueError(
                "halving divides max_epochs by rounds, and max_epochs='auto' is no number before "
                "the rows are read; set max_epochs of the estimator to a number, as 12."
            )
        rounds = rounds_of(len(candidates), self.halving, max_epochs)
        mean_scores = partial(self._mean_scores, n_splits=len(splits))
        with subtask(task, "search", self, max_subtasks=len(rounds)) as within:
            evaluate = partial(evaluate, parent=within, task_name="halving-iteration")
            candidates, results, columns = halve(candidates, rounds, evaluate, mean_scores)
        # A candidate that fails only in the last round has scores of the rounds before.
        warn_or_raise_about_fit_failures(results, self.error_score)
        return candidates, results, columns

    def _evaluate(self, candidates, make_fold, splits, parent, task_name):
        """Fit and score candidates on each fold, those of a group jointly."""
        table = [[None] * len(splits) for _ in candidates]
        groups = group(candidates)
        total = len(candidates) * len(splits)
        # A bar that is not shown would start tqdm's thread as well.
        show = partial(tqdm, total=total, unit="fit", leave=False) if self.verbose else NoBar
        shape = {"max_subtasks": total, "sequential_subtasks": False}
        with subtask(parent, task_name, self, **shape) as task, show() as bar:
            contexts = [
                task.subcontext(task_name="candidate-split-evaluation", task_id=i)
                for i in range(total)
            ]
            for i_split, split in enumerate(splits):
                fold = make_fold(split=split)
                for numbers in groups:
                    found = fold.evaluate(
                        [candidates[i] for i in numbers],
                        [contexts[i * len(splits) + i_split] for i in numbers],
                    )
                    for i, result in zip(numbers, found, strict=True):
                        table[i][i_split] = result
                    bar.update(len(numbers))
        results = [result for row in table for result in row]
        fill_scores(results, self.error_score)
        return results

    def _mean_scores(self, results, n_splits):
        """Return the mean over the folds of the score that chooses."""
        scores = [result["test_scores"] for result in results]
        if isinstance(scores[0], dict):
            if self.refit not in scores[0]:
                raise ValueError(
                    "halving goes by one score; set refit to the name of one of "
                    f"{list(scores[0])}. Got refit={self.refit!r}."
                )
            scores = [by_name[self.refit] for by_name in scores]
        return np.reshape(scores, (-1, n_splits)).mean(axis=1)

    def _choose(self, scores, metric, cv_results):
        """Return the fitted attributes of the best candidate, if a score chooses one."""
        multimetric = isinstance(scores, dict)
        if callable(self.scoring) and multimetric:
            check_refit(self, scores)
            metric = self.refit
        if not (self.refit or not multimetric):
            return {"multimetric_": multimetric}
        best = self._best_index(metric, cv_results)
        chosen = {
            "multimetric_": multimetric,
            "best_index_": best,
            "best_params_": cv_results["params"][best],
        }
        if not callable(self.refit):
            chosen["best_score_"] = cv_results[f"mean_test_{metric}"][best]
        return chosen

    def _best_index(self, metric, results):
        """Return the index of the best candidate of the last round in which any has a score."""
        if callable(self.refit) or "iter" not in results:
            return best_index(self.refit, metric, results)
        scores, rounds = results[f"mean_test_{metric}"], results["iter"]
        last = np.flatnonzero(rounds == rounds[~np.isnan(scores)].max(initial=0))
        return last[best_of(scores[last], 1)[0]]

    def _fit_best(self, best_params, params, parent, told):
        """Fit the best candidate on all rows."""
        best = clone(self.estimator).set_params(**clone(best_params, safe=False))
        rows = [told["X"]] if told["y"] is None else [told["X"], told["y"]]
        task = CandidateTask(parent.subcontext(task_name="refit-with-best-params"), **told)
        with task.fitting(best):
            start = time.perf_counter()
            fitted = {
                "best_estimator_": best.fit(*rows, **params),
                "refit_time_": time.perf_counter() - start,
            }
        task.end()
        if hasattr(best, "feature_names_in_"):
            fitted["feature_names_in_"] = best.feature_names_in_
        return fitted

    def _run_search(self, evaluate_candidates):
        """Raise, as ``fit`` evaluates whole folds instead."""
        raise NotImplementedError


class NoBar(nullcontext):
    """A progress bar that is not shown."""

    def __enter__(self):
        return self

    def update(self, n):
        """Do nothing."""
