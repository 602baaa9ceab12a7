"""Texts in chunks, on several processes."""

from itertools import chain

from joblib import effective_n_jobs
from sklearn.utils import gen_even_slices
from sklearn.utils.parallel import Parallel, delayed


def map_chunks(function, texts, n_jobs):
    """Apply a function of a list to a list, piece by piece; the order is kept.

    Parameters
    ----------
    function : callable
        Takes a list and returns one as long; what it makes of an entry depends on that
        entry only.
    texts : list
    n_jobs : int or None
        As in scikit-learn: None is 1, -1 is every processor.

    Returns
    -------
    results : list
    """
    n_chunks = min(effective_n_jobs(n_jobs), len(texts))
    if n_chunks == 1:
        return function(texts)
    slices = gen_even_slices(len(texts), n_chunks)
    results = Parallel(n_jobs=n_jobs)(delayed(function)(texts[rows]) for rows in slices)
    return list(chain.from_iterable(results))
