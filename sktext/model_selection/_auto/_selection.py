"""Which candidates vote: greedy selection on out-of-fold predictions."""

from typing import NamedTuple

import numpy as np

MAX_STEPS = 8


class Choice(NamedTuple):
    """What was chosen, and how it does on rows that had no part in the choice.

    Parameters
    ----------
    weights : ndarray of shape (n_candidates,)
        Of sum one.
    scores : ndarray of shape (n_parts,)
    tunes : bool
        Whether thresholds are chosen.
    """

    weights: np.ndarray
    scores: np.ndarray
    tunes: bool


def vote_of(logits, weights):
    """Average logits of shape (n_candidates, n_rows, n_outputs)."""
    used = np.flatnonzero(weights)
    return np.tensordot(weights[used].astype(np.float32), logits[used], axes=1)


def greedy_weights(logits, rows, judge, clock, affordable):
    """Add the candidate that raises the score of the vote most, as long as one does.

    Candidates may be added again, which gives them more weight.

    Parameters
    ----------
    logits : ndarray of shape (n_candidates, n_rows, n_outputs)
        The best candidate first.
    rows : ndarray of shape (n_rows,)
    judge : Judge
    clock : Clock
        No candidate is added when the time is up.
    affordable : callable
        From the numbers of candidates to whether all of them may vote.

    Returns
    -------
    weights : ndarray of shape (n_candidates,)
    """
    counts, total, best = np.zeros(len(logits)), 0.0, -np.inf
    for n in range(1, MAX_STEPS + 1):
        scores = np.full(len(logits), -np.inf)
        for i in range(len(logits)):
            members = {*np.flatnonzero(counts).tolist(), i}
            if affordable(members) and not (clock.is_over() and best > -np.inf):
                scores[i] = judge.score_at_best((total + logits[i]) / n, rows)
        scores = np.where(np.isnan(scores), -np.inf, scores)
        chosen = int(scores.argmax())
        if scores[chosen] <= best:
            break
        counts[chosen] += 1
        total, best = total + logits[chosen], scores[chosen]
    if not counts.any():
        counts[0] = 1
    return counts / counts.sum()


def choose(logits, rows, parts, judge, clock, affordable):
    """Choose the best candidate, or a vote of several if that is better beyond noise.

    On each part of the rows, votes and thresholds are scored that were chosen by the others. The
    weights are the mean over the parts.

    Parameters
    ----------
    logits : ndarray of shape (n_candidates, n_rows, n_outputs)
        Calibrated, the best candidate first.
    rows : ndarray of shape (n_rows,)
    parts : ndarray of shape (n_rows,)
        Number of the part of each row.
    judge, clock, affordable
        As of ``greedy_weights``.

    Returns
    -------
    choice : Choice
    """
    single = np.zeros(len(logits))
    single[0] = 1.0
    best = with_or_without_thresholds(single, logits, rows, parts, judge)
    if len(logits) < 2:
        return best
    by_part = {}
    for part in np.unique(parts):
        others = parts != part
        if clock.is_over() and by_part:
            break
        by_part[part] = greedy_weights(logits[:, others], rows[others], judge, clock, affordable)
    weights = np.mean(list(by_part.values()), axis=0)
    weights = (
        weights if affordable(set(np.flatnonzero(weights).tolist())) else by_part[min(by_part)]
    )
    vote = with_or_without_thresholds(weights, logits, rows, parts, judge, by_part)
    return vote if wins(vote.scores, best.scores) else best


def with_or_without_thresholds(weights, logits, rows, parts, judge, by_part=None):
    """Score a vote at its own thresholds, and at chosen ones if the score depends on them."""
    plain = part_scores(weights, logits, rows, parts, judge, by_part, tunes=False)
    if judge.objective is None:
        return Choice(weights, plain, False)
    tuned = part_scores(weights, logits, rows, parts, judge, by_part, tunes=True)
    tunes = bool(tuned.mean() > plain.mean())
    return Choice(weights, tuned if tunes else plain, tunes)


def part_scores(weights, logits, rows, parts, judge, by_part, *, tunes):
    """Score a vote on each part, with the weights and thresholds that the others chose."""
    found = []
    for part in np.unique(parts):
        own = parts == part
        voted = vote_of(logits, (by_part or {}).get(part, weights))
        try:
            tuned = judge.tune(voted[~own], rows[~own]) if tunes else None
            found.append(judge.score(voted[own], rows[own], tuned))
        except ValueError:  # of a score or thresholds for which a part lacks classes
            found.append(np.nan)
    return np.array(found)


def wins(scores, others):
    """Return whether scores are higher by more than the standard error of the difference.

    Where a score is NaN, nothing wins.
    """
    differences = scores - others
    error = differences.std(ddof=1) / np.sqrt(len(differences)) if len(differences) > 1 else 0.0
    return bool(differences.mean() > error)
