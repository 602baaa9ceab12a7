"""Training that goes on, stops, or fails."""

import os
import signal
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.utils.class_weight import compute_sample_weight
from skorch.callbacks import Callback, EpochScoring

from sktext import TfidfTorchClassifier, TorchClassifier


@pytest.fixture
def numbers(rng):
    X = rng.normal(size=(200, 5))
    return X, (X[:, 0] + rng.normal(size=200) > 0.8).astype(int)


def test_warm_start_takes_a_new_loss(numbers):
    clf = TorchClassifier(warm_start=True, random_state=0).fit(*numbers)
    clf.set_params(loss="hinge").fit(*numbers)
    assert type(clf.loss_).__name__ == "HingeLoss"
    assert not hasattr(clf, "predict_proba")


@pytest.mark.parametrize(
    "changed", [{"hidden_layer_sizes": (4,)}, {"dtype": "float64"}, {"dropout": 0.5}]
)
def test_warm_start_refuses_another_network(changed, numbers):
    clf = TorchClassifier(warm_start=True, random_state=0).fit(*numbers)
    with pytest.raises(ValueError, match=f"{next(iter(changed))} changed since the first fit"):
        clf.set_params(**changed).fit(*numbers)


def test_fitted_classifier_predicts_whatever_its_parameters_say_now(numbers):
    X, y = numbers
    clf = TorchClassifier(loss="hinge", random_state=0).fit(X, y)
    before = clf.decision_function(X)
    clf.set_params(dtype="float64", loss="focal")
    np.testing.assert_array_equal(clf.decision_function(X), before)
    assert not hasattr(clf, "predict_proba")


def test_partial_fit_after_a_schedule_learns_at_full_step(numbers):
    X, y = numbers
    clf = TorchClassifier(optimizer="adam", lr_schedule="one_cycle", random_state=0).fit(X, y)
    before = clf.coef_.copy()
    for _ in range(20):
        clf.partial_fit(X, 1 - y)
    assert np.abs(clf.coef_ - before).max() > 0.1


def test_partial_fit_refuses_other_classes_later(numbers):
    X, y = numbers
    clf = TorchClassifier().partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"classes=\[0, 1, 2\] are not those of the first fit"):
        clf.partial_fit(X, y, classes=[0, 1, 2])


def test_failed_fit_leaves_an_unfitted_classifier(numbers):
    X, y = numbers
    clf = TorchClassifier(loss="zlpr")
    with pytest.raises(ValueError, match="zlpr"):
        clf.fit(X, y)
    with pytest.raises(NotFittedError):
        clf.predict(X)


@pytest.mark.parametrize("name", ["loss_", "history_", "coef_"])
def test_attribute_of_an_unfitted_classifier_says_so(name):
    with pytest.raises(NotFittedError):
        getattr(TorchClassifier(), name)


def test_divergence_is_an_error_with_what_helps(numbers):
    clf = TorchClassifier((5,), optimizer="sgd", lr=1e30)
    with pytest.raises(ValueError, match=r"loss became .* in epoch \d.*Lower lr"):
        clf.fit(*numbers)


def test_number_too_large_for_single_precision_is_refused(numbers):
    X, y = numbers
    with pytest.raises(ValueError, match=r"too large for dtype='float32'"):
        TorchClassifier().fit(X * 1e39, y)
    TorchClassifier(dtype="float64").fit(X * 1e39, y)


def test_interrupt_by_a_handler_of_the_user_is_no_success(numbers):
    class Interrupt(Callback):
        def on_batch_end(self, net, **kwargs):
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000):
                pass

    def handler(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handler)
    try:
        clf = TorchClassifier(optimizer="sgd", callbacks=[Interrupt()])
        with pytest.raises(KeyboardInterrupt):
            clf.fit(*numbers)
    finally:
        signal.signal(signal.SIGINT, before)
    assert clf.n_iter_ == len(clf.history_)


