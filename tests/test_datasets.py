"""The generator of imbalanced messages keeps its promises."""

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_predict

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.datasets._topics import SHARED, SLOTS, TOPICS


def test_same_seed_same_messages():
    first, second = (make_imbalanced_texts(50, random_state=1) for _ in range(2))
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    assert first[0] != make_imbalanced_texts(50, random_state=2)[0]


@pytest.mark.parametrize("imbalance", [1.0, 10.0, 100.0])
def test_imbalance_is_the_ratio_of_the_outer_classes(imbalance):
    _, labels = make_imbalanced_texts(20_000, n_classes=4, imbalance=imbalance, random_state=0)
    counts = Counter(labels.tolist())
    names = list(TOPICS)[:4]
    assert counts[names[0]] / counts[names[3]] == pytest.approx(imbalance, rel=0.25)
    if imbalance > 1:
        assert [name for name, _ in counts.most_common()] == names


def macro_f1(difficulty):
    texts, labels = make_imbalanced_texts(600, difficulty=difficulty, random_state=0)
    predicted = cross_val_predict(TfidfTorchClassifier(random_state=0), texts, labels, cv=3)
    return f1_score(labels, predicted, average="macro")


def test_difficulty_goes_from_trivial_to_noise():
    easy, middle, noise = macro_f1(0.0), macro_f1(0.5), macro_f1(1.0)
    assert easy > 0.99
    assert 0.5 < middle < 0.9
    assert noise < 0.4


def test_losses_differ_on_it():
    texts, labels = make_imbalanced_texts(1500, n_classes=4, imbalance=30, random_state=0)
    scores = []
    for loss in ("cross_entropy", "margin_ce", "logit_adjustment"):
        clf = TfidfTorchClassifier(loss=loss, random_state=0)
        predicted = cross_val_predict(clf, texts, labels, cv=3)
        scores.append(f1_score(labels, predicted, average="macro"))
    assert max(scores) - min(scores) > 0.02


def test_multilabel_rows_have_none_one_or_several_labels():
    texts, y = make_imbalanced_texts(2000, n_classes=5, multilabel=True, random_state=0)
    assert y.shape == (2000, 5)
    assert len(texts) == 2000
    assert {0, 1, 2} <= set(y.sum(axis=1))
    assert (np.diff(y.sum(axis=0)) < 0).all()


def test_every_phrase_can_be_filled():
    for phrase in [*SHARED, *(phrase for phrases in TOPICS.values() for phrase in phrases)]:
        filled = phrase.format(**{slot: words[0] for slot, words in SLOTS.items()})
        assert "{" not in filled


@pytest.mark.parametrize("params", [{"n_classes": 99}, {"difficulty": 2}, {"imbalance": 0.5}])
def test_parameters_out_of_range_are_refused(params):
    with pytest.raises(ValueError, match=next(iter(params))):
        make_imbalanced_texts(10, **params)
