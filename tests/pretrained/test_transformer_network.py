"""The network around an encoder keeps the promises of networks, and reads long texts in windows."""

import pytest
import torch

from sktext import TransformerClassifier
from sktext.modules import TransformerNetwork
from sktext.modules._windows import Windows, join_windows
from sktext.testing import _modules as checks
from sktext.testing import text_classifier_checks

WINDOWS = {"window": 6, "stride": 3}
NETWORKS = {
    "mean": {"pooling": "mean"},
    "cls": {"pooling": "cls", **WINDOWS},
    "concat": {"pooling": "concat", **WINDOWS},
    "attention": {"pooling": "label_attention", **WINDOWS},
}


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", NETWORKS)
def test_network_passes(name, check, plain_encoder):
    if check is checks.check_seed_decides_the_draws and name != "attention":
        pytest.skip("all its weights are pretrained or zero")

    def make(n_tokens, n_outputs, seed):
        params = NETWORKS[name]
        return TransformerNetwork.from_pretrained(plain_encoder, n_outputs, seed=seed, **params)

    check(make)


def windows_of(text, size, stride):
    """The windows of a text, one after the other."""
    found = [text[:size]]
    while len(text) > stride * (len(found) - 1) + size:
        start = stride * len(found)
        found.append(text[start : start + size])
    return found


@pytest.mark.parametrize(("size", "stride"), [(4, 4), (4, 1), (3, 2), (1, 1), (20, 5)])
def test_windows_are_those_of_each_text_alone(size, stride):
    lengths = (0, 1, 4, 5, 8, 13)
    texts = [list(range(2, length + 2)) for length in lengths]
    ids = torch.tensor([text + [0] * (13 - len(text)) for text in texts])
    rows, n_windows = Windows(size, stride).split(ids)
    found = [[number for number in row if number] for row in rows.tolist()]
    expected = [windows_of(text, size, stride) for text in texts]
    assert n_windows.tolist() == [len(windows) for windows in expected]
    assert found == [window for windows in expected for window in windows]
    states, mask = join_windows(rows[:, :, None].float(), rows > 0, n_windows)
    for text, row, known in zip(expected, states[:, :, 0], mask, strict=True):
        assert row[known].tolist() == [number for window in text for number in window]


def small(folder):
    return TransformerClassifier(folder, lr=0.01, head_lr=0.05, max_epochs=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name, _ in text_classifier_checks(TransformerClassifier("a/name"))]
)
def test_classifier_passes_the_check(name, plain_encoder):
    clf = small(plain_encoder)
    dict(text_classifier_checks(clf))[name](clf)
