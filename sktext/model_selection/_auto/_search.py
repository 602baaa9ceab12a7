"""Rounds in which candidates are tried: all on few rows, and the best on all folds."""

import pickle
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sktext._sklearn import safe_indexing
from sktext.classifiers import (
    CompressedTextClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
    compress,
)
from sktext.model_selection._auto._fits import by_base, fit_and_score, scores_of
from sktext.model_selection._auto._portfolio import Candidate

# Fractions of the time at which the first rounds end: of losses, of features, of networks. Most
# is left for the folds.
LOSSES_UNTIL, FEATURES_UNTIL, NETWORKS_UNTIL = 0.12, 0.3, 0.4
# A second candidate may take longer.
SECOND_UNTIL = 0.4
# The rest of the time is for the choice and, as long as that is expected to take, the last fits.
SEARCH_UNTIL = 0.95
# In the place of a fold, the rows of the first rounds if these are fewer.
FIRST = -1
# Candidates that are trained at once before the clock is looked at.
AT_ONCE = 4
# Losses and weights that go on to the other features, and candidates that go on to all folds.
N_VARIANTS, N_KEPT = 4, 6
# Rows of the first rounds at least, and what they take of the folds' rows if fewer are enough.
MIN_ROWS, WORTH_IT = 500, 0.6
# A fit on half of the rows takes more than half of the time: vocabularies shrink less.
RATE = 0.8
# A model of all rows is larger than one of the rows of a fold.
GROWTH = 1.15


class Part(NamedTuple):
    """Rows to fit on."""

    X: Any
    y: np.ndarray
    weight: np.ndarray | None


@dataclass
class Record:
    """What is known of a candidate."""

    candidate: Candidate
    scores: dict[int, float] = field(default_factory=dict)  # of each fold, or FIRST
    outputs: dict[int, np.ndarray] = field(default_factory=dict)  # of its test rows
    seconds: float = np.nan  # of a fit on a fold
    n_bytes: float = np.nan
    compressed: bool = False
    error: Exception | None = None
    weight: float = 0.0  # in the vote

    def folds(self):
        """Return the numbers of the folds that it was fitted on."""
        return sorted(fold for fold in self.scores if fold != FIRST)

    def mean(self):
        """Return the mean score over the folds, or that of the first rounds."""
        return float(np.mean([self.scores[fold] for fold in self.folds() or self.scores]))


