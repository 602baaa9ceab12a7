"""LossSearchCV over networks of tokens: what trains together scores as it does alone."""

import copy

import numpy as np
import pytest
import torch
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV, KFold

from sktext import CNNClassifier, FastTextClassifier, LSTMClassifier, ModuleClassifier
from sktext._training._batches import Batches
from sktext._training._context import training_context
from sktext._training._loop import Steps, epochs
from sktext._training._net import Net
from sktext._training._optimizer_plan import OptimizerPlan
from sktext._training._runs import TrainingRun
from sktext.losses import FocalLoss
from sktext.model_selection import LossSearchCV
from sktext.model_selection._joint import _fits
from sktext.model_selection._joint._token_epochs import TokenEpochs
from sktext.modules import FastText, RaggedTokens, TextCNN

SCORING = {
    "binary": ["f1_macro", "neg_log_loss", "roc_auc"],
    "multiclass": ["f1_macro", "neg_log_loss"],
    "multilabel": ["f1_macro", "average_precision"],
}
CV = KFold(2, shuffle=True, random_state=0)
GRID = {
    "loss": ["cross_entropy", "focal"],
    "lr": [0.01, 0.1],
    "class_weight": [None, "balanced"],
}
SMALL = {"embedding_dim": 6, "max_epochs": 2, "random_state": 0}
NETWORKS = {
    "mean": CNNClassifier(n_filters=5, n_buckets=500, **SMALL),
    "max": CNNClassifier(
        n_filters=5, n_buckets=500, kernel_sizes=(2, 3), pooling="max", hidden_size=4, **SMALL
    ),
    "dropout": CNNClassifier(n_filters=5, n_buckets=500, embedding_dropout=0.2, **SMALL),
    "fasttext": FastTextClassifier(n_buckets=500, dropout=0.2, **SMALL),
    "words": FastTextClassifier(ngram_range=(1, 1), binary=False, **SMALL),
}
MODULES = {
    "mean": lambda: TextCNN(40, 2, 5, (3,), 4, "mean", n_buckets=60),
    "concat": lambda: TextCNN(40, 2, 5, (2, 4), 4, "concat", n_buckets=60, hidden_size=3),
    "fasttext": lambda: FastText(40, 2, 5, n_buckets=60, dropout=0.3),
    "trigrams": lambda: FastText(40, 2, 5, (2, 3), n_buckets=60, binary=False),
}
OPTIMIZERS = {
    "adagrad": (torch.optim.Adagrad, {"eps": 1e-7}),
    "sgd": (torch.optim.SGD, {}),
}


@pytest.fixture
def together(monkeypatch):
    """Refuse to train candidates one by one."""

    def refuse(classifiers, runs):
        raise AssertionError("candidates train one by one")

    monkeypatch.setattr(_fits, "train_one_by_one", refuse)


@pytest.fixture
def sizes(monkeypatch):
    """Take down how many candidates train together."""
    found = []

    train_together = _fits.TRAINERS["tokens"]

    def train(classifiers, runs):
        found.append(len(classifiers))
        return train_together(classifiers, runs)

    monkeypatch.setitem(_fits.TRAINERS, "tokens", train)
    return found


def assert_same_scores(estimator, grid, X, y, **how):
    """Compare the scores of our search and of scikit-learn's."""
    kinds = LossSearchCV, GridSearchCV
    own, oracle = (
        kind(estimator, grid, cv=CV, refit=False, **how).fit(X, y).cv_results_ for kind in kinds
    )
    assert own["params"] == oracle["params"]
    for name, expected in oracle.items():
        if "test_" in name and not name.startswith("rank"):
            np.testing.assert_allclose(own[name], expected, atol=1e-5, err_msg=name)
    return own


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_scores_are_those_of_grid_search(name, binary, together):
    assert_same_scores(NETWORKS[name], GRID, *binary, scoring=SCORING["binary"])


@pytest.mark.parametrize("name", ["mean", "fasttext"])
@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_several_classes_and_labels(task, name, request, together):
    losses = ["bce" if task == "multilabel" else "cross_entropy", "focal"]
    grid = {"loss": losses, "class_weight": [None, "balanced"], "bias_init": ["zero"]}
    how = {"scoring": SCORING[task]}
    assert_same_scores(NETWORKS[name], grid, *request.getfixturevalue(task), **how)


