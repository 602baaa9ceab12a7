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

    def begin(self):
        """Call the callbacks of the search at the begin."""
        self.context.call_on_fit_task_begin(**self.told)

    def end(self):
        """Call them at the end."""
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


def run_within(contexts, run):
    """Do something for several members at once, each within a context of its own.

    Parameters
    ----------
    contexts : list of context manager
        An error of a member, or of its context, concerns no other.
    run : callable
        From the numbers of the members whose contexts were entered to their errors.

    Returns
    -------
    errors : list of Exception or None
        Of each member.
    """
    stacks = [ExitStack() for _ in contexts]
    with ExitStack() as interrupted:  # then none is left open
        for stack in stacks:
            interrupted.push(stack)
        errors = [enter(*pair) for pair in zip(stacks, contexts, strict=True)]
        entered = [i for i, error in enumerate(errors) if error is None]
        for i, error in zip(entered, run(entered), strict=True):
            errors[i] = leave(stacks[i].pop_all(), error)
    return errors


def enter(stack, context):
    """Enter a context; return the error that it raises."""
    try:
        stack.enter_context(context)
    except Exception as error:
        return error


def leave(stack, error):
    """Leave contexts, which learn of the error within; return it, or the one that they raise."""
    try:
        stack.__exit__(*(None,) * 3 if error is None else (type(error), error, error.__traceback__))
    except Exception as raised:
        return raised
    return error
