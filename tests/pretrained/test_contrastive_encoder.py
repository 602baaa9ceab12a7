"""An encoder that learns the classes of a few texts by contrast."""

import copy
import os
import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from transformers import AutoModel, AutoTokenizer

from sktext import TfidfTorchClassifier, TransformerClassifier
from sktext.features import ContrastiveEncoder, SentenceEncoder, fit_transform
from sktext.features._class_batches import Deck, class_batches
from sktext.features._contrast_loss import contrast_loss, label_similarity
from sktext.model_selection import LossSearchCV

MONEY = ["my refund is late", "a refund not a parcel", "the payment", "invoice the refund"]
PARCEL = ["my parcel is late", "a parcel not the payment", "the parcel", "parcel the late"]
TEXTS = MONEY + PARCEL
LABELS = ["money"] * 4 + ["parcel"] * 4
TOPICS = np.repeat([[1, 0, 1], [0, 1, 1]], 4, axis=0)


@pytest.fixture
def encoder(tiny_encoder):
    return ContrastiveEncoder(tiny_encoder(), n_steps=4, lr=0.01, device="cpu", random_state=0)


def units(rng, n, size=5):
    vectors = rng.normal(size=(n, size))
    return torch.from_numpy(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


# -- the loss -------------------------------------------------------------------------


def by_hand(vectors, target, temperature):
    """Equation 2 of Khosla et al., text by text."""
    vectors, losses = vectors.numpy(), []
    for i, own in enumerate(target):
        others = [j for j in range(len(target)) if j != i]
        like = [j for j in others if target[j] == own]
        exps = {j: np.exp(vectors[i] @ vectors[j] / temperature) for j in others}
        if like:
            losses.append(-np.mean([np.log(exps[j] / sum(exps.values())) for j in like]))
    return np.mean(losses)


@pytest.mark.parametrize("target", [[0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2]])
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_loss_is_that_of_the_paper(target, temperature, rng):
    vectors, target = units(rng, 6), torch.tensor(target)
    loss = contrast_loss(vectors, label_similarity(target), torch.ones(6), temperature)
    np.testing.assert_allclose(loss, by_hand(vectors, target.tolist(), temperature), rtol=1e-6)


def test_a_text_of_weight_two_counts_as_two_among_the_others(rng):
    vectors, target = units(rng, 5), torch.tensor([0, 0, 0, 1, 1])
    copied = torch.tensor([0, 1, 1, 2, 3, 4])
    weight = torch.tensor([1.0, 2.0, 1.0, 1.0, 1.0])

    def of_first(vectors, target, weight):
        vectors = vectors.clone().requires_grad_()
        only = torch.zeros(len(target), len(target))
        only[0] = label_similarity(target)[0]
        return contrast_loss(vectors, only, weight, 0.5)

    expected = of_first(vectors[copied], target[copied], torch.ones(6))
    torch.testing.assert_close(of_first(vectors, target, weight), expected)


def test_similarity_of_sets_of_labels_is_the_fraction_in_common():
    target = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0], [1, -1, 0]])
    expected = [
        [1, 1 / 2, 0, 0, 1],
        [1 / 2, 1, 0, 0, 1],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [1, 1, 0, 0, 1],
    ]
    torch.testing.assert_close(label_similarity(target), torch.tensor(expected))


def test_loss_of_a_batch_without_like_texts_is_zero_and_has_a_gradient(rng):
    vectors = units(rng, 3).requires_grad_()
    loss = contrast_loss(vectors, label_similarity(torch.arange(3)), torch.ones(3), 0.1)
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(vectors.grad).all()


# -- the batches ----------------------------------------------------------------------


def test_each_is_drawn_once_before_any_is_drawn_again(rng):
    deck = Deck(range(7), rng)
    drawn = [number for _ in range(7) for number in deck.draw(3)]
    assert Counter(drawn) == dict.fromkeys(range(7), 3)
    assert all(len(set(drawn[i : i + 3])) == 3 for i in range(0, 21, 3))


def test_batches_have_equally_many_texts_of_unequal_classes(rng):
    target = np.repeat([0, 1, 2], [50, 5, 3])
    for batch in class_batches(target, 20, 3, 16, rng):
        assert Counter(target[batch]) == {0: 3, 1: 3, 2: 3}
        assert len(set(batch)) == 9


