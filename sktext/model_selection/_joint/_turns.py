"""Functions that run in turns and ask the same kind of question, which is answered at once."""

from contextvars import copy_context
from functools import partial
from threading import Semaphore, Thread

from sklearn import config_context, get_config

from sktext import _threads


class Abandoned(BaseException):
    """Ends a function whose question nobody will answer."""


class Member:
    """A function that is halted at each of its questions.

    Parameters
    ----------
    function : callable
        Takes ``ask``, a function from a question to its answer.
    """

    def __init__(self, function):
        self.function = function
        self.error = None
        self.over = False
        self.abandoned = False
        self.question = self.answer = None
        self._turn, self._pause = Semaphore(0), Semaphore(0)
        # What is set for the code that asks for the functions holds for them, too.
        target = partial(copy_context().run, self._run, get_config())
        self._thread = Thread(target=target, daemon=True)

    def go_on(self):
        """Run up to the next question; tell whether there is one."""
        if self.over:
            return False
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._turn.release()
        self._pause.acquire()
        return not self.over

    def ask(self, question):
        """Wait for the answer to a question; called by the function."""
        if self.abandoned:  # and has gone on as if nothing were
            raise Abandoned
        self.question = question
        self._pause.release()
        self._turn.acquire()
        if self.abandoned:
            raise Abandoned
        answer, self.answer = self.answer, None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def abandon(self):
        """Let the function end at its question, or at the next."""
        self.abandoned = True
        self._turn.release()

    def wait(self):
        """Wait for the end of the function."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self, config):
        # One thread runs at a time; a pool of more for each of them would only stand around.
        _threads.set_own_threads(1)
        try:
            with config_context(**config):
                self.function(self.ask)
        except Abandoned:
            pass
        except BaseException as error:  # whoever started the functions sees to it
            self.error = error
        finally:
            self.over = True
            self._pause.release()


def run_in_turns(functions, answer):
    """Run functions, one after the other up to their next question.

    Use it where functions that were written to run alone compute the same thing on the
    way, which is cheaper together. Not to use several cores.

    Parameters
    ----------
    functions : list of callable
        Each takes ``ask``, a function from a question to its answer.
    answer : callable
        From a dict of questions, by the number of the function, to a dict of answers. An
        exception is raised where the question was asked.

    Returns
    -------
    errors : list of Exception or None
        What each function has raised.

    Raises
    ------
    Exception
        What ``answer`` has raised; all functions have ended then.
    KeyboardInterrupt, SystemExit
        If it came from one of the functions, too, at once.
    """
    members = [Member(function) for function in functions]
    try:
        while True:
            asked = {i: member.question for i, member in enumerate(members) if member.go_on()}
            for member in members:
                if not isinstance(member.error, Exception | None):
                    raise member.error
            if not asked:
                break
            for i, reply in answer(asked).items():
                members[i].answer = reply
    finally:
        for member in members:
            member.abandon()
        for member in members:
            member.wait()
    return [member.error for member in members]
