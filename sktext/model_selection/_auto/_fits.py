"""Fits of candidates on the same rows, jointly where they share their features."""

import time
from collections import defaultdict
from contextlib import closing, nullcontext

import numpy as np

from sktext._labels import labels_already_read
from sktext._training._prediction import known_logits
from sktext.model_selection._joint._candidate_fits import CandidateFits


class NoTask:
    """A task that no callback is told of."""

    def begin(self):
        """Do nothing."""

    def fitting(self, estimator):
        """Return a context that does nothing."""
        return nullcontext()

    def fitting_jointly(self, classifier, X, y, sample_weight):
        """Return a context that does nothing."""
        return nullcontext()


def by_base(candidates):
    """Group candidates that are fitted jointly, in their order."""
    groups = defaultdict(list)
    for candidate in candidates:
        groups[id(candidate.base)].append(candidate)
    return list(groups.values())


def fit_group(candidates, part):
    """Fit candidates of one base on some rows.

    Parameters
    ----------
    candidates : list of Candidate
    part : Part

    Yields
    ------
    members : list of Member
        Fitted together; ``number`` is that in ``candidates``, and ``error`` is what a fit raised.
    fits : CandidateFits
        Computes their logits jointly.
    """
    params = {} if part.weight is None else {"sample_weight": part.weight}
    fits = CandidateFits(candidates[0].base, part.X, part.y, params)
    given = [candidate.params_for(len(part.y)) for candidate in candidates]
    with closing(fits.run(given, [NoTask() for _ in given])) as fitted:
        for members in fitted:
            yield members, fits


def fit_and_score(candidates, train, X_test, labels):
    """Fit candidates of one base, and compute scores of other rows.

    Parameters
    ----------
    candidates : list of Candidate
    train : Part
    X_test : sequence of texts
    labels : Labels
        Of all rows.

    Yields
    ------
    candidate : Candidate
    estimator : classifier
    scores : ndarray of shape (n_test, n_outputs) or Exception
    seconds : float
    """
    start = time.perf_counter()
    for members, fits in fit_group(candidates, train):
        fitted = [member.estimator for member in members if member.error is None]
        logits = fits.logits(fitted, X_test) if fitted else {}
        found = []
        with known_logits(X_test, logits), labels_already_read():
            for member in members:
                found.append(member.error or scores_or_error(member.estimator, X_test, labels))
        seconds = (time.perf_counter() - start) / len(members)
        for member, scores in zip(members, found, strict=True):
            yield candidates[member.number], member.estimator, scores, seconds
        start = time.perf_counter()


def scores_or_error(estimator, X, labels):
    """Compute scores with a column per class of all rows, or return the error."""
    try:
        return scores_of(estimator, X, labels)
    except Exception as error:  # the other candidates go on
        return error


def scores_of(estimator, X, labels):
    """Compute scores with a column per class of all rows, and one for two classes.

    A class that the training rows lack scores as low as the least of the others.
    """
    scores = np.asarray(estimator.decision_function(X), dtype=np.float32)
    if not np.isfinite(scores).all():
        raise ValueError("The decision values are not finite.")
    if labels.task == "multilabel":
        return scores
    if labels.task == "binary":
        return scores.reshape(-1, 1)
    known = np.searchsorted(labels.classes, estimator.classes_)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    columns = np.repeat(scores.min(axis=1, keepdims=True), len(labels.classes), axis=1)
    columns[:, known] = scores
    return columns
