"""Samplers of imbalanced-learn inside fit, with weights."""

import numpy as np
import pytest
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
from sklearn.model_selection import GridSearchCV

from sktext import TfidfTorchClassifier
from sktext.classifiers._parts import Part
from sktext.sampling import resample


def draw(sampler, y, weight=None, *, reweight=False):
    """Resample row numbers, to see which rows are picked."""
    X = np.arange(len(y), dtype=float)[:, None]
    classes = np.unique(y)
    return resample(sampler, Part(X, y, weight), classes=classes, reweight=reweight, seed=0)


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


def test_multilabel_targets_are_refused_with_what_to_do(multilabel):
    texts, y = multilabel
    with pytest.raises(ValueError, match=r"one label per sample.*sampler=None"):
        TfidfTorchClassifier(sampler=RandomOverSampler()).fit(texts, y)


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
