"""Labels that were not observed, -1, have no say in anything."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._labels import Labels, read_labels
from sktext._training._hold_out import hold_out_rows
from sktext._training._rows import Rows
from sktext._training._weights import weigh_rows
from sktext.losses import LOSSES

MASKING = [
    name for name, Loss in LOSSES.items() if "multilabel" in Loss().tasks and Loss().weighs_labels
]
WHOLE_ROW = [
    name
    for name, Loss in LOSSES.items()
    if "multilabel" in Loss().tasks and not Loss().weighs_labels
]


@pytest.fixture
def partial(rng):
    """Numbers with three labels, of which a third of the cells was not observed."""
    X = rng.normal(size=(200, 5))
    y = (X @ rng.normal(size=(5, 3)) + rng.normal(size=(200, 3)) > 0.7).astype(int)
    return X, np.where(rng.uniform(size=y.shape) < 1 / 3, -1, y)


def test_each_label_is_fitted_to_the_rows_in_which_it_was_observed(partial):
    X, y = partial
    params = {"optimizer": "lbfgs", "weight_decay": 0.0, "dtype": "float64", "max_epochs": 300}
    clf = TorchClassifier(loss="bce", **params).fit(X, y)
    for label in range(3):
        seen = y[:, label] >= 0
        alone = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X[seen], y[seen, label])
        np.testing.assert_allclose(clf.coef_[label], alone.coef_[0], atol=0.02)


@pytest.mark.parametrize("loss", MASKING)
def test_losses_with_values_per_label_leave_cells_out(loss, partial):
    X, y = partial
    params = {"loss": loss, "max_epochs": 3, "optimizer": "adamw", "random_state": 0}
    clf = TorchClassifier(**params, early_stopping=True).fit(X, y)
    assert np.isfinite(clf.decision_function(X)).all()
    assert np.isfinite(clf.history_[:, "valid_loss"]).all()


@pytest.mark.parametrize("loss", WHOLE_ROW)
def test_losses_of_whole_rows_refuse(loss, partial):
    with pytest.raises(ValueError, match=r"one value for all labels of a row.*'bce'"):
        TorchClassifier(loss=loss).fit(*partial)


def test_counts_are_those_of_observed_positives(partial):
    X, y = partial
    clf = TorchClassifier(max_epochs=1).fit(X, y)
    np.testing.assert_array_equal(clf.class_counts_, (y == 1).sum(axis=0))


def test_bias_starts_at_the_observed_share(partial):
    X, y = partial
    zero = {"optimizer": "sgd", "lr": 1e-12, "max_epochs": 1, "bias_init": "prior"}
    clf = TorchClassifier(loss="bce", **zero).fit(np.zeros_like(X), y)
    share = (y == 1).sum(axis=0) / (y >= 0).sum(axis=0)
    np.testing.assert_allclose(clf.predict_proba(np.zeros((1, 5)))[0], share, rtol=1e-5)


def test_balanced_weights_are_those_of_the_observed_rows(partial):
    _, y = partial
    weight = weigh_rows(Labels.learn(read_labels(y)), Rows(None, y, None), "balanced")
    assert not weight[y < 0].any()
    for label in range(3):
        column, values = y[:, label], weight[:, label]
        assert values[column == 1].sum() == pytest.approx(values[column == 0].sum())


def test_balanced_pos_weight_is_the_ratio_of_the_observed_rows(partial):
    X, y = partial
    loss = LOSSES["bce"](pos_weight="balanced")
    clf = TorchClassifier(loss=loss, max_epochs=1).fit(X, y)
    ratio = (y == 0).sum(axis=0) / (y == 1).sum(axis=0)
    np.testing.assert_allclose(clf.loss_.pos_weight_, ratio, rtol=1e-5)


def test_hold_out_goes_by_observed_positives(partial):
    _, y = partial
    _, held = hold_out_rows(y.astype(np.int8), 0.2, np.random.RandomState(0))
    expected = 0.2 * (y == 1).sum(axis=0)
    assert (np.abs((y[held] == 1).sum(axis=0) - expected) <= 1.5).all()


@pytest.mark.parametrize("sampler", ["over", "under", "balanced_batches"])
def test_samplers_and_early_stopping_take_them(sampler, multilabel, rng):
    texts, y = multilabel
    y = np.where(rng.uniform(size=y.shape) < 0.2, -1, y)
    params = {"optimizer": "adamw", "max_epochs": 2, "random_state": 0}
    clf = TfidfTorchClassifier(sampler=sampler, reweight=True, early_stopping=True, **params)
    clf.fit(texts, y)
    assert np.isfinite(clf.history_[:, "valid_loss"]).all()


def test_validation_loss_leaves_them_out(partial):
    X, y = partial
    params = {"max_epochs": 2, "optimizer": "adamw", "random_state": 0}
    full = np.maximum(y, 0)
    seen = TorchClassifier(**params).fit(X, full, X_val=X, y_val=y)
    logits = seen.decision_function(X)
    loss = np.logaddexp(0, np.where(full == 1, -logits, logits))
    assert seen.history_[-1, "valid_loss"] == pytest.approx(loss[y >= 0].mean(), rel=1e-4)


def test_label_without_any_observed_row_is_named(partial):
    X, y = partial
    y[:, 1] = -1
    with pytest.raises(ValueError, match=r"no observed row of the labels \[1\]"):
        TorchClassifier().fit(X, y)


def test_ones_and_minus_ones_alone_are_no_indicator(partial):
    X, y = partial
    with pytest.raises(ValueError, match=r"zeros and ones, or -1.*\[-1, 1\]"):
        TorchClassifier().fit(X, np.where(y == 1, 1, -1))


def test_accuracy_of_rows_with_unobserved_labels_is_refused(partial):
    X, y = partial
    with pytest.raises(ValueError, match=r"y\[\d+, \d\] is -1, a label that was not observed"):
        TorchClassifier(max_epochs=1).fit(X, y).score(X, y)


def test_scorers_do_not_watch_rows_with_unobserved_labels(partial):
    X, y = partial
    clf = TorchClassifier(max_epochs=1, early_stopping=True, scoring="f1_macro")
    with pytest.raises(ValueError, match="scoring='f1_macro' needs all labels"):
        clf.fit(X, y)
    seen = np.maximum(y, 0)
    assert clf.fit(X, y, X_val=X, y_val=seen).best_validation_score_ >= 0


@pytest.mark.parametrize("loss", ["bce", "logit_adjustment", "focal"])
def test_label_of_all_rows_or_none_keeps_that_answer(loss, partial):
    X, y = partial
    y = np.column_stack([np.ones(len(X)), y, np.zeros(len(X))]).astype(int)
    predicted = TorchClassifier(loss=loss, random_state=0).fit(X, y).predict(X)
    assert predicted[:, 0].all()
    assert not predicted[:, -1].any()


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
def test_missing_cell_is_named(partial, missing):
    X, y = partial
    y = y.astype(object)
    y[3, 1] = missing
    with pytest.raises(ValueError, match=r"y\[3, 1\] is missing .* Give -1"):
        TorchClassifier().fit(X, pd.DataFrame(y))
