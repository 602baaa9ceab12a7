"""Weights: what they mean, how they combine, what they do to probabilities."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._labels import Labels, read_labels
from sktext._training._rows import Rows
from sktext._training._weights import weigh_rows
from sktext.exceptions import DoubleCorrectionWarning
from sktext.losses import LOSSES

SAMPLE_LOSSES = [name for name, Loss in LOSSES.items() if Loss()._level == "sample"]


@pytest.fixture
def numbers(rng):
    """Three overlapping classes, 60 / 30 / 10 percent."""
    y = np.repeat([0, 1, 2], [60, 30, 10])
    return rng.normal(size=(100, 4)) + y[:, None], y


def full_batch(**params):
    """A classifier whose fit is smooth in the data: one batch, double precision."""
    defaults = {
        "optimizer": "adagrad",
        "batch_size": 10_000,
        "dtype": "float64",
        "max_epochs": 15,
        "random_state": 0,
    }
    return TorchClassifier(**{**defaults, **params})


@pytest.mark.parametrize("loss", SAMPLE_LOSSES)
def test_weight_two_equals_two_copies(loss, numbers, rng):
    X, y = numbers
    if "multiclass" not in LOSSES[loss]().tasks:
        y = (y > 0).astype(int)
    if LOSSES[loss]().tasks == ("multilabel",):
        y = np.stack([y > 0, y == 0], axis=1).astype(int)
        y[0] = 1
    weight = rng.randint(0, 4, size=len(y)).astype(float)
    # At the best constant the first bias gradient is rounding, and its sign a matter of luck.
    weighted = full_batch(loss=loss, bias_init="zero").fit(X, y, sample_weight=weight)
    rows = np.repeat(np.arange(len(y)), weight.astype(int))
    copied = full_batch(loss=loss, bias_init="zero").fit(X[rows], y[rows])
    np.testing.assert_allclose(
        weighted.decision_function(X), copied.decision_function(X), rtol=1e-6, atol=1e-7
    )


def test_scale_of_the_weights_does_not_matter(numbers, rng):
    X, y = numbers
    weight = rng.uniform(size=len(y))
    small = full_batch().fit(X, y, sample_weight=weight).decision_function(X)
    large = full_batch().fit(X, y, sample_weight=1000 * weight).decision_function(X)
    np.testing.assert_allclose(small, large, atol=1e-9)


def test_weight_zero_row_leaves_no_trace_in_the_vocabulary():
    texts = ["good fine", "bad awful", "good nice", "bad poor", "secret"]
    labels = ["pos", "neg", "pos", "neg", "pos"]
    clf = TfidfTorchClassifier().fit(texts, labels, sample_weight=[1, 1, 1, 1, 0])
    assert "secret" not in clf.vectorizer_.vocabulary_
    without = TfidfTorchClassifier().fit(texts[:-1], labels[:-1])
    np.testing.assert_array_equal(clf.predict_proba(texts), without.predict_proba(texts))


def test_class_that_has_only_zero_weights_is_not_learned(numbers):
    X, y = numbers
    clf = TorchClassifier().fit(X, y, sample_weight=(y < 2).astype(float))
    assert clf.classes_.tolist() == [0, 1]


@pytest.mark.parametrize("class_weight", ["balanced", {0: 1.0, 1: 2.0, 2: 5.0}])
def test_class_weight_equals_the_sample_weight_of_scikit_learn(class_weight, numbers):
    X, y = numbers
    by_class = full_batch(class_weight=class_weight).fit(X, y)
    by_sample = full_batch().fit(X, y, sample_weight=compute_sample_weight(class_weight, y))
    np.testing.assert_allclose(
        by_class.decision_function(X), by_sample.decision_function(X), rtol=1e-7, atol=1e-9
    )


def test_class_and_sample_weights_multiply(numbers, rng):
    _, y = numbers
    labels, weight = Labels.learn(read_labels(y)), rng.uniform(1, 2, size=len(y))
    both = weigh_rows(labels, Rows(None, y, weight), {0: 1.0, 1: 2.0, 2: 5.0})
    expected = weight * np.array([1.0, 2.0, 5.0])[y]
    np.testing.assert_allclose(both, expected / expected.mean())


@pytest.mark.parametrize("scheme", ["balanced", "inverse", "effective"])
def test_scheme_weights_average_one_over_the_rows(scheme, numbers):
    _, y = numbers
    assert weigh_rows(
        Labels.learn(read_labels(y)), Rows(None, y, None), scheme
    ).mean() == pytest.approx(1)


def test_balanced_classes_have_equal_mass(numbers, rng):
    _, y = numbers
    weight = rng.uniform(1, 2, size=len(y))
    rows = weigh_rows(Labels.learn(read_labels(y)), Rows(None, y, weight), "balanced")
    np.testing.assert_allclose(np.bincount(y, rows), len(y) / 3)


def test_balanced_multilabel_weighs_each_label_as_one_versus_rest_does(rng):
    y = (rng.uniform(size=(50, 3)) < [0.5, 0.2, 0.1]).astype(int)
    weight = weigh_rows(Labels.learn(read_labels(y)), Rows(None, y, None), "balanced")
    assert weight.shape == y.shape
    for label in range(3):
        expected = compute_sample_weight("balanced", y[:, label])
        np.testing.assert_allclose(weight[:, label], expected)


def test_multilabel_dict_weighs_the_positives_of_a_label(rng):
    y = (rng.uniform(size=(50, 2)) < 0.3).astype(int)
    weight = weigh_rows(Labels.learn(read_labels(y)), Rows(None, y, None), {1: 4.0})
    assert len(np.unique(weight[:, 0])) == 1
    ratio = weight[y[:, 1] == 1, 1][0] / weight[y[:, 1] == 0, 1][0]
    assert ratio == pytest.approx(4)


def test_multilabel_class_weight_and_a_loss_without_label_values_say_so(multilabel):
    texts, y = multilabel
    with pytest.raises(ValueError, match="one value per label"):
        TfidfTorchClassifier(loss="zlpr", class_weight="balanced").fit(texts, y)
    TfidfTorchClassifier(loss="zlpr").fit(texts, y, sample_weight=np.ones(len(texts)))


def test_class_weights_act_in_small_batches(rng):
    # Dividing by the weights of each batch would cancel them at batch size one.
    X = rng.normal(size=(600, 3))
    y = (X[:, 0] + rng.normal(scale=1.5, size=600) > 2.6).astype(int)
    params = {"optimizer": "sgd", "lr": 0.05, "batch_size": 1, "max_epochs": 3, "random_state": 0}
    plain = TorchClassifier(**params).fit(X, y)
    balanced = TorchClassifier(class_weight="balanced", **params).fit(X, y)
    assert plain.predict(X)[y == 1].mean() < 0.3
    assert balanced.predict(X)[y == 1].mean() > 0.6


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_linear_model_is_the_logistic_regression_of_scikit_learn(class_weight, numbers, rng):
    X, y = numbers
    weight = rng.uniform(0.5, 2, size=len(y))
    C = 0.5
    theirs = LogisticRegression(C=C, class_weight=class_weight, tol=1e-10, max_iter=1000)
    theirs.fit(X, y, sample_weight=weight)
    total = weight if class_weight is None else weight * compute_sample_weight("balanced", y)
    if class_weight:  # ours are computed from weighted counts, theirs from counts
        counts = np.bincount(y, weight)
        total = weight * (counts.sum() / (3 * counts))[y]
        theirs = LogisticRegression(C=C, tol=1e-10, max_iter=1000).fit(X, y, sample_weight=total)
    ours = TorchClassifier(
        class_weight=class_weight,
        optimizer="lbfgs",
        weight_decay=1 / (C * total.sum()),
        max_epochs=100,
        dtype="float64",
    ).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-3)


CORRECTIONS = [
    {"class_weight": "balanced", "loss": "logit_adjustment"},
    {"class_weight": {0: 2}, "loss": "asl"},
    {"class_weight": "effective", "loss": "focal", "loss__alpha": 0.75},
    {"class_weight": "balanced", "loss": "bce", "loss__pos_weight": 3.0},
    {"class_weight": "balanced", "loss": "ldam"},
]


@pytest.mark.parametrize("params", CORRECTIONS, ids=lambda params: "-".join(params) or "defaults")
def test_two_corrections_of_one_imbalance_warn_once(params, numbers):
    X, y = numbers
    clf = TorchClassifier(max_epochs=1).set_params(**params)
    with pytest.warns(DoubleCorrectionWarning, match="class_weight=") as record:
        clf.fit(X, (y > 0).astype(int))
    assert len(record) == 1


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "margin_ce", "dice", "poly1"])
def test_one_correction_does_not_warn(loss, numbers):
    X, y = numbers
    TorchClassifier(loss=loss, class_weight="balanced", max_epochs=1).fit(X, y)


def test_start_loss_is_the_entropy_of_the_classes(numbers):
    X, y = numbers
    clf = TorchClassifier(optimizer="sgd", lr=1e-12, max_epochs=1).fit(X, y)
    share = np.bincount(y) / len(y)
    entropy = -(share * np.log(share)).sum()
    assert clf.history_[0, "train_loss"] == pytest.approx(entropy, rel=1e-6)


def test_balanced_weights_start_the_bias_at_zero(numbers):
    X, y = numbers
    clf = TorchClassifier(class_weight="balanced", optimizer="sgd", lr=1e-12, max_epochs=1)
    bias = clf.fit(X, y).net_.module_.head.bias
    torch.testing.assert_close(bias, torch.zeros(3), atol=1e-6, rtol=0)


def test_bias_init_zero_starts_at_equal_chances(numbers):
    X, y = numbers
    clf = TorchClassifier(bias_init="zero", optimizer="sgd", lr=1e-12, max_epochs=1).fit(X, y)
    assert clf.history_[0, "train_loss"] == pytest.approx(np.log(3), rel=1e-6)


def test_margin_loss_starts_at_zero_so_that_its_gate_is_open(binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(loss="margin_ce", optimizer="sgd", lr=1e-12, max_epochs=1)
    assert clf.fit(texts, labels).net_.module_.head.bias.item() == pytest.approx(0, abs=1e-9)
    with pytest.warns(UserWarning, match="bias_init='prior'"):
        clf.set_params(bias_init="prior").fit(texts, labels)
    assert clf.net_.module_.head.bias.item() > 1


@pytest.mark.parametrize("bias_init", ["auto", "prior", "zero"])
@pytest.mark.parametrize("class_weight", [None, "balanced", "effective", {"billing": 3.0}])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("optimizer", ["auto", "adagrad"])
def test_every_combination_of_weights_and_start_learns(
    bias_init, class_weight, weighted, optimizer, binary, rng
):
    texts, labels = binary
    weight = rng.uniform(0.5, 1.5, size=len(labels)) if weighted else None
    clf = TfidfTorchClassifier(
        bias_init=bias_init, class_weight=class_weight, optimizer=optimizer, random_state=0
    )
    clf.fit(texts, labels, sample_weight=weight)
    assert clf.score(texts, labels) > 0.95
    history = clf.history_[:, "train_loss"]
    assert len(history) == 1 or history[-1] < history[0]


@pytest.mark.parametrize("params", [{"loss": "ldam"}, {"class_weight": "effective"}])
def test_scale_of_the_weights_does_not_matter_where_samples_are_counted(params, numbers):
    X, y = numbers
    plain = full_batch(**params).fit(X, y)
    scaled = full_batch(**params).fit(X, y, sample_weight=np.full(len(y), 1 / len(y)))
    np.testing.assert_allclose(
        plain.decision_function(X), scaled.decision_function(X), rtol=1e-5, atol=1e-7
    )


THREE = np.repeat([0, 1, 2], [100, 60, 20])


@pytest.mark.parametrize(
    ("class_weight", "y", "forgotten"),
    [
        ({0: 1, 1: 2}, THREE, [2]),
        ({0: 1, 1: 2}, np.repeat([0, 1, 2], 60), None),  # one is right where all are average
        ({0: 0.2, 1: 0.5}, THREE, None),  # and so it is here
        ({1: 2, 2: 5}, THREE, None),  # the common class is what others are compared with
        ({0: 1, 1: 2, 2: 1}, THREE, None),
        ({2: 5}, THREE, None),
        ({0: 2}, THREE // 2, None),
        ("balanced", THREE, None),
    ],
)
def test_rare_class_that_was_forgotten_is_named(class_weight, y, forgotten, recwarn):
    X = np.random.RandomState(0).normal(size=(len(y), 3))
    TorchClassifier(class_weight=class_weight, max_epochs=1).fit(X, y)
    said = [str(w.message) for w in recwarn if "class_weight has no weight" in str(w.message)]
    assert len(said) == (forgotten is not None)
    assert all(f"no weight of {forgotten}" in message for message in said)


def test_forgotten_label_of_several_is_named_where_most_have_a_weight(multilabel, recwarn):
    texts, Y = multilabel
    rarest = Y.sum(axis=0).argmin()
    weights = {label: 2.0 for label in range(4) if label != rarest}
    TfidfTorchClassifier(class_weight=weights, max_epochs=1).fit(texts, Y)
    TfidfTorchClassifier(class_weight={int(rarest): 2.0}, max_epochs=1).fit(texts, Y)
    said = [str(w.message) for w in recwarn if "class_weight has no weight" in str(w.message)]
    assert len(said) == 1
