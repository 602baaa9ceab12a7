"""How many threads torch computes with: as many as are free, never more than were allowed.

The threads of one operation wait for each other. Where another program has one of the cores,
each operation waits for its turn there, some milliseconds, and a fit that makes thousands of
them takes a hundred times as long as on one thread. So work starts on one thread, and goes on
with more once it has lasted a while and the other cores turn out to be free.
"""

import ctypes
import os
import threading
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import joblib
import torch

# Seconds of work that are left to one thread: to ask for others costs about as much as they save.
SMALL_WORK = 0.01
# Seconds between two looks at work on several threads.
INTERVAL = 0.01
# Fraction of the time that the calling thread must have had a core for.
LEAST_CORE_TIME = 0.85
# An operation that takes microseconds, and the seconds after which it has waited for a core.
PROBE_SIZE, N_PROBES, SLOW = 2**17, 3, 0.001
# Seconds until the next try after cores were found busy: doubled each time, up to a limit.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
# Products of fewer rows round differently on several threads; of more, where these do.
FEWEST_ROWS, CHECKED_ROWS = 64, (64, 77, 437, 1333)


class Team:
    """The threads that torch uses for the work of one Python thread.

    Parameters
    ----------
    n_found : int
        The number that torch used before, the most that is used.
    clock : callable, default=time.perf_counter
    """

    def __init__(self, n_found, clock=time.perf_counter):
        self.n_found = n_found
        self.clock = clock
        self.n_threads = 1
        self.pause = FIRST_PAUSE
        # Where products cannot be left to one thread, all is, or results would depend on it.
        self.may_use_more = n_found > 1 and not _forked and setters() is not None
        self.next_look = clock() + SMALL_WORK if self.may_use_more else float("inf")
        self.is_new = True
        self.began = self.cpu = None

    def look(self, is_large=False):
        """Choose the number of threads for the work that comes next.

        Parameters
        ----------
        is_large : bool, default=False
            Whether it is sure to last, so that it need not have lasted already.
        """
        now = self.clock()
        if now < self.next_look and not (is_large and self.is_new and self.may_use_more):
            return
        self.is_new = False
        if self.n_threads > 1 and (self._was_starved(now) or self._n_fair() < self.n_threads):
            self._use(1)
            self._wait()
        elif self.n_threads == 1:
            self._try_more()
        else:
            self._begin_interval(now)

    def _try_more(self):
        n_threads = self._n_fair()
        if n_threads == 1 or not has_free_cores(n_threads - 1):
            self._wait()
            return
        self._use(n_threads)
        if is_slow():
            self._use(1)
            self._wait()
            return
        self._begin_interval(self.clock())

    def _n_fair(self):
        """Return how many threads are for this one of the fits and predictions that run now."""
        return min(self.n_found, max(1, n_cores() // max(1, len(_teams))))

    def _was_starved(self, now):
        """Return whether the calling thread had to wait for a core, or for the other threads."""
        starved = time.thread_time() - self.cpu < LEAST_CORE_TIME * (now - self.began)
        if not starved:
            self.pause = FIRST_PAUSE
        return starved

    def _begin_interval(self, now):
        self.began, self.cpu = now, time.thread_time()
        self.next_look = now + INTERVAL

    def _wait(self):
        self.next_look = self.clock() + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)

    def _use(self, n_threads):
        set_own_threads(n_threads)
        self.n_threads = n_threads


_own = threading.local()  # .team: that of the outermost call of a Python thread
_teams: set[Team] = set()
_forked = False


@contextmanager
def choosing_threads():
    """Make a context that computes with torch, to use the threads that are free.

    The number that was found is restored at the end. A context within another one uses the
    same threads. Also a decorator.
    """
    if getattr(_own, "team", None) is not None:
        yield
        return
    team = Team(torch.get_num_threads())
    for_products = set_own_threads(1)
    try:
        _own.team = team
        _teams.add(team)
        yield
    finally:
        _own.team = None
        _teams.discard(team)
        set_own_threads(team.n_found, for_products)


def look(is_large=False):
    """Choose the number of threads anew, if it is time to; called between pieces of work.

    Parameters
    ----------
    is_large : bool, default=False
        Whether the next piece is sure to last.
    """
    team = getattr(_own, "team", None)
    if team is not None:
        team.look(is_large)


def n_threads_allowed():
    """Return the number of threads that the user allows, whatever torch uses right now."""
    team = getattr(_own, "team", None)
    return torch.get_num_threads() if team is None else team.n_found


@cache
def n_cores():
    """Count the cores that this process may use, which a container may limit."""
    return joblib.cpu_count()


def has_free_cores(n):
    """Return whether the machine has n cores that nobody uses; yes where it does not say."""
    try:
        with open("/proc/loadavg") as file:
            n_running = int(file.read().split()[3].partition("/")[0])
        n_others = n_running - count_own_running()
    except (OSError, ValueError, IndexError):
        return True
    return n_others + 1 + n <= (os.cpu_count() or 1)


def count_own_running():
    """Count the threads of this process that run; torch's go on for a while after their work."""
    n_running = 0
    for task in os.scandir("/proc/self/task"):
        try:
            with open(f"{task.path}/stat") as file:
                n_running += file.read().rpartition(")")[2].split()[0] == "R"
        except OSError:  # it has ended
            continue
    return n_running


def is_slow():
    """Return whether the threads that torch uses have to wait for a core."""
    values = probe()
    for _ in range(N_PROBES):
        start = time.perf_counter()
        torch.neg(values, out=values)
        if time.perf_counter() - start > SLOW:
            return True
    return False


@cache
def probe():
    """Make values that are many enough for torch to share them out."""
    return torch.zeros(PROBE_SIZE)


def set_own_threads(n_threads, for_products=1):
    """Set the number of threads that torch uses for this Python thread, and for no other.

    ``torch.set_num_threads`` also sets the number for Python threads that are yet to start,
    and two fits side by side could not leave it as they found it.

    Parameters
    ----------
    n_threads : int
    for_products : int, default=1
        Of matrix products: MKL rounds differently for another number of threads.

    Returns
    -------
    for_products : int
        The number that was set for products before.
    """
    if _forked:
        n_threads = for_products = 1
    if setters() is None:
        torch.set_num_threads(n_threads)
        return 1
    of_openmp, of_mkl = setters()
    of_openmp(n_threads)
    return of_mkl(for_products)


@contextmanager
def sharing_product(x, weight):
    """Let matrix products use several threads, where they come out the same on one.

    Parameters
    ----------
    x : tensor of shape (n_rows, n_inputs)
    weight : tensor of shape (n_outputs, n_inputs)
        For their product, and those of their gradients.
    """
    team = getattr(_own, "team", None)
    if team is None or team.n_threads == 1 or len(x) < FEWEST_ROWS or x.is_cuda:
        yield
        return
    if not products_agree(*weight.shape, weight.dtype, team.n_threads):
        yield
        return
    set_own_threads(team.n_threads, team.n_threads)
    try:
        yield
    finally:
        set_own_threads(team.n_threads)


@cache
def products_agree(n_outputs, n_inputs, dtype, n_threads):
    """Return whether products come out the same on one thread and on several."""
    weight = torch.arange(n_outputs * n_inputs, dtype=dtype).sin().view(n_outputs, n_inputs)
    found = []
    for n in (1, n_threads):
        set_own_threads(n_threads, n)
        found.append([])
        for n_rows in CHECKED_ROWS:
            x = torch.arange(n_rows * n_inputs, dtype=dtype).cos().view(n_rows, n_inputs)
            product = x @ weight.T
            found[-1] += [product, product @ weight, product.T @ x]
    set_own_threads(n_threads)
    return all(torch.equal(*pair) for pair in zip(*found, strict=True))


@cache
def setters():
    """Find the functions that tell OpenMP and MKL, in the libraries that torch uses.

    None where one is not there, as on Windows and on processors without MKL.
    """
    for name in ("libtorch_cpu.so", "libtorch_cpu.dylib"):
        try:
            library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / name))
            return library.omp_set_num_threads, library.MKL_Set_Num_Threads_Local
        except (OSError, AttributeError):
            continue
    return None


def _start_child():
    """Use one thread in a forked process: the others were not forked, and would be waited for."""
    global _forked
    _forked = True
    _teams.clear()
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_child)
