"""Searches over fine-tuned encoders: the scores of single fits, and one encoder at a time."""

import gc
import weakref

import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV

from sktext import TransformerClassifier
from sktext._pretrained import Pieces
from sktext._training import _pretrained_features
from sktext.model_selection import LossSearchCV

GRID = {"loss": ["cross_entropy", "focal", "poly1"], "lr": [0.001, 0.01]}


@pytest.fixture
def clf(encoder_of_texts):
    return TransformerClassifier(encoder_of_texts, max_epochs=1, random_state=0)


@pytest.fixture
def rows(multiclass):
    texts, y = multiclass
    return texts[:90], y[:90]


@pytest.fixture
def n_alive(monkeypatch):
    """Numbers of encoders in memory, each taken down when another one was loaded."""
    encoders, counts, load = [], [], _pretrained_features.load_encoder

    def watched(*args, **params):
        encoder = load(*args, **params)
        encoders.append(weakref.ref(encoder.model))
        counts.append(sum(model() is not None for model in encoders))
        return encoder

    monkeypatch.setattr(_pretrained_features, "load_encoder", watched)
    gc.collect()
    gc.disable()  # what is dropped has to be freed at once
    yield counts
    gc.enable()


def assert_equal_scores(clf, grid, texts, y, **params):
    own, oracle = (
        kind(clf, grid, cv=2, scoring=["neg_log_loss", "f1_macro"], refit=False, **params)
        .fit(texts, y)
        .cv_results_
        for kind in (LossSearchCV, GridSearchCV)
    )
    assert own["params"] == oracle["params"]
    for name, expected in oracle.items():
        if "time" not in name and name != "params":
            np.testing.assert_array_equal(own[name], expected, err_msg=name)
    # The learning rate is not that of the head.
    assert len(set(own["mean_test_neg_log_loss"])) >= len(grid["loss"])


def test_scores_are_those_of_grid_search_to_the_last_bit(clf, rows):
    assert_equal_scores(clf, GRID, *rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [
        {"lora": 4},
        {"lora": 4, "trained_layers": 1, "layer_decay": 0.5, "max_epochs": 2},
        {"trained_layers": 0},
        {"frozen_epochs": 1, "max_epochs": 2},
        {"early_stopping": True, "max_epochs": 3, "n_iter_no_change": 1},
        {"sampler": "over", "gradient_accumulation_steps": 2},
        {"long_texts": "windows", "window": 7, "stride": 4, "pooling": "label_attention"},
        {"dtype": "bfloat16", "gradient_checkpointing": True},
    ],
    ids=str,
)
def test_so_they_are_however_it_is_trained(params, clf, rows):
    if "lora" in params:
        pytest.importorskip("peft")
    assert_equal_scores(clf.set_params(**params), GRID, *rows, return_train_score=True)


def test_texts_are_split_into_pieces_once_a_fold(clf, rows, monkeypatch):
    counts, encode = [], Pieces.encode
    monkeypatch.setattr(
        Pieces, "encode", lambda self, texts: counts.append(len(texts)) or encode(self, texts)
    )
    LossSearchCV(clf, GRID, cv=3, refit=False).fit(*rows)
    assert sum(count for count in counts if count > 1) == 3 * len(rows[0])


@pytest.mark.slow
@pytest.mark.parametrize("lora", [False, 2])
def test_one_encoder_is_in_memory_at_a_time(lora, clf, rows, n_alive):
    if lora:
        pytest.importorskip("peft")
    LossSearchCV(clf.set_params(lora=lora), GRID, cv=2, return_train_score=True).fit(*rows)
    assert n_alive == [1] * (2 * 6 + 1)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_candidates_that_fail_leave_no_encoder_behind(clf, rows, n_alive):
    grid = {"loss": ["cross_entropy", "zlpr", "focal"], "lr": [0.01, 1e30]}
    with pytest.warns(FitFailedWarning, match="8 fits failed out of a total of 12"):
        LossSearchCV(clf, grid, cv=2, refit=False).fit(*rows)
    assert set(n_alive) == {1}
    assert len(n_alive) > 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", [GridSearchCV, LossSearchCV])
@pytest.mark.parametrize("params", [{}, {"lora": 2}], ids=str)
def test_memory_stays_constant_over_fits(kind, params, rows, tiny_encoder):
    psutil = pytest.importorskip("psutil")
    if params:
        pytest.importorskip("peft")
    sizes, seen = set(), []

    def score(clf, X, y):
        sizes.add(sum(x.nbytes for x in clf.net_.module_.parameters()))
        seen.append(psutil.Process().memory_info().rss)
        return clf.score(X, y)

    # Short texts, whose states are few beside the weights, and an encoder of some megabytes.
    texts, y = [text[:20] for text in rows[0]], rows[1]
    clf = TransformerClassifier(tiny_encoder(hidden_size=256), max_epochs=1, random_state=0)
    grid = {"loss": ["cross_entropy", "focal"], "lr": np.geomspace(1e-5, 1e-3, 6)}
    kind(clf.set_params(**params), grid, cv=2, scoring=score, refit=False).fit(texts, y)
    growth = min(seen[18:]) - min(seen[6:12])
    assert growth < 3 * max(sizes)  # one encoder more after each fit would be twelve
