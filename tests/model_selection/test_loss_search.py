"""LossSearchCV: the scores of GridSearchCV, whatever loss, task, optimizer and weights."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, KFold

from sktext import CNNClassifier, TfidfTorchClassifier, TorchClassifier
from sktext.losses import LOSSES, CombinedLoss, FocalLoss
from sktext.model_selection import LossSearchCV
from sktext.model_selection._joint import _fits

SCORING = {
    "binary": ["f1_macro", "neg_log_loss", "roc_auc"],
    "multiclass": ["f1_macro", "neg_log_loss"],
    "multilabel": ["f1_macro", "average_precision"],
}
CV = KFold(2, shuffle=True, random_state=0)
GRIDS = {
    "loss": {"loss__gamma": [0, 1.0, 2.5], "class_weight": [None, "balanced"]},
    "optimizer": {"lr": [0.1, 0.3], "weight_decay": ["auto", 0.01], "loss__gamma": [0.5, 2.0]},
    "start": {"bias_init": ["prior", "zero"], "class_weight": ["balanced", "effective"]},
    "losses": [
        {"loss": ["cross_entropy"], "loss__label_smoothing": [0.0, 0.1]},
        {"loss": ["dice", "focal", FocalLoss(gamma=3.0)]},
        {"loss": [CombinedLoss([("ce", "cross_entropy"), ("dice", "dice")])]},
    ],
}


@pytest.fixture
def together(monkeypatch):
    """Refuse to train candidates one by one."""

    def refuse(classifiers, runs):
        raise AssertionError("candidates train one by one")

    monkeypatch.setattr(_fits, "train_one_by_one", refuse)


def searches(estimator, grid, X, y, params=None, **how):
    """Fit our search and scikit-learn's."""
    kinds = LossSearchCV, GridSearchCV
    return [kind(estimator, grid, **how).fit(X, y, **(params or {})) for kind in kinds]


def assert_same_scores(own, oracle, atol=1e-5):
    """Compare all columns of the results but the times."""
    assert own.cv_results_.keys() == oracle.cv_results_.keys()
    assert own.cv_results_["params"] == oracle.cv_results_["params"]
    for name, expected in oracle.cv_results_.items():
        if "test_" in name or "train_" in name:
            if name.startswith("rank"):
                continue  # scores that are equal but for rounding may change places
            np.testing.assert_allclose(own.cv_results_[name], expected, atol=atol, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adamw", "sgd"])
@pytest.mark.parametrize("task", SCORING)
def test_scores_are_those_of_grid_search(task, optimizer, request, together):
    texts, labels = request.getfixturevalue(task)
    clf = TfidfTorchClassifier(loss="focal", optimizer=optimizer, max_epochs=2, random_state=0)
    how = {"scoring": SCORING[task], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS["loss"], texts, labels, **how))


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad"])
@pytest.mark.parametrize("grid", [name for name in GRIDS if name != "loss"])
@pytest.mark.filterwarnings("ignore:.*both favour rare classes", "ignore:bias_init='prior'")
def test_any_parameter_of_training_may_differ(grid, optimizer, binary, together):
    clf = TfidfTorchClassifier(loss="focal", optimizer=optimizer, max_epochs=2, random_state=0)
    how = {"scoring": SCORING["binary"], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS[grid], *binary, **how))


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_joins_in(name, request, together):
    texts, labels = request.getfixturevalue(LOSSES[name]().tasks[-1])
    clf = TfidfTorchClassifier(optimizer="adagrad", max_epochs=2, random_state=0)
    grid = {"loss": [name], "lr": [0.1, 0.5]}
    how = {"scoring": "f1_macro", "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, grid, texts, labels, **how))


@pytest.mark.parametrize("optimizer", ["adagrad", "adam"])
@pytest.mark.parametrize("hidden", [(), (8, 6)], ids=str)
def test_each_net_drops_its_own_share(hidden, optimizer, multiclass, together):
    clf = TfidfTorchClassifier(
        hidden_layer_sizes=hidden, optimizer=optimizer, max_epochs=2, random_state=0, loss="focal"
    )
    grid = {"dropout": [0.0, 0.2, 0.5], "lr": [0.1, 0.3]}
    how = {"scoring": SCORING["multiclass"], "refit": False, "cv": CV}
    own, oracle = searches(clf, grid, *multiclass, **how)
    assert_same_scores(own, oracle)
    assert len(np.unique(own.cv_results_["mean_test_neg_log_loss"])) == 6


@pytest.mark.parametrize("optimizer", ["adagrad", "adam"])
@pytest.mark.parametrize(
    "params", [{"hidden_layer_sizes": (8, 6), "dropout": 0.3}, {"dropout": 0.2}], ids=str
)
def test_hidden_layers_and_dropout(params, optimizer, multiclass, together):
    clf = TfidfTorchClassifier(
        optimizer=optimizer, max_epochs=2, random_state=0, loss="focal", **params
    )
    how = {"scoring": SCORING["multiclass"], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS["optimizer"], *multiclass, **how))


