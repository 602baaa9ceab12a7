"""Fits in threads: each gives what it gives alone, and leaves torch's generator as found."""

import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback
from small_classifiers import EVERY
from somebodys_network import Somebodys
from test_threads import needs_fork

from sktext import ModuleClassifier
from sktext._filtered_warnings import filtered_warnings
from sktext._global_draws import own_draws
from sktext._training._unchecked_gradients import unchecked_gradients

checks = torch.sparse.check_sparse_tensor_invariants
# Networks of others draw from torch's generator, and a thread of the user's asks for no lock.
OWN_GENERATORS = [name for name in EVERY if name not in ("own", "transformer")]


@pytest.fixture(autouse=True)
def in_quick_turns():
    """Let threads take turns hundreds of times as often, and leave torch's generator alone."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    with torch.random.fork_rng(devices=[]):
        yield
    sys.setswitchinterval(interval)


@pytest.fixture
def rows(multiclass):
    return [part[:60] for part in multiclass]


@pytest.fixture
def few_rows(multiclass):
    """Rows enough for hundreds of fits: what disturbs them is how they begin."""
    return [part[:30] for part in multiclass]


def fit(every, rows, seed=0):
    """Fit a classifier, and return its weights and probabilities."""
    clf = clone(every).set_params(random_state=seed).fit(*rows)
    return [*clf.net_.module_.state_dict().values(), torch.from_numpy(clf.predict_proba(rows[0]))]


def same(fits, others):
    """Tell whether fits have the same bits."""
    pairs = [pair for both in zip(fits, others, strict=True) for pair in zip(*both, strict=True)]
    return all(torch.equal(*pair) for pair in pairs)


def n_equal_pairs(every, rows, n_pairs):
    """Count the pairs of fits in two threads that give what the two give alone."""
    alone = [fit(every, rows, seed) for seed in (0, 1)]
    start = threading.Barrier(2)

    def fit_with_the_other(seed):
        start.wait()
        return fit(every, rows, seed)

    with ThreadPoolExecutor(2) as pool:
        return sum(same(pool.map(fit_with_the_other, (0, 1)), alone) for _ in range(n_pairs))


@contextmanager
def drawing_and_seeding():
    """Let a thread use torch's generator without a pause."""
    is_over = threading.Event()

    def use():
        while not is_over.is_set():
            torch.manual_seed(7)
            torch.rand(3)

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def n_equal_beside_a_drawing_thread(every, rows, n_fits):
    """Count the fits that give the same beside a thread that draws and seeds."""
    alone = fit(every, rows)
    with drawing_and_seeding():
        return sum(same([fit(every, rows)], [alone]) for _ in range(n_fits))


def test_two_fits_in_threads_give_what_each_gives_alone(every, rows):
    before = torch.get_rng_state()
    assert n_equal_pairs(every, rows, 5) == 5
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", OWN_GENERATORS)
def test_fits_beside_a_thread_that_draws_give_the_same(name, rows):
    clf = clone(EVERY[name]).set_params(max_epochs=2)
    assert n_equal_beside_a_drawing_thread(clf, rows, 5) == 5


@pytest.mark.slow
def test_two_hundred_fits_in_threads_give_what_each_gives_alone(every, few_rows):
    assert n_equal_pairs(every.set_params(max_epochs=1), few_rows, 200) == 200


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN_GENERATORS)
def test_many_fits_beside_a_thread_that_draws_give_the_same(name, few_rows):
    clf = clone(EVERY[name]).set_params(max_epochs=1)
    assert n_equal_beside_a_drawing_thread(clf, few_rows, 50) == 50


def test_a_search_in_threads_finds_what_one_alone_finds(every, rows):
    grid = {"loss": ["cross_entropy", "focal"], "class_weight": [None, "balanced"]}
    search = GridSearchCV(every, grid, cv=2, scoring="neg_log_loss")
    alone = clone(search).fit(*rows)
    with joblib.parallel_backend("threading", n_jobs=2):
        in_threads = clone(search).fit(*rows)
    for key in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(in_threads.cv_results_[key], alone.cv_results_[key])
    np.testing.assert_array_equal(in_threads.predict_proba(rows[0]), alone.predict_proba(rows[0]))


