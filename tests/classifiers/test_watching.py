"""Scores without a value never count as low ones, and something is always watched."""

import functools

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, make_scorer

from sktext import TfidfTorchClassifier, TorchClassifier

PLATEAU = torch.optim.lr_scheduler.ReduceLROnPlateau


@pytest.fixture
def rare(multilabel):
    """Labels, one of which has a single positive, so that the validation rows have none."""
    texts, Y = multilabel
    Y = np.c_[Y, np.zeros(len(Y), dtype=int)]
    Y[7, 4] = 1
    return texts, Y


@pytest.mark.filterwarnings("ignore:Only one class is present")
def test_loss_is_watched_in_place_of_a_score_without_a_value(every, rare):
    every.set_params(early_stopping=True, scoring="roc_auc", max_epochs=4)
    expected = (
        r"'roc_auc' has no value \(nan\).*no positives of the labels \[4\].*monitors the loss"
    )
    with pytest.warns(UserWarning, match=expected):
        every.fit(*rare)
    assert every.best_validation_score_ == min(every.history_[:, "valid_loss"])
    assert np.isnan(every.history_[:, "valid_score"]).all()
    alone = type(every)(**every.get_params(deep=False)).set_params(scoring=None).fit(*rare)
    np.testing.assert_array_equal(every.predict_proba(rare[0]), alone.predict_proba(rare[0]))


def test_class_that_the_held_out_rows_lack_is_named(multiclass):
    texts, labels = multiclass
    held = [text for text, label in zip(texts, labels, strict=True) if label != "account"]
    known = labels[labels != "account"]
    clf = TfidfTorchClassifier(early_stopping=True, scoring=lambda model, X, y: np.nan)
    with pytest.warns(UserWarning, match=r"no row of the classes \['account'\]"):
        clf.fit(texts, labels, X_val=held, y_val=known)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float32(np.nan), np.array(np.nan)])
def test_score_that_is_no_finite_number_is_given_up_at_once(value, multiclass):
    def scorer(model, X, y):
        return value

    clf = TfidfTorchClassifier(early_stopping=True, scoring=scorer, random_state=0)
    with pytest.warns(UserWarning, match=r"scoring=scorer has no value"):
        clf.fit(*multiclass)
    assert np.isfinite(clf.best_validation_score_)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "got a NoneType"),
        ("high", "got a str"),
        (np.array([0.1, 0.2]), r"got a ndarray of shape \(2,\)"),
        ([0.5], "got a list"),
        (1 + 2j, "got a complex"),
        ({"f1": 0.5}, "got a dict"),
    ],
)
def test_score_that_is_no_number_is_refused(value, message, multiclass):
    clf = TfidfTorchClassifier(early_stopping=True, scoring=lambda model, X, y: value)
    with pytest.raises(TypeError, match=f"must return one number; {message}"):
        clf.fit(*multiclass)


@pytest.mark.parametrize("value", [0.5, 1, True, np.float32(0.5), np.array(0.5), torch.tensor(0.5)])
def test_any_one_number_is_a_score(value, multiclass):
    clf = TfidfTorchClassifier(early_stopping=True, scoring=lambda model, X, y: value)
    assert clf.fit(*multiclass).best_validation_score_ == float(value)


def sometimes(every_nth):
    scores = iter(range(1, 100))

    def scorer(model, X, y):
        number = next(scores)
        return np.nan if number % every_nth == 0 else number / 100

    return scorer


def test_epoch_without_a_value_is_no_improvement(multiclass):
    clf = TfidfTorchClassifier(
        optimizer="adagrad", early_stopping=True, scoring=sometimes(3), max_epochs=9, random_state=0
    )
    with pytest.warns(UserWarning, match=r"had no value .* in 3 of 9 epochs") as caught:
        clf.fit(*multiclass)
    assert len(caught) == 1
    assert clf.best_validation_score_ == 0.08
    stops = clf.set_params(scoring=sometimes(2), n_iter_no_change=1)
    with pytest.warns(UserWarning, match=r"in 1 of 2 epochs"):
        stops.fit(*multiclass)
    assert stops.best_validation_score_ == 0.01


@pytest.mark.parametrize(
    "schedule", ["plateau", PLATEAU, functools.partial(PLATEAU, patience=2)], ids=str
)
def test_plateau_follows_what_is_watched(schedule, multiclass):
    def rates_of(**params):
        clf = TfidfTorchClassifier(
            optimizer="sgd",
            lr=1e-6,  # so small that the loss stays
            lr_schedule=schedule,
            early_stopping=True,
            n_iter_no_change=12,
            max_epochs=12,
            random_state=0,
            **params,
        )
        clf.fit(*multiclass)
        return clf.history_[:, "event_lr"]

    by_loss = rates_of()
    with pytest.warns(UserWarning, match="has no value"):
        fallen_back = rates_of(scoring=lambda model, X, y: np.nan)
    assert fallen_back == by_loss
    assert len(set(by_loss)) > 1


def test_loss_of_the_held_out_rows_that_is_no_number_is_an_error(numbers):
    X, y = numbers
    huge = np.full((20, X.shape[1]), 3e38)
    clf = TorchClassifier(hidden_layer_sizes=(64,), early_stopping=True, random_state=0)
    with pytest.raises(
        ValueError, match=r"The loss of the validation rows became (nan|inf) in epoch"
    ):
        clf.fit(X, y, X_val=huge, y_val=np.arange(20) % 2)


@pytest.fixture
def numbers(rng):
    X = rng.normal(size=(200, 5))
    return X, (X[:, 0] > 0).astype(int)


def test_average_of_no_label_has_no_value_either(rare):
    texts, Y = rare
    scorer = make_scorer(
        lambda y, p: average_precision_score(y, p, average=None)[4] if y[:, 4].any() else np.nan,
        response_method="predict_proba",
    )
    clf = TfidfTorchClassifier(early_stopping=True, scoring=scorer, random_state=0)
    with pytest.warns(UserWarning, match="monitors the loss"):
        clf.fit(texts, Y)
    assert clf.best_validation_score_ == min(clf.history_[:, "valid_loss"])


def test_score_that_refuses_rows_without_a_class_has_no_value(multiclass):
    texts, labels = multiclass
    some = np.flatnonzero(labels != labels[-1])[:30]
    clf = TfidfTorchClassifier(early_stopping=True, scoring="roc_auc_ovr", max_epochs=4)
    with pytest.warns(UserWarning, match="has no value .* which have no row of the classes"):
        clf.fit(texts, labels, X_val=[texts[i] for i in some], y_val=labels[some])
    assert np.isfinite(clf.best_validation_score_)