@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad"])
@pytest.mark.parametrize("hidden", [(), (5,)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers(dtype, hidden, optimizer, together):
    X, y = make_classification(200, 12, n_informative=5, n_classes=3, random_state=0)
    optimizer = "sgd" if hidden and optimizer == "lbfgs" else optimizer
    X = sparse.csr_matrix(X) if optimizer == "lbfgs" else X
    clf = TorchClassifier(
        hidden, loss="focal", optimizer=optimizer, max_epochs=2, dtype=dtype, random_state=0
    )
    how = {"scoring": SCORING["multiclass"], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS["loss"], X, y, **how))


def test_dense_rows_are_fitted_by_lbfgs_as_alone():
    X, y = make_classification(200, 12, n_informative=5, n_classes=3, random_state=0)
    clf = TorchClassifier(loss="focal", optimizer="lbfgs", random_state=0)
    how = {"scoring": SCORING["multiclass"], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS["loss"], X, y, **how), atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad"])
def test_sample_weights_reach_fit_and_scorer(optimizer, binary, together):
    texts, labels = binary
    weight = np.random.RandomState(0).choice([0.0, 0.5, 3.0], len(texts))
    clf = TfidfTorchClassifier(loss="focal", optimizer=optimizer, max_epochs=2, random_state=0)
    params = {"sample_weight": weight}
    how = {"scoring": SCORING["binary"], "refit": "f1_macro", "cv": CV, "return_train_score": True}
    own, oracle = searches(clf, GRIDS["loss"], texts, labels, params, **how)
    assert_same_scores(own, oracle)
    assert own.best_params_ == oracle.best_params_
    plain = LossSearchCV(clf, GRIDS["loss"], **how).fit(texts, labels)
    assert (
        abs(plain.cv_results_["mean_test_f1_macro"] - own.cv_results_["mean_test_f1_macro"]).max()
        > 0.01
    )


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adam"])
@pytest.mark.parametrize("scoring", [None, "f1_macro"])
def test_each_candidate_stops_early_by_itself(scoring, optimizer, multiclass, together):
    clf = TfidfTorchClassifier(
        loss="focal",
        optimizer=optimizer,
        early_stopping=True,
        n_iter_no_change=1,
        validation_fraction=0.3,
        scoring=scoring,
        max_epochs=20,
        random_state=0,
    )
    grid = {"lr": [0.01, 0.5], "loss__gamma": [0.0, 5.0], "class_weight": [None, "balanced"]}
    seen = {}

    def n_iter(estimator, X, y):
        seen.setdefault(type(search), []).append(estimator.n_iter_)
        return {"n_iter": estimator.n_iter_, "best": estimator.best_validation_score_}

    for search in (
        LossSearchCV(clf, grid, scoring=n_iter, refit=False, cv=CV),
        GridSearchCV(clf, grid, scoring=n_iter, refit=False, cv=CV),
    ):
        search.fit(*multiclass)
    own, oracle = (sorted(seen[kind]) for kind in (LossSearchCV, GridSearchCV))
    assert own == oracle
    assert optimizer == "lbfgs" or len(set(own)) > 1


@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad"])
def test_more_candidates_than_there_is_room_for(optimizer, binary, monkeypatch):
    monkeypatch.setattr(_fits, "MAX_BYTES", 60_000)
    clf = TfidfTorchClassifier(loss="focal", optimizer=optimizer, max_epochs=2, random_state=0)
    how = {"scoring": SCORING["binary"], "refit": False, "cv": CV}
    assert_same_scores(*searches(clf, GRIDS["loss"], *binary, **how))


@pytest.mark.parametrize("sampler", ["over", "under"])
def test_samplers_draw_once_for_all(sampler, binary, together):
    clf = TfidfTorchClassifier(
        loss="focal", sampler=sampler, optimizer="adagrad", max_epochs=2, random_state=0
    )
    how = {"scoring": SCORING["binary"], "refit": False, "cv": CV}
    assert_same_scores(
        *searches(clf, {"loss__gamma": [0.0, 1.0], "lr": [0.1, 0.2]}, *binary, **how)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [
        {"sampler": "balanced_batches", "reweight": True},
        {"lr_schedule": "cosine"},
        {"optimizer": "lbfgs", "hidden_layer_sizes": (4,)},
    ],
    ids=str,
)
def test_what_cannot_step_together_shares_its_features(params, binary):
    params = {"loss": "focal", "optimizer": "adagrad", "max_epochs": 2, "random_state": 0} | params
    how = {"scoring": SCORING["binary"], "refit": False, "cv": CV}
    clf = TfidfTorchClassifier(**params)
    assert_same_scores(*searches(clf, GRIDS["loss"], *binary, **how))


def test_networks_of_sequences_share_their_tokens(multiclass):
    clf = CNNClassifier(
        n_filters=4, embedding_dim=4, n_buckets=0, max_epochs=1, random_state=0, loss="focal"
    )
    how = {"scoring": SCORING["multiclass"], "refit": False, "cv": 2}
    grid = {"loss__gamma": [0.0, 1.0], "class_weight": [None, "balanced"]}
    assert_same_scores(*searches(clf, grid, *multiclass, **how))
