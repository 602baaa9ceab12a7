"""Samplers of imbalanced-learn inside fit, with weights."""

import numpy as np
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import (
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NeighbourhoodCleaningRule,
    RandomUnderSampler,
    TomekLinks,
)
from sklearn.model_selection import GridSearchCV

from sktext import TfidfTorchClassifier
from sktext._training._resample import resample
from sktext._training._rows import Rows


def draw(sampler, y, weight=None, *, reweight=False):
    """Resample row numbers, to see which rows are picked."""
    X = np.arange(len(y), dtype=float)[:, None]
    classes = np.unique(y)
    return resample(sampler, Rows(X, y, weight), classes=classes, reweight=reweight, seed=0)[0]


@pytest.mark.parametrize(
    "sampler",
    [RandomOverSampler(), RandomUnderSampler(), TomekLinks(), SMOTE(), BorderlineSMOTE(), ADASYN()],
    ids=lambda sampler: type(sampler).__name__,
)
def test_samplers_work_on_texts(sampler, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(sampler=sampler, random_state=0).fit(texts, labels)
    assert clf.score(texts, labels) > 0.85
    assert not hasattr(sampler, "sampling_strategy_")


def test_weights_follow_their_rows():
    y = np.repeat([0, 1], [30, 6])
    weight = np.arange(36.0) + 1
    part = draw(RandomOverSampler(), y, weight)
    np.testing.assert_array_equal(part.weight, part.X[:, 0] + 1)
    assert np.bincount(part.target).tolist() == [30, 30]


@pytest.mark.parametrize("sampler", [RandomOverSampler(), RandomUnderSampler()])
@pytest.mark.parametrize("weighted", [False, True])
def test_reweighted_rows_have_the_original_class_shares(sampler, weighted, rng):
    y = np.repeat([0, 1, 2], [60, 30, 10])
    weight = rng.uniform(0.5, 2, size=100) if weighted else None
    part = draw(sampler, y, weight, reweight=True)
    np.testing.assert_allclose(np.bincount(part.target, part.weight), np.bincount(y, weight))


def test_reweighting_has_the_weights_of_the_article():
    y = np.repeat([0, 1], [4827, 747])
    down = draw(RandomUnderSampler(), y, reweight=True)
    np.testing.assert_allclose(
        [down.weight[down.target == 0][0], down.weight[down.target == 1][0]], [6.461847, 1.0], 1e-6
    )
    up = draw(RandomOverSampler(), y, reweight=True)
    np.testing.assert_allclose(
        [up.weight[up.target == 0][0], up.weight[up.target == 1][0]], [1.0, 0.154755], 1e-5
    )


def test_weights_with_a_sampler_that_makes_rows_are_refused():
    y = np.repeat([0, 1], [30, 10])
    with pytest.raises(ValueError, match=r"makes new rows.*picks rows"):
        draw(SMOTE(), y, np.ones(40))


def test_sampler_that_wipes_out_a_class_is_an_error():
    class Eraser(RandomUnderSampler):
        def fit_resample(self, X, y):
            return X[y == 0], y[y == 0]

    with pytest.raises(ValueError, match=r"left no row of the classes \[1\]"):
        draw(Eraser(), np.repeat([0, 1], [30, 10]))


@pytest.mark.parametrize("sampler", ["over", "under", RandomOverSampler(), RandomUnderSampler()])
@pytest.mark.parametrize("reweight", [False, True])
def test_multilabel_rows_are_picked_with_their_weights(sampler, reweight, multilabel):
    texts, y = multilabel
    clf = TfidfTorchClassifier(sampler=sampler, reweight=reweight, random_state=0)
    clf.fit(texts, y, sample_weight=np.linspace(0.5, 1.5, len(texts)))
    assert clf.class_counts_.min() > 0
    assert clf.predict(texts).shape == y.shape


def test_multilabel_oversampling_with_reweight_keeps_the_label_counts(multilabel):
    texts, y = multilabel
    weight = np.linspace(0.5, 1.5, len(texts))
    for sampler in ("over", RandomOverSampler()):
        clf = TfidfTorchClassifier(sampler=sampler, reweight=True, random_state=0)
        np.testing.assert_allclose(clf.fit(texts, y, weight).class_counts_, weight @ y)


def test_rows_made_for_sets_of_labels_are_refused(multilabel):
    texts, y = multilabel
    with pytest.raises(ValueError, match=r"makes new rows.*multilabel.*picks rows"):
        TfidfTorchClassifier(sampler=SMOTE()).fit(texts, y)


def test_distances_between_texts_or_token_ids_are_refused():
    part = Rows([[3, 1], [7], [2, 2, 4]], np.array([0, 0, 1]), None)
    for sampler in (SMOTE(), TomekLinks()):
        with pytest.raises(ValueError, match=r"needs rows of numbers.*RandomOverSampler"):
            resample(sampler, part, classes=np.array([0, 1]), reweight=False, seed=0)
    how = {"classes": np.array([0, 1]), "reweight": False, "seed": 0}
    new, rows = resample(RandomOverSampler(), part, **how)
    assert rows.tolist() == [0, 1, 2, 2]
    assert new.X == [[3, 1], [7], [2, 2, 4], [2, 2, 4]]


def test_sampling_strategy_names_the_users_labels(multiclass):
    texts, labels = multiclass
    names, counts = np.unique(labels, return_counts=True)
    wanted = {names[1]: int(counts[1]) + 7}
    strategies = [wanted, lambda y: {names[1]: int((y == names[1]).sum()) + 7}]
    for strategy in strategies:
        clf = TfidfTorchClassifier(sampler=RandomOverSampler(sampling_strategy=strategy))
        assert clf.fit(texts, labels).class_counts_[1] == counts[1] + 7
    nested = SMOTEENN(smote=SMOTE(sampling_strategy=wanted), enn=EditedNearestNeighbours())
    with pytest.raises(ValueError, match="sampling_strategy names the class 'other'"):
        TfidfTorchClassifier(sampler=nested.set_params(smote__sampling_strategy={"other": 9})).fit(
            texts, labels
        )


@pytest.mark.parametrize("sampler", [NeighbourhoodCleaningRule(), InstanceHardnessThreshold()])
def test_samplers_that_know_numbers_only_work_on_string_labels(sampler, binary):
    assert TfidfTorchClassifier(sampler=sampler, random_state=0).fit(*binary).score(*binary) > 0.5


def test_random_state_of_the_classifier_reaches_the_sampler(multiclass):
    texts, labels = multiclass
    params = {"sampler": RandomUnderSampler(), "max_epochs": 2}
    first = TfidfTorchClassifier(random_state=0, **params).fit(texts, labels)
    again = TfidfTorchClassifier(random_state=0, **params).fit(texts, labels)
    other = TfidfTorchClassifier(random_state=1, **params).fit(texts, labels)
    np.testing.assert_array_equal(first.predict_proba(texts), again.predict_proba(texts))
    assert not np.allclose(first.predict_proba(texts), other.predict_proba(texts))


def test_sampler_and_reweight_are_searched(multiclass):
    texts, labels = multiclass
    grid = {"sampler": [None, RandomOverSampler(), SMOTE()], "reweight": [False, True]}
    search = GridSearchCV(TfidfTorchClassifier(max_epochs=2, random_state=0), grid, cv=2)
    assert search.fit(texts, labels).best_score_ > 0.8
