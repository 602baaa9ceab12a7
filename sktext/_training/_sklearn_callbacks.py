"""scikit-learn's callbacks of a classifier: ``fit`` is a task, with a subtask for each epoch."""

import copy
from contextlib import contextmanager

from skorch.callbacks import Callback

from sktext._sklearn import callback_context

# The tasks of the classifiers that are fitted at the moment, by id. A joint search begins those of
# all its candidates before it trains any.
_running: dict = {}


def told_of_fit(estimator, X, y, sample_weight):
    """Return what callbacks are told of a fit beside its context."""
    metadata = None if sample_weight is None else {"sample_weight": sample_weight}
    return {"estimator": estimator, "X": X, "y": y, "metadata": metadata}


class FitTask:
    """The fit of a classifier, as scikit-learn's callbacks are told of it.

    Training may begin anew within a task, where it has failed for several classifiers
    together; an epoch that callbacks know of is not told twice.

    Parameters
    ----------
    classifier : classifier
    X, y : array-like
        As given to ``fit``.
    sample_weight : array-like or None
    max_epochs : int or "auto"
        "auto" is not known before the rows are read.
    """

    def __init__(self, classifier, X, y, sample_weight, max_epochs):
        self.told = told_of_fit(classifier, X, y, sample_weight)
        self.context = callback_context(
            classifier, max_subtasks=None if max_epochs == "auto" else max_epochs
        )
        self.epoch = None  # the context of the one that runs
        self.stops = []  # of each epoch, whether a callback asked to stop after it

    def begin(self):
        """Call the callbacks at the begin of the fit."""
        self.context.call_on_fit_task_begin(**self.told)

    def begin_epoch(self, number):
        """Call the callbacks at the begin of an epoch."""
        if number == len(self.stops) and self.epoch is None:
            self.epoch = self.context.subcontext(task_name="epoch")
            self.epoch.call_on_fit_task_begin(**self.told)

    def end_epoch(self, number):
        """Call the callbacks at the end of an epoch; return whether training is to stop."""
        if number == len(self.stops):
            self.stops.append(self._end(self.epoch))
            self.epoch = None
        return self.stops[number]

    def end(self):
        """Call the callbacks at the end of the fit."""
        self._end(self.context)

    def _end(self, context):
        state = {"reconstruction_attributes": self._fitted_attributes}
        return context.call_on_fit_task_end(**self.told, **state)

    def _fitted_attributes(self):
        """Return what a copy of the classifier needs to predict as it would now."""
        net = self.told["estimator"].net_
        net.keeps_optimizer = False  # the copy does not train; to pickle the classifier sets it
        stopper = dict(net.callbacks_).get("early_stopping")
        twin = copy.deepcopy(net)
        twin.best_validation_score = None if stopper is None else stopper.best_value
        return {"net_": twin}


class EpochTasks(Callback):
    """Call scikit-learn's callbacks before and after each epoch.

    Parameters
    ----------
    task : FitTask
    """

    def __init__(self, task):
        self.task = task

    def on_train_begin(self, net, **kwargs):
        self.n_ended_ = 0

    def on_epoch_begin(self, net, **kwargs):
        self.task.begin_epoch(self.n_ended_)

    def on_epoch_end(self, net, **kwargs):
        if self.task.end_epoch(self.n_ended_):
            net.stop_training = True
        self.n_ended_ += 1


@contextmanager
def fit_task(classifier, X, y, sample_weight, max_epochs):
    """Make the fit of a classifier a task, if it has callbacks of scikit-learn.

    Parameters
    ----------
    classifier : classifier
    X, y : array-like
        As given to ``fit``.
    sample_weight : array-like or None
    max_epochs : int or "auto"
    """
    if not getattr(classifier, "_skl_callbacks", None):
        yield
        return
    task = FitTask(classifier, X, y, sample_weight, max_epochs)
    _running[id(classifier)] = task
    try:
        task.begin()
        yield
        task.end()
    finally:
        del _running[id(classifier)]


def epoch_tasks(classifier):
    """Make the callback of skorch's that calls those of scikit-learn's, if there are any."""
    task = _running.get(id(classifier))
    return [] if task is None else [("sklearn_callbacks", EpochTasks(task))]
