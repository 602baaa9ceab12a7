"""What a program has set for all decides nothing here, and is left as found."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import sklearn
import torch
from sklearn.base import clone
from torch import nn

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
)
from sktext.meta import CalibratedClassifier, TunedThresholdsClassifier
from sktext.model_selection import LossSearchCV
from sktext.modules import MLP, DilatedCNN, FastText, SelfAttentionEncoder, TextCNN, TextRNN


class OwnNetwork(nn.Module):
    """Network of a user's."""

    def __init__(self, n_tokens, n_outputs):
        super().__init__()
        self.embedding = nn.EmbeddingBag(n_tokens, 4, padding_idx=0)
        self.head = nn.Linear(4, n_outputs)

    def forward(self, ids):
        return self.head(self.embedding(ids))


SMALL = {"embedding_dim": 6, "max_epochs": 1, "random_state": 0}
LINEAR = TfidfTorchClassifier(max_epochs=1, random_state=0)
GRID = {"loss": ["focal", "cross_entropy"], "class_weight": [None, "balanced"]}
MODELS = {
    "linear": LINEAR,
    "perceptron": TfidfTorchClassifier(
        hidden_layer_sizes=(4,), dropout=0.1, max_epochs=1, random_state=0
    ),
    "AdamW": TfidfTorchClassifier(optimizer="adamw", max_epochs=1, random_state=0),
    "numbers": TorchClassifier(hidden_layer_sizes=(4,), max_epochs=1, random_state=0),
    "CNN": CNNClassifier(n_filters=4, n_buckets=50, dtype="float64", **SMALL),
    "deep CNN": CNNClassifier(n_filters=4, n_buckets=0, pooling="concat", hidden_size=3, **SMALL),
    "fastText": FastTextClassifier(n_buckets=50, dropout=0.1, **SMALL),
    "LSTM": LSTMClassifier(hidden_size=4, pooling="attention", **SMALL),
    "GRU": LSTMClassifier(hidden_size=4, cell="gru", **SMALL),
    "self-attention": SelfAttentionClassifier(**(SMALL | {"embedding_dim": 8})),
    "own": ModuleClassifier(OwnNetwork, max_epochs=1, random_state=0),
    "thresholds": TunedThresholdsClassifier(LINEAR, cv=2, random_state=0),
    "calibrated": CalibratedClassifier(LINEAR, cv=2, method="isotonic", random_state=0),
    "search": LossSearchCV(LINEAR, GRID, cv=2),
    "joint epochs": LossSearchCV(clone(LINEAR).set_params(optimizer="adagrad"), GRID, cv=2),
    "joint tokens": LossSearchCV(FastTextClassifier(n_buckets=50, **SMALL), GRID, cv=2),
}
NETWORKS = {
    "MLP": lambda: MLP(5, 2, (3,), seed=1),
    "TextCNN": lambda: TextCNN(20, 2, 6, (2, 3), 4, n_buckets=9, hidden_size=3, seed=1),
    "DilatedCNN": lambda: DilatedCNN(20, 2, seed=1),
    "FastText": lambda: FastText(20, 2, 6, n_buckets=9, seed=1),
    "SelfAttentionEncoder": lambda: SelfAttentionEncoder(20, 2, 8, seed=1),
    "TextRNN": lambda: TextRNN(20, 2, 6, seed=1),
}


def switch(set_it, value, get):
    """Make a pair of functions: one to change a setting, one to tell it."""
    return lambda: set_it(value), get


SETTINGS = {
    "type": switch(torch.set_default_dtype, torch.float64, torch.get_default_dtype),
    # Tensors on "meta" have no values, so that nothing can be computed with them.
    "device": switch(torch.set_default_device, "meta", torch.get_default_device),
    "gradients": switch(torch.set_grad_enabled, False, torch.is_grad_enabled),
    "deterministic": switch(
        torch.use_deterministic_algorithms, True, torch.are_deterministic_algorithms_enabled
    ),
    "NumPy's errors": (lambda: np.seterr(all="raise"), np.geterr),
    "pandas": (lambda: sklearn.set_config(transform_output="pandas"), sklearn.get_config),
    "finite": (lambda: sklearn.set_config(assume_finite=True), sklearn.get_config),
    "unchecked": (lambda: sklearn.set_config(skip_parameter_validation=True), sklearn.get_config),
}


@pytest.fixture
def restored():
    """Put every setting back."""
    errors, config = np.geterr(), sklearn.get_config()
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_grad_enabled(True)
    torch.use_deterministic_algorithms(False)
    np.seterr(**errors)
    sklearn.set_config(**config)


@pytest.fixture(scope="module")
def rows(multiclass):
    """Rows of a model, and their labels."""
    texts, labels = (part[:90] for part in multiclass)
    numbers = np.random.RandomState(0).normal(size=(len(labels), 5))
    return lambda name: (numbers if name == "numbers" else texts, labels)


@pytest.fixture(scope="module")
def plain(rows):
    """Probabilities of the models where nothing is set."""
    return {name: probabilities(name, rows) for name in MODELS}


def probabilities(name, rows):
    X, y = rows(name)
    return clone(MODELS[name]).fit(X, y).predict_proba(X)


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_change_no_bit_and_stay(setting, rows, plain, restored):
    change, get = SETTINGS[setting]
    before = get()
    change()
    changed = get()
    assert changed != before
    for name in MODELS:
        np.testing.assert_array_equal(probabilities(name, rows), plain[name], err_msg=name)
        assert get() == changed


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("setting", ["type", "device"])
def test_networks_start_alike(setting, name, restored):
    plain = NETWORKS[name]().state_dict()
    SETTINGS[setting][0]()
    for key, value in NETWORKS[name]().state_dict().items():
        assert value.dtype == plain[key].dtype
        assert torch.equal(value, plain[key]), key


def test_inference_mode_changes_nothing(rows, plain):
    with torch.inference_mode():
        for name in MODELS:
            np.testing.assert_array_equal(probabilities(name, rows), plain[name], err_msg=name)


def test_nothing_is_left_behind(rows, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    probabilities("search", rows)
    before = state()
    for name in MODELS:
        probabilities(name, rows)
        assert state() == before, name
    assert not list(tmp_path.iterdir())


def state():
    """Tell threads, open files, variables of the environment and settings of torch."""
    threads = {thread.name for thread in threading.enumerate()}
    generator = torch.default_generator.get_state().sum().item()
    return threads, dict(os.environ), torch.get_num_threads(), generator, open_files()


def open_files():
    """Count the files that are open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.mark.slow
def test_a_silent_search_starts_no_thread_of_a_progress_bar():
    program = (
        "import threading\n"
        "from sktext import TfidfTorchClassifier\n"
        "from sktext.model_selection import LossSearchCV\n"
        "clf = TfidfTorchClassifier(max_epochs=1, random_state=0)\n"
        "search = LossSearchCV(clf, {'loss': ['focal']}, cv=2)\n"
        "search.fit(['good film', 'bad film'] * 6, [0, 1] * 6)\n"
        "print([thread.name for thread in threading.enumerate()])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.strip() == "['MainThread']", ran.stderr
