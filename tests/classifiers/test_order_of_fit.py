"""Nothing of the held-out part reaches what is learned."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._training._hold_out import hold_out_rows


@pytest.fixture
def marked():
    """Texts that each hold a word of their own."""
    texts = [f"{'good' if i % 2 else 'bad'} word{i}" for i in range(40)]
    return texts, np.arange(40) % 2


def test_held_out_texts_are_not_in_the_vocabulary(marked):
    texts, y = marked
    clf = TfidfTorchClassifier(early_stopping=True, validation_fraction=0.25, random_state=0)
    words = clf.fit(texts, y).vectorizer_.get_feature_names_out()
    assert sum(word.startswith("word") for word in words) == 30


def test_given_validation_texts_are_not_in_the_vocabulary(marked):
    texts, y = marked
    clf = TfidfTorchClassifier().fit(texts, y, X_val=["good secret"], y_val=[1])
    assert "secret" not in clf.vectorizer_.vocabulary_


def test_document_frequencies_are_those_of_the_training_part(marked):
    texts, y = marked
    clf = TfidfTorchClassifier(early_stopping=True, random_state=0).fit(texts, y)
    rows, _ = hold_out_rows(
        y, 0.1, np.random.RandomState(np.random.RandomState(0).randint(2**31 - 1))
    )
    alone = TfidfTorchClassifier().fit([texts[row] for row in rows], y[rows])
    np.testing.assert_array_equal(clf.vectorizer_.idf_, alone.vectorizer_.idf_)


def test_class_counts_are_those_of_the_training_part(marked):
    texts, y = marked
    clf = TfidfTorchClassifier(early_stopping=True, validation_fraction=0.25).fit(texts, y)
    assert clf.class_counts_.sum() == 30


def test_held_out_rows_are_never_resampled(rng):
    X = rng.normal(size=(200, 3))
    y = (np.arange(200) < 20).astype(int)
    seen = []

    def scorer(model, X, y):
        seen.append(y)
        return 0.0

    TorchClassifier(
        sampler=RandomOverSampler(), early_stopping=True, scoring=scorer, max_epochs=1
    ).fit(X, y)
    assert np.bincount(seen[0]).tolist() == [18, 2]


def test_early_stopping_is_not_fooled_by_noise_and_a_sampler(rng):
    best = []
    for seed in range(8):
        X = rng.normal(size=(400, 30))
        y = (rng.uniform(size=400) < 0.15).astype(int)
        clf = TorchClassifier(
            hidden_layer_sizes=(64,),
            sampler=RandomOverSampler(),
            early_stopping=True,
            validation_fraction=0.3,
            scoring="balanced_accuracy",
            max_epochs=5,
            random_state=seed,
        ).fit(X, y)
        best.append(clf.history_[-1, "valid_score"])
    assert np.mean(best) == pytest.approx(0.5, abs=0.06)


def test_the_usual_way_is_fooled(rng):
    """What the package avoids: over-sample first, then split."""
    X = rng.normal(size=(400, 30))
    y = (rng.uniform(size=400) < 0.15).astype(int)
    X, y = RandomOverSampler(random_state=0).fit_resample(X, y)
    train, test, y_train, y_test = train_test_split(X, y, random_state=0)
    clf = TorchClassifier(hidden_layer_sizes=(64,), max_epochs=30, random_state=0)
    clf.fit(train, y_train)
    assert balanced_accuracy_score(y_test, clf.predict(test)) > 0.85


def test_hold_out_keeps_class_shares():
    y = np.repeat([0, 1, 2], [600, 300, 100])
    rows, held = hold_out_rows(y, 0.2, np.random.RandomState(0))
    assert np.bincount(y[held]).tolist() == [120, 60, 20]
    assert sorted([*rows, *held]) == list(range(1000))


def test_hold_out_leaves_every_label_in_training(rng):
    y = (rng.uniform(size=(60, 12)) < 0.03).astype(int)
    rows, held = hold_out_rows(y, 0.3, rng)
    present = y.sum(axis=0) > 0
    assert (y[rows].sum(axis=0)[present] > 0).all()
    assert len(held) > 0
