"""A classifier of texts that tunes itself."""

from collections.abc import Callable
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from tqdm.auto import tqdm

from sktext._accuracy import AccuracyMixin
from sktext._component import MAX_SEED
from sktext._labels import Labels, read_labels
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._optional import import_optional
from sktext._scorers import check_scorer
from sktext._torch_defaults import on_cpu_by_default
from sktext._typing import LabelsLike, RandomState
from sktext._user_warnings import warn
from sktext._validation import (
    Interval,
    check_same_length,
    check_sample_weight,
    check_texts,
    fit_context,
)
from sktext.model_selection._auto._clock import Clock
from sktext.model_selection._auto._folds import folds_of
from sktext.model_selection._auto._judge import Judge, Truth, quietly
from sktext.model_selection._auto._portfolio import Portfolio
from sktext.model_selection._auto._refit import Finalists
from sktext.model_selection._auto._search import Search
from sktext.model_selection._loss_search_cv import NoBar

if TYPE_CHECKING:
    from pandas import DataFrame


class AutoTextClassifier(AccuracyMixin, ClassifierMixin, BaseEstimator):
    """Classifier of texts that chooses features, loss, weights and votes within a time limit.

    Use it where a good model is wanted and no time is to be spent on the choice: it tries linear
    models of several losses, class weights and weight decays on words, pairs of words and
    characters, then networks and, if one is named, a pretrained encoder. Out-of-fold
    predictions choose the best, or a vote of several that is better beyond noise, and
    thresholds where the score depends on them.

    Do not use it where a model must be explained in a line, or fitted often:
    :class:`TfidfTorchClassifier` takes seconds and is within a few points. Where you know what
    to compare, :class:`LossSearchCV` compares exactly that.

    Parameters
    ----------
    time_limit : float or None, default=60
        Seconds that ``fit`` may take, above 0. At least one candidate is fitted, however long
        that takes. None tries the whole portfolio, and then gives the same model each time.
    scoring : str or callable, default="f1_macro"
        What is maximised: a name of scikit-learn's, or ``scorer(estimator, X, y)``, which is
        called with row numbers for X.
    max_bytes : int or None, default=None
        Largest pickle of ``best_estimator_``, in bytes. Linear models that are larger are
        compressed, and others left out.
    encoder : str, path, (model, tokenizer) or None, default=None
        A pretrained encoder, as for :class:`~sktext.features.SentenceEncoder`, with the extra
        ``pretrained``; it is tried beside words, alone, and tuned on few texts. None tries
        none, and never loads any.
    cv : int, default=5
        Number of folds, at least 2; with little time, not all of them are fitted.
    random_state : int, RandomState instance or None, default=0
        Seed of the folds and of the candidates.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    best_estimator_ : classifier
        What was chosen, fitted on all rows: a vote, if only of one calibrated model, or
        :class:`~sktext.meta.TunedThresholdsClassifier` around it. Of several labels per row
        it predicts indicator matrices.
    best_score_ : float
        Mean score of the choice, on rows that had no part in it.
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or the names or numbers of the label columns.
    leaderboard_ : DataFrame
        A row per candidate.
    n_folds_ : int
        Number of folds on which the finalists were compared.
    fit_time_ : float
        Seconds that ``fit`` took.

    See Also
    --------
    LossSearchCV : Search a grid of your own, with joint training.
    sktext.compress : Make a linear model small.

    Notes
    -----
    First the losses, class weights and weight decays are compared on one fold with cheap
    features: on a part of its training rows where these take too long. The four best are tried
    with the other features, then come networks. The best of each family of features and loss,
    six at most, are fitted on the other folds while time is left, but for what the fit on all
    rows takes. Candidates with the same features are trained jointly, as by
    :class:`LossSearchCV`, and their features computed once per fold.

    A vote averages the logits of calibrated candidates, which are added greedily [1]_. It is
    taken if it beats the best candidate by more than the standard error of the difference
    over the folds, on the rows that it was not chosen by.

    Ctrl-C ends the search, not the fit: the best candidate so far is fitted on all rows, with a
    warning. A second one ends the fit.

    References
    ----------
    .. [1] Caruana et al., "Ensemble Selection from Libraries of Models", ICML 2004.
       https://doi.org/10.1145/1015330.1015432
    .. [2] Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
       Hyperparameter Optimization", AISTATS 2016 (successive halving).
       https://arxiv.org/abs/1502.07943

    Examples
    --------
    >>> from sktext import AutoTextClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=120, random_state=0)
    >>> auto = AutoTextClassifier(time_limit=2, cv=2).fit(texts, labels)
    >>> auto.predict(["I cannot sign in"]).shape
    (1,)
    >>> auto.leaderboard_.columns.tolist()
    ['candidate', 'score', 'spread', 'folds', 'weight', 'seconds', 'bytes', 'error']
    """

    _parameter_constraints = {
        "time_limit": [Interval(Real, 0, None, closed="neither"), None],
        "scoring": [str, callable],
        "max_bytes": [Interval(Integral, 1, None, closed="left"), None],
        "encoder": [str, PathLike, tuple, None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        time_limit: float | None = 60,
        scoring: str | Callable[..., float] = "f1_macro",
        *,
        max_bytes: int | None = None,
        encoder: str | PathLike | tuple[Any, Any] | None = None,
        cv: int = 5,
        random_state: RandomState = 0,
        verbose: int = 0,
    ) -> None:
        self.time_limit = time_limit
        self.scoring = scoring
        self.max_bytes = max_bytes
        self.encoder = encoder
        self.cv = cv
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: LabelsLike, sample_weight: ArrayLike | None = None) -> Self:
        """Search for the best model, and fit it on all rows.

        Parameters
        ----------
        X : sequence of n_samples texts
            Lists, arrays, columns of data frames.
        y : array-like or sparse matrix of shape (n_samples,) or (n_samples, n_labels)
            Labels of any type; or several per row, as an indicator matrix or as sets of labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, in fits and, where the scorer takes them, in scores. Rows of
            weight zero are left out.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ImportError
            If there is an ``encoder`` and the extra ``pretrained`` is not installed.
        ValueError
            If there are fewer than two classes, too few rows for two folds, or all candidates
            fail.
        """
        clock = Clock(self.time_limit)
        check_scorer(self.scoring, "scoring")
        if self.encoder is not None:
            import_optional("transformers", "pretrained")
        texts, truth, labels = self._read(X, y, sample_weight)
        rng = check_random_state(self.random_state)
        seed = int(rng.randint(MAX_SEED))
        with quietly(), on_cpu_by_default(), self._bar() as bar:
            judge = Judge(self.scoring, truth, seed)
            folds = folds_of(truth, self.cv, rng)
            n_per_class = truth.labels.counts(truth.target).mean()
            portfolio = Portfolio(truth.labels.task, self.encoder, n_per_class, seed)
            search = Search(texts, judge, folds, portfolio, clock, self.max_bytes, rng, bar)
            search.run()
            if not search.finalists():
                raise_of_failure(search.records.values())
            finalists = Finalists(search, rng)
            choice = finalists.choose()
            estimator = finalists.fit(choice)
        self._labels, self.best_estimator_ = labels, estimator
        known = choice.scores[np.isfinite(choice.scores)]
        self.best_score_ = float(known.mean()) if len(known) else finalists.records[0].mean()
        self.n_folds_ = len(finalists.records[0].folds())
        self._rows_of_leaderboard = [row_of(record) for record in search.records.values()]
        self.fit_time_ = clock.spent()
        failed = [r.candidate.name for r in search.records.values() if r.error is not None]
        if failed and self.max_bytes is None:
            warn(f"{len(failed)} candidates failed, {failed[0]!r} first; see leaderboard_.")
        if search.interrupted:
            warn(
                "The search was interrupted; the best candidate so far was fitted on all rows. "
                "leaderboard_ shows what had been tried."
            )
        return self

    def _read(self, X, y, sample_weight):
        """Check what is given; return the texts, what is known of them, and the labels."""
        texts = check_texts(X)
        rows = read_labels(y)
        check_same_length(len(texts), rows)
        weight = check_sample_weight(sample_weight, texts)
        labels = Labels.learn(rows)
        target = labels.encode(rows)
        refuse_unobserved_cells(target)
        if weight is not None:
            kept = np.flatnonzero(weight)
            texts, target, weight = [texts[i] for i in kept], target[kept], weight[kept]
        if labels.task == "multilabel":
            inner = Labels(np.arange(len(labels.classes)), "multilabel", "columns")
        else:
            inner = Labels(labels.classes, labels.task)
        return texts, Truth(target, weight, inner), labels

    def _bar(self):
        """Return a progress bar over fits, of which nobody knows how many there will be."""
        if not self.verbose:
            return NoBar()
        return tqdm(unit="fit", leave=False)

    @property
    def classes_(self) -> NDArray:
        """Sorted labels, or the names or numbers of the label columns."""
        check_is_fitted(self)
        return self._labels.classes

    @property
    def leaderboard_(self) -> "DataFrame":
        """All candidates, the chosen first: a data frame of pandas.

        The columns are candidate, score (mean over the folds), spread (their standard
        deviation), folds (how many; 0 where there were only the first rounds), weight (in the
        vote), seconds (of a fit on a fold), bytes (of the pickle of its first model) and error.
        """
        check_is_fitted(self)
        pandas = import_optional("pandas", "frame")
        frame = pandas.DataFrame(self._rows_of_leaderboard)
        how = {"by": ["weight", "folds", "score"], "ascending": False}
        return frame.sort_values(**how, kind="stable", ignore_index=True)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "best_estimator_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def predict(self, X: ArrayLike) -> NDArray | Any:
        """Predict labels.

        Parameters
        ----------
        X : sequence of n_samples texts
            As in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels; several per row are in the kind of container that ``fit`` got.
        """
        check_is_fitted(self)
        return self._labels.write(self.best_estimator_.predict(check_texts(X)))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict calibrated probabilities.

        Parameters
        ----------
        X : sequence of n_samples texts
            As in ``fit``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes) or (n_samples, n_labels)
            Rows sum to one where classes exclude each other.
        """
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(check_texts(X))

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Compute the mean logits of the classifiers that vote.

        Parameters
        ----------
        X : sequence of n_samples texts
            As in ``fit``.

        Returns
        -------
        logits : ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_labels)
            For two classes, positive logits are the second.
        """
        check_is_fitted(self)
        return self.best_estimator_.decision_function(check_texts(X))


def row_of(record):
    """Return the row of a candidate in the leaderboard."""
    scores = [record.scores[fold] for fold in record.folds()]
    spread = float(np.std(scores, ddof=1)) if len(scores) > 1 else np.nan
    error = None if record.error is None else f"{type(record.error).__name__}: {record.error}"
    return {
        "candidate": record.candidate.name,
        "score": record.mean() if record.scores else np.nan,
        "spread": spread,
        "folds": len(scores),
        "weight": record.weight,
        "seconds": record.seconds,
        "bytes": record.n_bytes,
        "error": error,
    }


def raise_of_failure(records):
    """Raise that all candidates have failed, with the error of the first."""
    error = next(record.error for record in records)
    raise ValueError(f"All candidates failed; the first with {error!r}.") from error