def test_recurrent_networks_share_their_tokens(binary):
    clf = LSTMClassifier(hidden_size=4, bidirectional=False, **(SMALL | {"max_epochs": 1}))
    assert_same_scores(clf, GRID, *binary, scoring=SCORING["binary"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [
        {"optimizer": "sgd"},
        {"dtype": "float64", "pooling": "max"},
        {"early_stopping": True, "n_iter_no_change": 1, "max_epochs": 5},
        {"max_length": 2, "truncating": "left"},
        {"sampler": "over"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Texts of more than max_length")
def test_settings_of_training(params, binary, together):
    clf = copy.deepcopy(NETWORKS["mean"]).set_params(loss="focal", **params)
    grid = {"loss__gamma": [0.0, 2.0], "lr": [0.02, 0.1]}
    assert_same_scores(clf, grid, *binary, scoring=SCORING["binary"])


@pytest.mark.parametrize(
    "params",
    [
        {"optimizer": "adamw"},
        {"n_buckets": 0},
        {"gradient_accumulation_steps": 2},
        {"lr_schedule": "cosine"},
        {"optimizer": torch.optim.RMSprop},
    ],
    ids=str,
)
def test_what_cannot_step_together_shares_its_tokens(params, binary, sizes):
    clf = copy.deepcopy(NETWORKS["mean"]).set_params(loss="focal", **params)
    grid = {"loss__gamma": [0.0, 2.0], "lr": [0.005]}
    assert_same_scores(clf, grid, *binary, scoring=SCORING["binary"])
    assert not sizes


def test_modules_of_ones_own_share_their_tokens(binary, sizes):
    clf = ModuleClassifier(FastText, module_params={"n_buckets": 100}, max_epochs=1, random_state=0)
    assert_same_scores(clf, {"lr": [0.01, 0.1]}, *binary, scoring=SCORING["binary"])
    assert not sizes


def test_a_candidate_that_diverges_is_reported_and_leaves_the_others_alone(binary, together):
    grid = {"lr": [0.02, 1e30, 0.1]}
    failing = pytest.warns(FitFailedWarning, match="2 fits failed(?s:.*)The loss became")
    with failing, pytest.warns(UserWarning, match="non-finite"):
        own = LossSearchCV(NETWORKS["mean"], grid, cv=CV, refit=False).fit(*binary).cv_results_
    grid = {"lr": [0.02, 0.1]}
    alone = GridSearchCV(NETWORKS["mean"], grid, cv=CV, refit=False).fit(*binary).cv_results_
    np.testing.assert_allclose(
        own["mean_test_score"],
        [alone["mean_test_score"][0], np.nan, alone["mean_test_score"][1]],
        atol=1e-5,
    )


def test_memory_bounds_how_many_train_together(binary, sizes, monkeypatch):
    grid = {"lr": [0.01, 0.02, 0.05, 0.1, 0.2]}
    clf = copy.deepcopy(NETWORKS["mean"]).set_params(n_buckets=100_000)
    monkeypatch.setattr(_fits, "MAX_TOKEN_NETS", 4)
    # Not of the 100,000 rows of each table, but of those that the texts have.
    monkeypatch.setattr(_fits, "MAX_BYTES", 5 * 100_000 * 6 * 4)
    LossSearchCV(clf, grid, cv=CV, refit=False).fit(*binary)
    assert sizes == [4, 1] * 2
    sizes.clear()
    monkeypatch.setattr(_fits, "MAX_BYTES", 1000)
    assert_same_scores(clf, grid, *binary, scoring=SCORING["binary"])
    assert sizes == [1] * 10


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", MODULES)
def test_nets_that_train_together_end_like_nets_alone(name, optimizer):
    ids = torch.randint(1, 40, (60,), generator=torch.Generator().manual_seed(0))
    # Texts of no, one and many tokens; the last batch has none at all.
    texts = RaggedTokens(torch.tensor([0, 0, 1, 3, 20, 31, 60, 60, 60]), ids)
    target = torch.tensor([[0, 1], [1, 0]] * 4).float()
    factory, options = OPTIMIZERS[optimizer]
    nets, alone, runs = [], [], []
    for lr, gamma in ((0.01, 0.0), (0.3, 2.0)):
        plan = OptimizerPlan(factory, options | {"lr": lr}, sparse_gradient=True)
        batches = Batches(texts, target, batch_size=2)
        for kind in (nets, alone):
            loss = FocalLoss(gamma=gamma).build("multilabel", [4, 4], 8)
            kind.append(Net(MODULES[name](), criterion=loss, n_classes=2).initialize())
        runs.append(TrainingRun(nets[-1], plan, batches, None, None, None))
        alone[-1].begin(plan, [])
        with training_context():
            list(epochs(alone[-1], batches, None, 3, Steps(alone[-1])))
    joint = TokenEpochs(runs)
    for numbers in ([0, 1], [0, 1], [0], [1]):  # whoever asks trains
        losses = joint.answer(numbers)
    np.testing.assert_allclose(losses[1], alone[1].history[-1, "train_loss"], rtol=1e-5)
    for net, other in zip(nets, alone, strict=True):
        assert net.module_.head.weight.any()
        pairs = zip(net.module_.parameters(), other.module_.parameters(), strict=True)
        for value, expected in pairs:
            torch.testing.assert_close(value, expected, rtol=0, atol=1e-6)