def test_the_only_text_of_a_class_is_in_a_batch_twice(rng):
    target = np.array([0, 0, 0, 1])
    for batch in class_batches(target, 5, 2, 16, rng):
        assert Counter(batch)[3] == 2
        assert Counter(target[batch]) == {0: 2, 1: 2}


def test_of_many_classes_each_is_drawn_equally_often(rng):
    target = np.repeat(np.arange(30), 4)
    batches = list(class_batches(target, 30, 2, 4, rng))
    assert {len(batch) for batch in batches} == {8}
    assert set(Counter(target[np.concatenate(batches)]).values()) == {8}


def test_texts_without_a_label_are_a_class_of_their_own(rng):
    target = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [0, -1]])
    for batch in class_batches(target, 5, 2, 16, rng):
        assert set(batch) == set(range(5))


# -- fit and transform ----------------------------------------------------------------


def test_vectors_have_length_one_and_like_texts_are_nearer_than_before(encoder):
    before = SentenceEncoder(encoder.model, normalize=True).fit_transform(TEXTS)
    after = encoder.set_params(n_steps=60).fit_transform(TEXTS, LABELS)
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, rtol=1e-5)
    assert after.dtype == np.float32

    def gap(vectors):
        cosines, like = vectors @ vectors.T, np.equal.outer(LABELS, LABELS)
        return cosines[like].mean() - cosines[~like].mean()

    assert gap(after) > gap(before) + 0.5
    assert len(encoder.loss_curve_) == 60
    assert encoder.loss_curve_[-1] < encoder.loss_curve_[0]


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "modernbert"])
def test_every_family_learns(tiny_encoder, family):
    encoder = ContrastiveEncoder(tiny_encoder(family), n_steps=20, lr=0.01, random_state=0)
    vectors = encoder.fit_transform(TEXTS, LABELS)
    assert LogisticRegression(C=100).fit(vectors, LABELS).score(vectors, LABELS) == 1