def test_callback_may_end_training_by_raising(numbers):
    class Stop(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    assert TorchClassifier(optimizer="sgd", callbacks=[Stop()]).fit(*numbers).n_iter_ == 1


@pytest.mark.parametrize("scoring", ["accuracy", "neg_log_loss"])
def test_training_rows_are_scored_by_callbacks(scoring, numbers):
    callback = EpochScoring(scoring, on_train=True, name="train_score")
    clf = TorchClassifier(optimizer="sgd", callbacks=[callback]).fit(*numbers)
    assert np.isfinite(clf.history_[:, "train_score"]).all()


def test_scorer_without_weights_scores_weighted_rows(numbers):
    X, y = numbers
    for scoring in (
        make_scorer(lambda true, predicted: (true == predicted).mean()),
        lambda model, X, y: accuracy_score(y, model.predict(X)),
    ):
        clf = TorchClassifier(early_stopping=True, scoring=scoring, random_state=0)
        clf.fit(X, y, sample_weight=np.linspace(1, 2, len(y)))
        assert clf.best_validation_score_ > 0.5


def test_scorer_is_given_the_held_out_texts(multiclass):
    texts, labels = multiclass
    seen = []

    def scorer(model, X, y):
        seen.extend(X)
        return accuracy_score(y, model.predict(X))

    TfidfTorchClassifier(early_stopping=True, scoring=scorer, random_state=0).fit(texts, labels)
    assert set(seen) < set(texts)

    def first_only(model, X, y):
        return accuracy_score(y[:1], model.predict(X[:1]))

    with pytest.raises(ValueError, match="must predict all 24 validation rows at once"):
        TfidfTorchClassifier(early_stopping=True, scoring=first_only).fit(texts, labels)


def test_scoring_of_probabilities_that_are_not_there_is_refused(multiclass):
    clf = TfidfTorchClassifier("words", loss="crammer_singer", early_stopping=True)
    with pytest.raises(ValueError, match="CrammerSingerLoss has none"):
        clf.set_params(scoring="neg_log_loss").fit(*multiclass)


def test_missing_probabilities_are_explained(multiclass):
    clf = TfidfTorchClassifier(loss="crammer_singer").fit(*multiclass)
    with pytest.raises(AttributeError) as error:
        clf.predict_proba(multiclass[0])
    assert "use decision_function" in str(error.value.__cause__)


def test_plateau_is_a_class_or_a_partial_too(numbers):
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau
    for schedule in (plateau, partial(plateau, patience=0, factor=0.5)):
        clf = TorchClassifier(optimizer="sgd", lr_schedule=schedule, random_state=0)
        assert clf.fit(*numbers).n_iter_ == 10


@pytest.mark.parametrize(
    "params",
    [{"optimizer__weight_decay": 1.0}, {"callbacks": []}, {"iterator_train__shuffle": True}],
)
def test_parameters_of_the_classifier_are_not_skorchs_to_set(params, numbers):
    with pytest.raises(ValueError, match="net_params must not have"):
        TorchClassifier(net_params=params).fit(*numbers)


def test_fit_inside_inference_mode(numbers):
    with torch.inference_mode():
        clf = TorchClassifier(random_state=0).fit(*numbers)
    np.testing.assert_array_equal(
        clf.predict(numbers[0]), TorchClassifier(random_state=0).fit(*numbers).predict(numbers[0])
    )


def test_coefficients_of_a_linear_model_are_there(numbers):
    X, y = numbers
    clf = TorchClassifier(random_state=0).fit(X, y)
    values = X @ clf.coef_.T + clf.intercept_
    np.testing.assert_allclose(values[:, 0], clf.decision_function(X), rtol=1e-4, atol=1e-5)
    assert not hasattr(TorchClassifier((3,)).fit(X, y), "coef_")


def test_class_that_a_split_lacks_may_have_a_weight(numbers):
    X, y = numbers
    TorchClassifier(class_weight={0: 1, 1: 2, 2: 3}).fit(X, y)
    with pytest.raises(ValueError, match=r"class_weight names \['1'\]"):
        TorchClassifier(class_weight={0: 1, "1": 2}).fit(X, y)


def test_held_out_rows_weigh_by_the_classes_of_training(numbers):
    X, y = numbers
    held = np.r_[np.flatnonzero(y)[:20], np.flatnonzero(y == 0)[:20]]
    clf = TorchClassifier(class_weight="balanced", weight_decay=1e-5, random_state=0)
    clf.fit(X, y, X_val=X[held], y_val=y[held])
    weight = compute_sample_weight("balanced", y)[held]
    right = clf.predict_proba(X[held])[np.arange(40), y[held]]
    expected = np.average(-np.log(right), weights=weight)
    assert clf.history_[-1, "valid_loss"] == pytest.approx(expected, rel=1e-4)


def test_parts_of_the_user_are_checked_by_themselves(multiclass):
    with pytest.raises(ValueError, match="'sublinear_tf' parameter"):
        TfidfTorchClassifier(TfidfVectorizer(sublinear_tf="no")).fit(*multiclass)


def test_several_classes_are_learned_by_every_margin_loss(rng):
    # Words that say nothing by themselves make all scores tie at the start.
    texts = [f"{'abcdef'[i % 6]}{i % 5} {'xyz'[i % 3]}" for i in range(600)]
    labels = np.arange(600) % 6
    for loss in ("crammer_singer", "multi_margin"):
        clf = TfidfTorchClassifier(loss=loss, random_state=0).set_params(
            vectorizer__token_pattern=r"\S+"
        )
        assert clf.fit(texts, labels).score(texts, labels) > 0.95
