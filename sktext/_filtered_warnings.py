"""Warnings that are filtered while something runs, in threads side by side."""

import re
import threading
import warnings
from collections import Counter, defaultdict
from contextlib import contextmanager

# A comment in the pattern, by which no filter of the user's is the same and is taken away.
MARK = "(?#sktext)"

_lock = threading.Lock()
# Of each filter, how many use it, and the lists that it was put into.
_n_users: Counter = Counter()
_lists: defaultdict = defaultdict(list)


@contextmanager
def filtered_warnings(action, message):
    """Filter some warnings while something runs.

    ``warnings.catch_warnings`` puts back the filters of all threads as they were when it began,
    and in threads that begin and end in turns, those of another one stay for good. This takes
    its own filter away, and none else. As long as it is there, it is there for all threads.

    Parameters
    ----------
    action : {"ignore", "error"}
    message : str
        Regular expression that the warnings' text begins with.
    """
    pattern = message + MARK
    entry = (action, re.compile(pattern, re.IGNORECASE), Warning, None, 0)
    with _lock:
        warnings.filterwarnings(action, pattern)
        _n_users[entry] += 1
        _lists[entry].append(warnings.filters)
    try:
        yield
    finally:
        with _lock:
            _n_users[entry] -= 1
            if not _n_users[entry]:
                for filters in (*_lists.pop(entry), warnings.filters):
                    if entry in filters:
                        filters.remove(entry)
