"""Coroutines on threads: functions that pause at requests, which are answered together."""

from contextvars import copy_context
from functools import partial
from threading import Semaphore, Thread

from sklearn import config_context, get_config

from sktext import _threads


class Closed(BaseException):
    """Ends a coroutine whose request will not be answered."""


class Coroutine:
    """A function that pauses at each of its requests.

    Parameters
    ----------
    function : callable
        Takes ``ask``, a function from a request to its answer.
    """

    def __init__(self, function):
        self.function = function
        self.error = None
        self.over = False
        self.closed = False
        self.request = self.answer = None
        self._resumed, self._paused = Semaphore(0), Semaphore(0)
        # The context variables and the configuration of the caller hold in the function as well.
        target = partial(copy_context().run, self._run, get_config())
        self._thread = Thread(target=target, daemon=True)

    def send(self, answer):
        """Answer the last request, as of a generator; return the next one.

        Raises
        ------
        StopIteration
            If the function has returned; else what it has raised.
        """
        self.answer = answer
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._resumed.release()
        self._paused.acquire()
        if self.over:
            if isinstance(self.error, StopIteration):  # as generators do, whose end it means
                raise RuntimeError("coroutine raised StopIteration") from self.error
            raise StopIteration if self.error is None else self.error
        return self.request

    # An answer that is an error is raised where it was asked for.
    throw = send

    def ask(self, request):
        """Return the answer to a request; called by the function, which pauses."""
        if self.closed:  # the function has caught Closed and continued
            raise Closed
        self.request = request
        self._paused.release()
        self._resumed.acquire()
        if self.closed:
            raise Closed
        answer, self.answer = self.answer, None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        """End the function at its request, or at the next one, and wait for its end."""
        self.closed = True
        self._resumed.release()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self, config):
        # One thread runs at a time, so that a pool of more for each of them would be idle.
        _threads.set_own_threads(1)
        try:
            with config_context(**config):
                self.function(self.ask)
        except Closed:
            pass
        except BaseException as error:  # handled by the caller
            self.error = error
        finally:
            self.over = True
            self._paused.release()


def run_coroutines(functions, answer):
    """Run functions in turn, each up to its next request.

    Use it for functions that were written to run alone and compute something on the way that
    is cheaper to compute for all of them together. It does not use several cores.

    Parameters
    ----------
    functions : list of callable
        Each takes ``ask``, a function from a request to its answer.
    answer : callable
        From a dict of requests, by the number of the function, to a dict of answers. An
        exception is raised where the request was made.

    Returns
    -------
    errors : list of Exception or None
        The error that each function has raised.

    Raises
    ------
    Exception
        The error that ``answer`` has raised; all functions have ended then.
    KeyboardInterrupt, SystemExit
        At once, also if one of the functions has raised it.
    """
    return run_in_turns([Coroutine(function) for function in functions], answer)


def run_in_turns(members, answer):
    """Run generators, or coroutines, in turn, each up to its next request.

    Parameters
    ----------
    members : list of generator or Coroutine
    answer : callable
        From a dict of requests, by the number of the member, to a dict of answers. An
        exception is raised where the request was made.

    Returns
    -------
    errors : list of Exception or None
        The error that each member has raised.
    """
    errors, answers = [None] * len(members), dict.fromkeys(range(len(members)))
    try:
        while answers:
            requests = {}
            for i, given in answers.items():
                go_on = members[i].throw if isinstance(given, Exception) else members[i].send
                try:
                    requests[i] = go_on(given)
                except StopIteration:
                    pass
                except Exception as error:
                    errors[i] = error
            answers = answer(requests) if requests else {}
    finally:
        for member in members:
            member.close()
    return errors
