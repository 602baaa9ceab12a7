"""The threads that Hugging Face's tokenizers start."""

import os
from contextlib import contextmanager


@contextmanager
def one_thread_unless_asked():
    """Keep tokenizers from starting threads, which do not survive a fork.

    Whoever sets ``TOKENIZERS_PARALLELISM`` decides for themselves.
    """
    name = "TOKENIZERS_PARALLELISM"
    asked = name in os.environ
    os.environ.setdefault(name, "false")
    try:
        yield
    finally:
        if not asked:
            os.environ.pop(name, None)
