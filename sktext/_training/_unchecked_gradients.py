"""Sparse gradients that torch neither checks nor warns of, in fits side by side."""

import threading
from contextlib import contextmanager

from torch.sparse import check_sparse_tensor_invariants as checks

# torch has one setting for all threads: the first fit that begins changes it, and the last one
# that ends puts it back.
_lock = threading.Lock()
_n_fits = 0
_found = False


@contextmanager
def unchecked_gradients():
    """Let no sparse tensor be checked; torch warns of each one unless told that it need not be."""
    global _n_fits, _found
    with _lock:
        if _n_fits == 0:
            _found = checks.is_enabled()
        _n_fits += 1
        checks.disable()
    try:
        yield
    finally:
        with _lock:
            _n_fits -= 1
            if _n_fits == 0 and _found:
                checks.enable()
