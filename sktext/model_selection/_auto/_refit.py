"""The classifier that was chosen, fitted on all rows."""

import pickle

import numpy as np
from sklearn.frozen import FrozenEstimator

from sktext.model_selection._auto._by_logits import logits_of
from sktext.model_selection._auto._fits import by_base, fit_group
from sktext.model_selection._auto._search import FIRST, GROWTH, compressed_to
from sktext.model_selection._auto._selection import choose, vote_of
from sktext.model_selection._auto._vote import WeightedVote

MAX_FINALISTS = 8


class Finalists:
    """The candidates with the most folds, and the out-of-fold predictions of each.

    Parameters
    ----------
    search : Search
        That has run.
    rng : RandomState
        Divides the rows if there is one fold.
    """

    def __init__(self, search, rng):
        self.search = search
        self.judge = search.judge
        self.labels = search.truth.labels
        records = search.finalists()
        folds = records[0].folds() or [FIRST]
        tests = [search.folds[max(i, 0)][1] for i in folds]
        self.records = records[:1] if search.interrupted else records[:MAX_FINALISTS]
        self.rows = np.concatenate(tests)
        self.parts = np.repeat(folds, [len(rows) for rows in tests])
        if len(folds) == 1:
            self.parts = rng.permutation(len(self.rows)) % 2
        outputs = [np.concatenate([r.outputs[i] for i in folds]) for r in self.records]
        self.calibrated = [self.judge.calibrate(scores, self.rows) for scores in outputs]
        proba = [calibrated.predict_proba(self.rows) for calibrated in self.calibrated]
        self.logits = np.stack(
            [logits_of(one, self.labels.task).astype(np.float32) for one in proba]
        )

    def affordable(self, members):
        """Return whether there are time and bytes for some candidates by number."""
        chosen = [self.records[i] for i in members]
        max_bytes = self.search.max_bytes
        if max_bytes is not None and len(chosen) > 1:
            if any(record.compressed for record in chosen):
                return False
            if sum(record.n_bytes for record in chosen) * GROWTH > max_bytes:
                return False
        n_folds = len(self.search.folds)
        seconds = sum(record.seconds for record in chosen) * n_folds / max(n_folds - 1, 1)
        return len(chosen) == 1 or seconds <= self.search.clock.left()

    def choose(self):
        """Choose one of them, or a vote."""
        given = self.logits, self.rows, self.parts, self.judge
        choice = choose(*given, self.search.clock, self.affordable)
        for record, weight in zip(self.records, choice.weights, strict=True):
            record.weight = float(weight)
        return choice

    def fit(self, choice):
        """Fit what was chosen on all rows.

        Returns
        -------
        estimator : WeightedVote or TunedThresholdsClassifier
        """
        members = self.fit_members(np.flatnonzero(choice.weights))
        weights = {i: choice.weights[i] for i in members}
        model = self.assembled(members, weights, choice.tunes)
        if self.search.max_bytes is not None:
            model = self.within_bytes(model, members, weights, choice.tunes)
        return model

    def within_bytes(self, model, members, weights, tunes):
        """Leave out those of least weight while the model is too large, and compress the last."""
        max_bytes = self.search.max_bytes
        while (size := n_bytes(model)) > max_bytes and len(members) > 1:
            members.pop(min(members, key=weights.get))
            model = self.assembled(members, weights, tunes)
        (member, *_), room = members.values(), max_bytes
        whole = member.estimator_
        if size > max_bytes:
            member.estimator_ = None
            room -= n_bytes(model)
        while size > max_bytes:
            member.estimator_ = compressed_to(whole, room)
            room -= max(n_bytes(model) - max_bytes, 1)
            size = n_bytes(model)
        return model

    def fit_members(self, numbers):
        """Fit candidates on all rows; return them with their calibration, by number."""
        part = self.search.part(np.arange(len(self.search.truth.target)))
        place = {self.records[i].candidate.name: i for i in numbers}
        found, errors = {}, []
        for group in by_base([self.records[i].candidate for i in numbers]):
            for members, _ in fit_group(group, part):
                for member in members:
                    candidate = group[member.number]
                    if member.error is not None:
                        errors.append(member.error)
                        continue
                    calibrated = self.calibrated[place[candidate.name]]
                    calibrated.estimator_ = member.estimator
                    calibrated.estimator = candidate.estimator_for(len(part.y))
                    found[place[candidate.name]] = calibrated
        if not found:
            raise errors[0]
        return {i: found[i] for i in sorted(found)}

    def assembled(self, members, weights, tunes):
        """Make a vote of fitted members, with thresholds by their out-of-fold predictions."""
        all_weights = np.zeros(len(self.records))
        all_weights[list(members)] = [weights[i] for i in members]
        all_weights /= all_weights.sum()
        used = all_weights[list(members)]
        vote = WeightedVote(list(members.values()), used, self.labels)
        if not tunes:
            return vote
        tuned = self.judge.tune(vote_of(self.logits, all_weights), self.rows)
        tuned.estimator = tuned.estimator_ = FrozenEstimator(vote)
        return tuned


def n_bytes(model):
    """Return the size of a pickle."""
    return len(pickle.dumps(model))
