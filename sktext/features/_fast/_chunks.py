"""Texts in chunks, a few of them at a time on threads."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice

from sktext import _threads

N_CHARACTERS = 2**19  # of a chunk; many enough for numpy, few enough for the memory

N_BLOCK = 16  # texts that are read at once
# Chunks of single words or characters whose terms are looked up together; of n-grams fewer.
N_GROUP = 16


def text_chunks(texts):
    """Collect texts to chunks of about the same size.

    Parameters
    ----------
    texts : iterable of str
        What is no str passes and counts for nothing.

    Yields
    ------
    chunk : list of str
    """
    chunk, n_characters = [], 0
    texts = iter(texts)
    while block := list(islice(texts, N_BLOCK)):
        chunk += block
        n_characters += sum([len(text) for text in block if isinstance(text, str)])
        if n_characters >= N_CHARACTERS:
            yield chunk
            chunk, n_characters = [], 0
    if chunk:
        yield chunk


def grouped(chunks, max_n):
    """Collect chunks to groups, so that what they have in common is done once for each.

    Parameters
    ----------
    chunks : iterator of list of str
    max_n : int
        Length of the longest n-grams that they are read for.

    Yields
    ------
    group : list of list of str
    """
    while group := list(islice(chunks, max(1, N_GROUP // max_n))):
        yield group


def map_ahead(function, items):
    """Apply a function to items on as many threads as torch may have; the order is kept.

    Parameters
    ----------
    function : callable
        Works in numpy for the most part, which lets other threads run.
    items : iterable
        Read as needed, so that few of them are in memory.

    Yields
    ------
    result : object
    """
    n_threads = _threads.n_threads_allowed()
    items = iter(items)
    first = list(islice(items, 2))
    items = chain(first, items)
    if n_threads == 1 or len(first) < 2:  # one piece would wait for a thread to start
        yield from map(function, items)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        running = deque()
        for item in items:
            running.append(pool.submit(function, item))
            if len(running) > n_threads:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