def test_different_networks_in_threads_do_not_disturb_each_other(rows):
    kinds = [clone(EVERY[name]).set_params(max_epochs=1) for name in ("own", "lstm", "cnn", "own")]
    alone = [fit(clf, rows) for clf in kinds]
    with ThreadPoolExecutor(4) as pool:
        assert same(pool.map(lambda clf: fit(clf, rows), kinds), alone)


class FitsAnother(Callback):
    """Fits a user's network within the fit of another."""

    def __init__(self, rows):
        self.rows = rows

    def on_epoch_end(self, net, **kwargs):
        ModuleClassifier(Somebodys, embedding_dim=4, max_epochs=1, random_state=5).fit(*self.rows)


def test_a_fit_within_a_fit_neither_waits_nor_changes_anything(rows):
    clf = clone(EVERY["own"]).set_params(max_epochs=2)
    within = clone(clf).set_params(callbacks=[FitsAnother(rows)])
    assert same([fit(within, rows)], [fit(clf, rows)])


def test_the_generator_is_put_back_after_an_error(rows):
    def broken(n_tokens, n_outputs):
        torch.rand(3)
        raise RuntimeError("nothing is made")

    before = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="nothing is made"):
        ModuleClassifier(broken, random_state=0).fit(*rows)
    assert torch.equal(torch.get_rng_state(), before)
    with ThreadPoolExecutor(1) as pool:  # the lock is free for others
        assert pool.submit(fit, EVERY["own"], rows).result(timeout=300)


@pytest.mark.slow
@needs_fork
def test_a_forked_child_does_not_wait_for_a_thread_that_it_does_not_have():
    program = """
import os, threading
from sktext._global_draws import own_draws
held, over = threading.Event(), threading.Event()
def hold():
    with own_draws(0):
        held.set()
        over.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
pid = os.fork()
if not pid:
    with own_draws(0):
        os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
over.set()
thread.join()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=300, check=True)


def test_draws_of_ones_own_depend_on_the_seed_alone():
    def draw(seed):
        with own_draws(seed):
            return torch.rand(1000)

    assert torch.equal(draw(3), torch.rand(1000, generator=torch.Generator().manual_seed(3)))
    expected = [draw(seed) for seed in range(20)]
    with ThreadPoolExecutor(4) as pool:
        assert all(map(torch.equal, pool.map(draw, range(20)), expected))


@pytest.mark.parametrize("enabled", [False, True])
def test_checks_of_sparse_tensors_are_put_back_by_the_last_fit(enabled):
    with checks(enable=enabled):
        first, second = unchecked_gradients(), unchecked_gradients()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert not checks.is_enabled()
        second.__exit__(None, None, None)
        assert checks.is_enabled() == enabled


def test_filters_of_warnings_end_in_any_order():
    before = list(warnings.filters)
    first, twin = (filtered_warnings("ignore", "of the first") for _ in range(2))
    second = filtered_warnings("ignore", "of the second")
    for entered in (first, second, twin):
        entered.__enter__()
    first.__exit__(None, None, None)
    warnings.warn("of the first kind: ignored, as its twin asks", UserWarning, stacklevel=1)
    second.__exit__(None, None, None)
    with pytest.raises(UserWarning, match="of the second"):
        warnings.warn("of the second kind", UserWarning, stacklevel=1)
    twin.__exit__(None, None, None)
    assert warnings.filters == before


def test_filters_of_warnings_leave_those_of_the_user():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="the same")
        before = list(warnings.filters)
        with filtered_warnings("ignore", "the same"):
            pass
        assert warnings.filters == before


def test_filters_of_warnings_do_not_outlast_what_the_user_puts_back():
    before = list(warnings.filters)
    within = filtered_warnings("ignore", "anything")
    within.__enter__()
    with warnings.catch_warnings():  # copies what is there, and puts it back
        within.__exit__(None, None, None)
    assert warnings.filters == before
