"""The number of threads: chosen by what is free, put back, and without a say in the result."""

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
    _threads,
)
from sktext.datasets import make_imbalanced_texts
from sktext.model_selection import LossSearchCV
from sktext.modules import DilatedCNN

needs_setters = pytest.mark.skipif(
    _threads.setters() is None, reason="torch's libraries have no number per Python thread"
)


@pytest.fixture
def two_threads():
    """Let torch use two threads."""
    found = torch.get_num_threads()
    torch.set_num_threads(2)
    yield 2
    torch.set_num_threads(found)


@pytest.fixture
def machine(monkeypatch, two_threads):
    """A machine of eight cores, of which some are free; what was set lies in ``set``."""

    class Machine:
        free, slow, cpu, now = 8, False, 0.0, 0.0
        used = []

        def run(self, seconds, share=1.0):
            self.now += seconds
            self.cpu += seconds * share

    machine = Machine()
    machine.used = []
    monkeypatch.setattr(_threads, "_forked", False)
    monkeypatch.setattr(_threads, "n_cores", lambda: 8)
    monkeypatch.setattr(_threads, "has_free_cores", lambda n: n <= machine.free)
    monkeypatch.setattr(_threads, "is_slow", lambda: machine.slow)
    monkeypatch.setattr(_threads, "setters", lambda: (None, None))
    monkeypatch.setattr(_threads, "set_own_threads", lambda n: machine.used.append(n))
    monkeypatch.setattr(_threads.time, "thread_time", lambda: machine.cpu)
    return machine


def team_of(machine, n_found=4):
    return _threads.Team(n_found, clock=lambda: machine.now)


def test_small_work_gets_one_thread(machine):
    team = team_of(machine)
    machine.run(_threads.SMALL_WORK / 2)
    team.look()
    assert machine.used == []


def test_large_work_gets_more_at_once(machine):
    team = team_of(machine)
    team.look(is_large=True)
    assert machine.used == [4]


def test_work_that_lasts_gets_what_was_allowed(machine):
    team = team_of(machine)
    machine.run(0.1)
    team.look()
    assert machine.used == [4]


@pytest.mark.parametrize("sign", ["cores are taken", "an operation waits"])
def test_busy_cores_are_left_alone(machine, sign):
    machine.free, machine.slow = (0, False) if sign == "cores are taken" else (8, True)
    team = team_of(machine)
    for _ in range(100):
        machine.run(0.01)
        team.look()
    assert team.n_threads == 1
    # Asking costs time as well, so it is done less and less often.
    assert len(machine.used) <= 2 * 6


def test_starved_work_goes_back_to_one_thread_and_recovers(machine):
    team = team_of(machine)
    machine.run(0.1)
    team.look()
    machine.run(0.1, share=0.5)
    team.look()
    assert team.n_threads == 1
    machine.run(_threads.FIRST_PAUSE)
    team.look()
    assert team.n_threads == 4
    machine.run(0.1)
    team.look()
    assert team.n_threads == 4


def test_fits_side_by_side_share_the_cores(machine, monkeypatch):
    monkeypatch.setattr(_threads, "_teams", {object() for _ in range(4)})
    team = team_of(machine, n_found=8)
    machine.run(0.1)
    team.look()
    assert machine.used == [2]


def test_users_limit_holds(machine):
    team = team_of(machine, n_found=1)
    machine.run(10.0)
    team.look()
    assert machine.used == []


def test_running_tasks_are_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(_threads.os, "cpu_count", lambda: 1000)
    assert _threads.has_free_cores(1)
    monkeypatch.setattr(_threads.os, "cpu_count", lambda: 1)
    # More than one: a thread that wakes up after the others were counted looks like a free core.
    assert _threads.has_free_cores(100) is (not os.path.exists("/proc/loadavg"))
    assert not os.path.exists("/proc/loadavg") or _threads.count_own_running() >= 1


class Stop(Exception):
    """What a callback of the user's raises."""


@pytest.mark.parametrize("error", [None, Stop, KeyboardInterrupt])
def test_number_is_left_as_found(error, two_threads):
    @_threads.choosing_threads()
    def work():
        assert torch.get_num_threads() == 1
        if error:
            raise error

    if error:
        with pytest.raises(error):
            work()
    else:
        work()
    assert torch.get_num_threads() == 2


