"""Fits of the candidates of a search on a fold: as many are held at once as train jointly."""

from collections import defaultdict
from contextlib import ExitStack, contextmanager, suppress

from sklearn.base import clone

from sktext._labels import labels_already_read
from sktext._torch_defaults import on_cpu_by_default
from sktext._user_warnings import threads_warn_here
from sktext.model_selection._joint._fits import JointFits, can_fit_jointly
from sktext.model_selection._joint._tasks import Member


class CandidateFits:
    """Fits of candidates on the same rows, jointly if possible.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    X, y : array-like
    params : dict
        Arguments of ``fit``.
    """

    def __init__(self, estimator, X, y, params):
        self.estimator = estimator
        self.X, self.y = X, y
        self.params = params
        self.joint = JointFits(X, y, params)
        self.waiting = defaultdict(list)

    def run(self, candidates, tasks):
        """Make and fit candidates.

        Those that train alone are fitted one by one, and of the others as many at once as train
        jointly. Nothing is held of those that were yielded, so that large networks need not be
        in memory side by side.

        Parameters
        ----------
        candidates : list of dict
            Parameters of each.
        tasks : list of CandidateTask

        Yields
        ------
        members : list of Member
            Those whose fits are over.
        """
        with ExitStack() as interrupted:  # then no context is left open
            for i, pair in enumerate(zip(candidates, tasks, strict=True)):
                key, size = self.begin(i, *pair, interrupted)
                if len(self.waiting[key]) == size:
                    yield self.end(self.waiting.pop(key))
            for key in list(self.waiting):
                yield self.end(self.waiting.pop(key))

    def begin(self, number, params, task, interrupted):
        """Fit a candidate, or prepare it to be trained with others that are waiting.

        Returns
        -------
        key : object
            Under which it is waiting.
        size : int
            Number of those that are trained at once.
        """
        member = Member(number, task, *self.make(params))
        interrupted.push(member.contexts)
        if member.error is not None:
            task.begin()
        elif can_fit_jointly(member.estimator, self.params):
            self.prepare(member)
        else:
            member.error = self.fit_alone(member.estimator, task)
        how = member.prepared
        key, size = (None, 1) if how is None else (how.key, how.size)
        self.waiting[key].append(member)
        return key, size

    def make(self, params):
        """Return an unfitted candidate, and the error that its parameters raise or None."""
        estimator = clone(self.estimator)
        try:
            return estimator.set_params(**clone(params, safe=False)), None
        except Exception as error:
            return estimator, error

    def fit_alone(self, estimator, task):
        """Fit an estimator by its own ``fit``; return its error or None."""
        rows = [self.X] if self.y is None else [self.X, self.y]
        try:
            with labels_already_read(), task.fitting(estimator):
                estimator.fit(*rows, **self.params)
        except Exception as error:
            return error

    def prepare(self, member):
        """Prepare a classifier of this package to be trained."""
        given = self.X, self.y, self.params.get("sample_weight")
        member.enter(member.task.fitting_jointly(member.estimator, *given))
        if member.error is not None:
            return
        try:
            with as_in_fit():
                member.prepared = self.joint.prepare(member.estimator)
        except Exception as error:
            member.error = error
            member.leave()

    def end(self, members):
        """Train members that are prepared; return all."""
        prepared = [member for member in members if member.prepared is not None]
        if prepared:
            with as_in_fit():
                errors = self.joint.train([member.prepared for member in prepared])
            for member, error in zip(prepared, errors, strict=True):
                member.prepared, member.error = None, error
                member.leave()
        return members

    def logits(self, estimators, X):
        """Compute the logits of rows for all scorers.

        Returns
        -------
        logits : dict of {Net: tensor}
            Empty of estimators that cannot be fitted jointly.
        """
        jointly = [one for one in estimators if can_fit_jointly(one, self.params)]
        if jointly:
            with suppress(Exception), on_cpu_by_default():  # the scorers will raise it as well
                return self.joint.logits(jointly, X)
        return {}


@contextmanager
def as_in_fit():
    """Make a context in which classifiers are prepared and trained as within ``fit``."""
    with labels_already_read(), on_cpu_by_default(), threads_warn_here():
        yield