class Search:
    """Tries the candidates of a portfolio for a time.

    Parameters
    ----------
    X : sequence of texts
    judge : Judge
    folds : list of (ndarray, ndarray)
        Rows to fit on and to score.
    portfolio : Portfolio
    clock : Clock
    max_bytes : int or None
    rng : RandomState
        Draws the rows of the first rounds.
    bar : tqdm or NoBar
    """

    def __init__(self, X, judge, folds, portfolio, clock, max_bytes, rng, bar):
        self.X = X
        self.judge = judge
        self.truth = judge.truth
        self.folds = folds
        self.portfolio = portfolio
        self.clock = clock
        self.max_bytes = max_bytes
        self.bar = bar
        self.records = {}
        self.few_rows = classes_first(rng.permutation(folds[0][0]), self.truth.target)
        self.fraction = 1.0
        self.interrupted = False

    def run(self):
        """Try candidates until the time is up or all were tried, or the user interrupts."""
        try:
            self.first_rounds()
            self.folds_of_the_best()
        except KeyboardInterrupt:
            if not self.finalists():
                raise
            self.interrupted = True

    def part(self, rows):
        """Take rows to fit on."""
        weight = None if self.truth.weight is None else self.truth.weight[rows]
        y = self.truth.labels.decode_target(self.truth.target[rows])
        return Part(safe_indexing(self.X, rows), y, weight)

    # -- the rounds -------------------------------------------------------------------

    def first_rounds(self):
        """Find losses and weights on cheap features, then features for the best of them."""
        first = self.portfolio.first()
        # Torch loads once what it trains with, which is no candidate's time.
        TorchClassifier(random_state=0).fit(np.eye(4), [0, 1, 0, 1])
        self.choose_rows(first)
        rest = [candidate for candidate in first if candidate.name not in self.records]
        for start in range(0, len(rest), AT_ONCE):
            self.try_first(rest[start : start + AT_ONCE], LOSSES_UNTIL)
        if len(self.ranked()) == 1:  # two losses on one fold are better than one on several
            self.try_first(rest[:1], SECOND_UNTIL)
        known = [record.candidate for record in self.ranked() if record.candidate in first]
        for group in self.portfolio.others(known[:N_VARIANTS]):
            self.try_first(group, FEATURES_UNTIL)
        for group in self.portfolio.networks():
            self.try_first(group, NETWORKS_UNTIL)

    def choose_rows(self, first):
        """Choose on which fraction of the first fold's rows the first rounds are.

        So many that the first of their candidates are expected to be done in time, by how long
        one takes on few rows.
        """
        probe = max(MIN_ROWS, len(self.few_rows) // 16) / len(self.few_rows)
        self.fraction = 1.0 if probe > WORTH_IT else probe
        self.try_first(first[:1], None)
        if not self.ranked() or self.fraction == 1:
            return
        groups = [first[: 2 * AT_ONCE], *self.portfolio.others(first[:N_VARIANTS])[:1]]
        seconds = self.records[first[0].name].seconds * sum(c.cost for g in groups for c in g)
        fraction = max(self.clock.left(FEATURES_UNTIL) / seconds, 0.0) ** (1 / RATE)
        if fraction > 2 * probe:  # else the first one has been tried on these rows already
            self.fraction = 1.0 if fraction > WORTH_IT else fraction
            self.records.clear()
            self.try_first(first[:1], None)

    def try_first(self, group, until):
        """Try a group on the rows of the first rounds, as many as there is time for."""
        if until is not None:
            part = self.fraction**RATE
            seconds = [self.expected_seconds(candidate) * part for candidate in group]
            group = group[: int((np.cumsum(seconds) <= self.clock.left(until)).sum())]
        if not group:
            return
        if self.fraction == 1:
            self.try_on_fold(group, 0)
            return
        rows = self.few_rows[: int(self.fraction * len(self.few_rows))]
        self.try_candidates(group, rows, self.folds[0][1], FIRST)

    def folds_of_the_best(self):
        """Fit the best of the families on the folds, and while time is left the next best."""
        kept = self.affordable(self.best_of_families())
        self.go_on(kept)
        if any(len(record.folds()) < len(self.folds) for record in kept) or not kept:
            return
        for record in self.ranked()[: 2 * N_KEPT]:
            missing = len(self.folds) - len(record.folds())
            left = self.clock.left(SEARCH_UNTIL) - self.refit_seconds(kept)
            if missing and missing * record.seconds <= left:
                self.go_on([record])

    def go_on(self, kept):
        """Fit candidates on the folds that they lack, one after the other."""
        for i in range(len(self.folds)):
            missing = [record for record in kept if i not in record.scores]
            self.clock.reserved = self.refit_seconds(kept)
            if sum(record.seconds for record in missing) > self.clock.left(SEARCH_UNTIL):
                break
            for group in by_base([record.candidate for record in missing]):
                self.try_on_fold(group, i)
            kept = [record for record in kept if record.error is None]
        self.clock.reserved = 0.0

    def affordable(self, records):
        """Choose which go on: the best, and others for three folds, or for the first alone."""
        best = next((record for record in records if self.is_affordable([record], 0)), None)
        if best is None:
            return []
        for least in (2, 0):
            chosen = [best] if self.is_affordable([best], least) else []
            for record in records if chosen else []:
                more = [*chosen, record]
                if record is not best and len(chosen) < N_KEPT and self.is_affordable(more, least):
                    chosen = more
            if len(chosen) > 1:
                break
        return chosen

    def is_affordable(self, records, n_more):
        """Return whether there is time for the first fold and some more, and the last fits."""
        each = sum(record.seconds for record in records)
        missing = sum(record.seconds for record in records if 0 not in record.scores)
        folds = missing + min(n_more, len(self.folds) - 1) * each
        return folds + self.refit_seconds(records) <= self.clock.left(SEARCH_UNTIL)

    def best_of_families(self):
        """Return the best candidate of each family, the best first."""
        best = {}
        for record in self.ranked():
            best.setdefault(record.candidate.family, record)
        return list(best.values())

    def refit_seconds(self, records):
        """Return how long it takes to fit the best on all rows, if half of these vote."""
        slowest = sorted(record.seconds for record in records)[-(len(records) + 1) // 2 :]
        return len(self.folds) / max(len(self.folds) - 1, 1) * sum(slowest)

    # -- fits -------------------------------------------------------------------------

    def try_on_fold(self, candidates, fold):
        """Fit and score candidates of one base on a fold."""
        self.try_candidates(candidates, *self.folds[fold], fold)

    def try_candidates(self, candidates, train, test, fold):
        """Fit candidates of one base on some rows, and score others."""
        part, X_test = self.part(train), safe_indexing(self.X, test)
        labels = self.truth.labels
        with closing(fit_and_score(candidates, part, X_test, labels)) as tried:
            for candidate, estimator, scores, seconds in tried:
                record = self.records.setdefault(candidate.name, Record(candidate))
                if not isinstance(scores, Exception):
                    scores = self.within_bytes(record, estimator, scores, X_test, fold)
                if isinstance(scores, Exception):
                    record.error = scores
                else:
                    self.keep(record, scores, seconds, test, fold)
                self.bar.update(1)

    def keep(self, record, scores, seconds, test, fold):
        """Score the outputs of a candidate, and keep what is known of it."""
        try:
            score = self.judge.score_at_best(scores, test)
        except Exception as error:  # of the scorer
            record.error = error
            return
        if not np.isfinite(score):
            record.error = ValueError(f"The score is {score}.")
            return
        record.scores[fold], record.outputs[fold] = score, scores
        record.seconds = seconds / self.fraction**RATE if fold == FIRST else seconds

    def within_bytes(self, record, estimator, scores, X_test, fold):
        """Measure the pickle; of a model that is too large, take the compressed one if it can."""
        if fold in (FIRST, 0) or self.max_bytes is not None:
            record.n_bytes = len(pickle.dumps(estimator))
        if self.max_bytes is None or record.n_bytes * GROWTH <= self.max_bytes:
            return scores
        try:
            small = compressed_to(estimator, self.max_bytes)
            record.n_bytes, record.compressed = len(pickle.dumps(small)), True
            return scores_of(small, X_test, self.truth.labels)
        except (TypeError, ValueError) as error:
            return error

    def expected_seconds(self, candidate):
        """Return how long a fit on a fold takes, by what has taken how long."""
        same = [r for r in self.records.values() if r.candidate.base is candidate.base]
        known = [record.seconds for record in same if np.isfinite(record.seconds)]
        if known:
            return float(np.mean(known))
        records = [r for r in self.records.values() if np.isfinite(r.seconds)]
        relative = [record.seconds / record.candidate.cost for record in records]
        return candidate.cost * float(np.median(relative)) if relative else 0.0

    # -- what is known ----------------------------------------------------------------

    def ranked(self):
        """Return the records without an error, the best of the first rounds first."""
        records = [record for record in self.records.values() if record.error is None]
        fold = FIRST if self.fraction < 1 else 0
        known = [record for record in records if fold in record.scores]
        return sorted(known, key=lambda record: -record.scores[fold])

    def finalists(self):
        """Return the records with the most folds, the best first.

        Where there was no time for a fold, those of the first rounds that can still be fitted
        on all rows in time, or else the fastest.
        """
        records = [r for r in self.records.values() if r.error is None and r.scores]
        records = sorted(records, key=lambda record: -record.mean())
        if self.interrupted and any(record.folds() for record in records):
            return [record for record in records if record.folds()][:1]
        most = max((record.folds() for record in records), key=len, default=[])
        if most:
            return [record for record in records if record.folds() == most]
        fast = [r for r in records if self.refit_seconds([r]) <= self.clock.left()]
        return fast or sorted(records, key=lambda record: record.seconds)[:1]


def classes_first(rows, target):
    """Move a row of each class to the front, so that a few rows have them all."""
    if target.ndim == 2:
        return rows
    _, places = np.unique(target[rows], return_index=True)
    return np.concatenate([rows[np.sort(places)], np.delete(rows, places)])


def compressed_to(estimator, max_bytes):
    """Compress a linear model of texts; raise for others."""
    if isinstance(estimator, CompressedTextClassifier) or not isinstance(
        estimator, TfidfTorchClassifier
    ):
        raise TypeError(f"{type(estimator).__name__} takes more than max_bytes={max_bytes}.")
    return compress(estimator, max_bytes=max_bytes)
