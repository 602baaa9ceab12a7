"""Orders of texts with those of similar length together, so that there is little padding."""

import numpy as np

# Batches whose texts are sorted together: more need less padding, fewer mix better.
BATCHES_PER_POOL = 100


def bucketed_order(lengths, batch_size, rng):
    """Shuffle rows into batches of similar length, and shuffle the batches.

    Parameters
    ----------
    lengths : ndarray of shape (n_rows,)
    batch_size : int
    rng : RandomState

    Returns
    -------
    order : ndarray of shape (n_rows,)
        Every row once; each ``batch_size`` of them are a batch, the last may have fewer.
    """
    n_rows = len(lengths)
    order = rng.permutation(n_rows)
    pool = batch_size * BATCHES_PER_POOL
    for start in range(0, n_rows, pool):
        rows = order[start : start + pool]
        order[start : start + pool] = rows[np.argsort(lengths[rows], kind="stable")]
    n_full = n_rows // batch_size
    # The short batch comes last; which rows are in it should not depend on their length.
    short = rng.randint(n_full + 1) * batch_size if n_rows % batch_size else n_rows
    rest = order[short : short + n_rows % batch_size]
    order = np.concatenate([order[:short], order[short + len(rest) :]])
    batches = order.reshape(n_full, batch_size)[rng.permutation(n_full)]
    return np.concatenate([batches.ravel(), rest])


def batches_by_budget(lengths, budget):
    """Split rows, sorted by length, into batches of about equally many padded tokens.

    Parameters
    ----------
    lengths : ndarray of shape (n_rows,), ascending
    budget : int
        Padded tokens of a batch; a longer row is a batch by itself.

    Yields
    ------
    start, stop : int
    """
    start, n_rows = 0, len(lengths)
    while start < n_rows:
        # Rows after the first only get longer: the last that fits, by bisection.
        low, high = start + 1, n_rows
        while low < high:
            middle = (low + high + 1) // 2
            fits = (middle - start) * max(1, lengths[middle - 1]) <= budget
            low, high = (middle, high) if fits else (low, middle - 1)
        yield start, low
        start = low
