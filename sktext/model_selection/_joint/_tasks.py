"""What scikit-learn's callbacks are told of a search, which is what ``GridSearchCV`` tells them."""

from contextlib import ExitStack, contextmanager

from sktext._sklearn import callback_management_context
from sktext._training._sklearn_callbacks import fit_task


@contextmanager
def subtask(parent, name, search, **shape):
    """Make what is done within a subtask of a search.

    Parameters
    ----------
    parent : CallbackContext
    name : str
    search : LossSearchCV
    **shape : dict
        Number of its subtasks, and whether they are done one after the other.

    Yields
    ------
    context : CallbackContext
    """
    context = parent.subcontext(task_name=name, **shape)
    context.call_on_fit_task_begin(estimator=search)
    yield context
    context.call_on_fit_task_end(estimator=search)


class CandidateTask:
    """A candidate that is fitted and scored on a fold.

    Parameters
    ----------
    context : CallbackContext
    **told : dict
        The search, the rows and the weights, as callbacks are told of them.
    """

    def __init__(self, context, **told):
        self.context = context
        self.told = told
        self.runs = False

    def begin(self):
        """Call the callbacks of the search at the begin."""
        self.runs = True
        self.context.call_on_fit_task_begin(**self.told)

    def end(self):
        """Call them at the end, if the task has begun and not ended yet."""
        if self.runs:
            self.runs = False
            self.context.call_on_fit_task_end(**self.told)

    @contextmanager
    def fitting(self, estimator):
        """Lend an estimator that is being fitted the callbacks of the search."""
        with self.context.propagate_callback_context(estimator):
            self.begin()
            yield

    @contextmanager
    def fitting_jointly(self, classifier, X, y, sample_weight):
        """Do, besides, what ``fit`` of a classifier would do for its own callbacks."""
        with (
            self.fitting(classifier),
            callback_management_context(classifier),
            fit_task(classifier, X, y, sample_weight, classifier.max_epochs),
        ):
            yield


class Member:
    """A candidate on a fold, from its making to its scores.

    Parameters
    ----------
    number : int
    task : CandidateTask
    estimator : estimator
        Unfitted.
    error : Exception or None
        What its parameters have raised.

    Attributes
    ----------
    prepared : Prepared or None
        While it waits to be trained.
    contexts : ExitStack
        In which it is fitted. An error of one of them concerns no other candidate.
    """

    def __init__(self, number, task, estimator, error):
        self.number = number
        self.task = task
        self.estimator = estimator
        self.error = error
        self.prepared = None
        self.contexts = ExitStack()

    def enter(self, context):
        """Enter a context; what it raises is an error of the candidate."""
        try:
            self.contexts.enter_context(context)
        except Exception as error:
            self.error = error

    def leave(self):
        """Leave the contexts, which learn of the error of the candidate and may raise another."""
        error = self.error
        given = (None,) * 3 if error is None else (type(error), error, error.__traceback__)
        try:
            self.contexts.__exit__(*given)
        except Exception as raised:
            self.error = raised