def test_classifiers_and_searches_leave_the_number_as_found(two_threads, binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(random_state=0)
    clf.fit(texts, labels).predict_proba(texts)
    clf.partial_fit(texts, labels).decision_function(texts)
    LossSearchCV(clf, {"loss": ["cross_entropy", "focal"]}, cv=2).fit(texts, labels).predict(texts)
    with pytest.raises(ValueError, match="max_epochs"):
        clone(clf).set_params(max_epochs=0).fit(texts, labels)
    assert torch.get_num_threads() == 2


@needs_setters
def test_threads_that_start_meanwhile_get_the_users_number(two_threads):
    seen = []

    @_threads.choosing_threads()
    def work():
        thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        thread.start()
        thread.join()

    work()
    assert seen == [2]


@needs_setters
def test_fits_in_threads_leave_the_number_as_found(two_threads, binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(random_state=0)

    def job(_):
        clone(clf).fit(texts, labels).predict(texts)
        return torch.get_num_threads()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(job, range(8))) == {2}
    assert torch.get_num_threads() == 2


def test_workers_of_joblib_share_the_cores():
    numbers = joblib.Parallel(n_jobs=2)(joblib.delayed(torch.get_num_threads)() for _ in range(2))
    assert max(numbers) <= max(1, joblib.cpu_count() // 2)


def networks():
    """Give a small classifier of every kind."""
    few = {"max_epochs": 1, "random_state": 0}
    return {
        "linear": TfidfTorchClassifier(random_state=0),
        "adagrad": TfidfTorchClassifier(optimizer="adagrad", **few),
        "mlp": TfidfTorchClassifier(hidden_layer_sizes=(50, 25), **few),
        "fast_text": FastTextClassifier(**few),
        "cnn": CNNClassifier(**few),
        "cnn, adamw": CNNClassifier(
            n_filters=30, embedding_dim=50, optimizer="adamw", batch_size=256, **few
        ),
        "lstm": LSTMClassifier(**few),
        "lstm, labels": LSTMClassifier(pooling="label_attention", hidden_size=50, **few),
        "gru": LSTMClassifier(cell="gru", **few),
        "attention": SelfAttentionClassifier(**few),
        "odd attention": SelfAttentionClassifier(embedding_dim=50, n_heads=2, **few),
        "dilated": ModuleClassifier(DilatedCNN, **few),
        "numbers": TorchClassifier(hidden_layer_sizes=(25,), **few),
    }


def rows_for(kind, n_samples, multilabel=False):
    texts, y = make_imbalanced_texts(
        n_samples, n_classes=4, imbalance=5, difficulty=0.3, multilabel=multilabel, random_state=0
    )
    if kind == "numbers":
        return np.random.RandomState(0).normal(size=(n_samples, 30)), y
    return [f"{text} {texts[i - 1]} {texts[i - 2]}" for i, text in enumerate(texts)], y


@needs_setters
@pytest.mark.slow
@pytest.mark.parametrize("multilabel", [False, True])
@pytest.mark.parametrize("kind", networks())
def test_result_is_the_same_for_one_two_and_four_threads(kind, multilabel, monkeypatch):
    X, y = rows_for(kind, 800, multilabel)
    set_own = _threads.set_own_threads
    states = []
    for n_threads in (1, 2, 4):
        # Forced, or a small or busy machine would get one thread.
        monkeypatch.setattr(_threads, "set_own_threads", lambda _, p=1, n=n_threads: set_own(n, p))
        monkeypatch.setattr(
            _threads.Team,
            "look",
            lambda self, is_large=False, n=n_threads: setattr(self, "n_threads", n),
        )
        clf = clone(networks()[kind]).fit(X, y)
        state = {**clf.net_.module_.state_dict(), "logits": clf.decision_function(X)}
        states.append({name: torch.as_tensor(value).clone() for name, value in state.items()})
    set_own(torch.get_num_threads(), 0)
    for state in states[1:]:
        for name, value in state.items():
            assert torch.equal(value, states[0][name]), name


AFTER_FORK = """
import faulthandler, multiprocessing, os, sys
import torch
sys.path.insert(0, sys.argv[1])
from test_threads import networks, rows_for
how = sys.argv[2]

def in_child(users_number):
    if users_number:
        torch.set_num_threads(users_number)
    assert (clf.predict(X) == expected).all()
    assert (clf.predict(X[:1]) == expected[:1]).all()
    assert (clf.fit(X[:300], y[:300]).predict(X) == expected).all()
    return True

for kind, clf in networks().items():
    faulthandler.dump_traceback_later(600, exit=True)
    print(kind, file=sys.stderr, flush=True)
    torch.set_num_threads(2)
    X, y = rows_for(kind, 1000)
    expected = clf.fit(X[:300], y[:300]).predict(X)
    torch.randn(500, 500) @ torch.randn(500, 500)
    torch.randn(10**6).exp()
    for users_number in (None, 2):
        if how == "fork":
            pid = os.fork()
            if not pid:
                os._exit(0 if in_child(users_number) else 1)
            assert os.waitpid(pid, 0)[1] == 0
        else:
            with multiprocessing.get_context("fork").Pool(2) as pool:
                assert pool.map(in_child, [users_number] * 2) == [True, True]
    print(kind)
"""
needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system"
)


@needs_fork
@pytest.mark.slow
@pytest.mark.parametrize("how", ["fork", "pool"])
def test_forked_child_of_every_classifier_answers(how):
    # One that waits for threads that were not forked is given up after ten minutes.
    arguments = [AFTER_FORK, os.path.dirname(__file__), how]
    command = [sys.executable, "-W", "ignore", "-c", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines() == list(networks()), run.stderr