def test_equal_seeds_give_equal_vectors_and_others_do_not(encoder):
    first = encoder.fit_transform(TEXTS, LABELS)
    again = clone(encoder).fit_transform(TEXTS, LABELS)
    other = clone(encoder).set_params(random_state=1).fit_transform(TEXTS, LABELS)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_fit_leaves_the_program_as_it_was(encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    variables, state = dict(os.environ), torch.get_rng_state()
    numbers = np.random.get_state()[1].copy()
    encoder.fit(TEXTS, LABELS)
    assert dict(os.environ) == variables
    assert torch.equal(torch.get_rng_state(), state)
    np.testing.assert_array_equal(np.random.get_state()[1], numbers)
    assert list(tmp_path.iterdir()) == []
    assert torch.is_grad_enabled()


def test_the_tuned_encoder_needs_no_gradients(encoder):
    encoder.fit(TEXTS, LABELS)
    weights = list(encoder.encoder_.parameters())
    assert not any(weight.requires_grad for weight in weights)
    assert all(weight.grad is None for weight in weights)
    assert not encoder.encoder_.training


def test_embeddings_stay_and_layers_change(encoder):
    encoder.fit(TEXTS, LABELS)
    start = AutoModel.from_pretrained(encoder.model).state_dict()
    fixed = set(encoder.encoder_.encoder.below_blocks)
    changed = {
        f"model.{name}"
        for name, weight in encoder.encoder_.encoder.model.state_dict().items()
        if not torch.equal(weight, start[name])
    }
    assert changed
    assert not changed & fixed


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_fit_works_where_gradients_are_off(mode, encoder):
    expected = clone(encoder).fit_transform(TEXTS, LABELS)
    with mode():
        found = encoder.fit_transform(TEXTS, LABELS)
    np.testing.assert_array_equal(found, expected)


def test_half_precision_within_an_autocast_of_the_caller_sees_each_step(encoder):
    encoder.set_params(dtype="bfloat16", n_steps=20)
    expected = clone(encoder).fit(TEXTS, LABELS).loss_curve_
    with torch.autocast("cpu", torch.bfloat16, enabled=False):
        found = encoder.fit(TEXTS, LABELS).loss_curve_
    assert found == expected


def test_text_alone_is_as_among_others(encoder):
    encoder.fit(TEXTS, LABELS)
    np.testing.assert_allclose(
        encoder.transform(TEXTS)[:1], encoder.transform(TEXTS[:1]), atol=1e-6
    )


# -- labels and weights ---------------------------------------------------------------


@pytest.mark.parametrize(
    "y",
    [
        np.array(LABELS),
        pd.Series(LABELS),
        np.repeat([0, 1], 4),
        np.repeat([True, False], 4),
        TOPICS,
        sparse.csr_matrix(TOPICS),
        [frozenset("ac")] * 4 + [frozenset("bc")] * 4,
        np.array([[1, 0, -1]] * 4 + [[0, 1, 1]] * 4),
        np.repeat([[1, 0], [0, 0]], 4, axis=0),
    ],
    ids=["array", "series", "int", "bool", "indicator", "sparse", "sets", "unobserved", "none"],
)
def test_labels_of_any_kind_are_learned(y, encoder):
    vectors = encoder.fit_transform(TEXTS, y)
    assert np.isfinite(vectors).all()
    assert np.isfinite(encoder.loss_curve_).all()


def test_a_class_with_a_single_text_is_learned(encoder):
    labels = ["money"] * 4 + ["parcel"] * 3 + ["rare"]
    vectors = encoder.set_params(n_steps=30).fit_transform(TEXTS, labels)
    assert LogisticRegression(C=100).fit(vectors, labels).score(vectors, labels) == 1


def test_texts_of_weight_zero_are_left_out(encoder):
    weight = np.ones(8)
    weight[-1] = 0
    vectors = clone(encoder).fit(TEXTS, LABELS, sample_weight=weight).transform(TEXTS)
    without = clone(encoder).fit(TEXTS[:-1], LABELS[:-1]).transform(TEXTS)
    np.testing.assert_allclose(vectors, without, atol=1e-6)


def test_weights_change_what_is_learned_and_their_scale_does_not(encoder):
    weight = np.arange(1.0, 9.0)
    none, some, larger = (
        clone(encoder).fit(TEXTS, LABELS, sample_weight=w).transform(TEXTS)
        for w in (None, weight, 8 * weight)
    )
    assert np.abs(none - some).max() > 1e-3
    np.testing.assert_allclose(some, larger, atol=1e-6)


@pytest.mark.parametrize(
    ("params", "y", "weight", "message"),
    [
        ({}, ["a"] * 8, None, "two classes|one class"),
        ({}, LABELS, [1] * 4 + [0] * 4, "y must have at least two classes"),
        ({}, np.ones((8, 2), int), None, "y must have at least two classes"),
        ({}, LABELS[:-1], None, "inconsistent numbers of samples"),
        ({}, LABELS, [1.0], "inconsistent numbers of samples"),
        ({"texts_per_class": 1}, LABELS, None, "'texts_per_class' parameter"),
        ({"temperature": 0.0}, LABELS, None, "'temperature' parameter"),
        ({"n_steps": True}, LABELS, None, "'n_steps' parameter"),
        ({"lr": 1e30}, LABELS, None, "training diverged. Lower lr"),
    ],
)
def test_what_cannot_be_learned_is_said(params, y, weight, message, encoder):
    encoder.set_params(**params)
    with pytest.raises(ValueError, match=message):
        encoder.fit(TEXTS, y, sample_weight=weight)


def test_empty_texts_of_a_model_without_special_tokens_are_left_out(tiny_encoder):
    encoder = ContrastiveEncoder(tiny_encoder("gpt2"), n_steps=4, random_state=0)
    vectors = encoder.fit_transform([*TEXTS, ""], [*LABELS, "money"])
    assert np.isfinite(vectors).all()


# -- beside others --------------------------------------------------------------------


def test_pipeline_with_classifiers_of_scikit_learn(encoder):
    encoder.set_params(n_steps=15)
    model = make_pipeline(encoder, LogisticRegression(C=100))
    assert model.fit(TEXTS, LABELS).score(TEXTS, LABELS) == 1
    assert cross_val_score(model, TEXTS, LABELS, cv=2).shape == (2,)
    several = make_pipeline(encoder, MultiOutputClassifier(LogisticRegression(C=100)))
    assert several.fit(TEXTS, TOPICS[:, :2]).score(TEXTS, TOPICS[:, :2]) == 1


@pytest.mark.parametrize("sampler", [None, "over"])
def test_it_is_a_vectorizer_of_a_classifier(sampler, encoder):
    clf = TfidfTorchClassifier(encoder.set_params(n_steps=15), sampler=sampler, random_state=0)
    assert clf.fit(TEXTS, LABELS).score(TEXTS, LABELS) == 1
    assert "encoder_" not in vars(encoder)


def test_it_is_a_vectorizer_before_smote(encoder):
    smote = pytest.importorskip("imblearn.over_sampling").SMOTE(k_neighbors=1, random_state=0)
    texts, labels = TEXTS[:7], LABELS[:7]
    clf = TfidfTorchClassifier(encoder, sampler=smote, random_state=0).fit(texts, labels)
    assert clf.class_counts_.tolist() == [4, 4]


def test_classifiers_pass_weights_on(encoder):
    weight = np.arange(1.0, 9.0)
    clf = TfidfTorchClassifier(encoder, random_state=0).fit(TEXTS, LABELS, sample_weight=weight)
    expected = clone(encoder).fit(TEXTS, LABELS, sample_weight=weight).transform(TEXTS)
    np.testing.assert_allclose(clf.vectorizer_.transform(TEXTS), expected, atol=1e-6)


def test_weights_pass_a_cache_of_features(encoder, tmp_path):
    weight, target = np.arange(1.0, 9.0), np.repeat([0, 1], 4)
    fitted, features = fit_transform(encoder, TEXTS, target, str(tmp_path), weight)
    _, again = fit_transform(clone(encoder), TEXTS, target, str(tmp_path), weight)
    _, others = fit_transform(clone(encoder), TEXTS, target, str(tmp_path))
    np.testing.assert_array_equal(features, again)
    assert np.abs(features - others).max() > 1e-3
    assert fitted is not encoder or hasattr(fitted, "encoder_")


def test_search_over_losses_tunes_once_per_fold(encoder, monkeypatch):
    fits, fit = [], ContrastiveEncoder.fit
    monkeypatch.setattr(
        ContrastiveEncoder, "fit", lambda *args, **kwargs: fits.append(1) or fit(*args, **kwargs)
    )
    clf = TfidfTorchClassifier(encoder, random_state=0)
    search = LossSearchCV(clf, {"loss": ["cross_entropy", "focal", "hinge"]}, cv=2)
    search.fit(TEXTS, LABELS)
    assert len(fits) == 3  # two folds and all texts
    assert search.predict(TEXTS).shape == (8,)


def test_tuned_model_goes_on_in_a_transformer_classifier(encoder):
    encoder.set_params(n_steps=15).fit(TEXTS, LABELS)
    weights = copy.deepcopy(encoder.model_[0].state_dict())
    clf = TransformerClassifier(encoder.model_, max_epochs=1, lr=1e-9, random_state=0)
    clf.fit(TEXTS, LABELS)
    for name, weight in clf.net_.module_.encoder.model.state_dict().items():
        torch.testing.assert_close(weight, weights[name], atol=1e-5, rtol=1e-5)
    assert torch.equal(encoder.model_[0].state_dict()[name], weights[name])


# -- objects, copies and files --------------------------------------------------------


def given_objects(folder):
    return AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def test_objects_are_not_written_to(tiny_encoder):
    model, tokenizer = given_objects(tiny_encoder())
    before = copy.deepcopy(model.state_dict())
    encoder = ContrastiveEncoder((model, tokenizer), n_steps=4, lr=0.01, random_state=0)
    encoder.fit(TEXTS, LABELS)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert all(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize("given", ["folder", "objects"])
@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda encoder: pickle.loads(pickle.dumps(encoder))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_compute_the_same(given, copied, encoder):
    if given == "objects":
        encoder.set_params(model=given_objects(encoder.model))
    vectors = encoder.fit_transform(TEXTS, LABELS)
    np.testing.assert_array_equal(copied(encoder).transform(TEXTS), vectors)


def test_files_hold_weights_once(encoder):
    size = len(pickle.dumps(encoder.fit(TEXTS, LABELS)))
    encoder.set_params(model=given_objects(encoder.model)).fit(TEXTS, LABELS)
    assert len(pickle.dumps(encoder)) < 1.1 * size
    assert clone(encoder).fit(TEXTS, LABELS).transform(TEXTS).shape == (8, 16)
    assert copy.deepcopy(encoder).fit(TEXTS, LABELS).transform(TEXTS).shape == (8, 16)
