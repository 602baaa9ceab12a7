"""random_state decides everything; threads and torch's generators decide nothing."""

import joblib
import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

from sktext import TfidfTorchClassifier, TorchClassifier

CONFIGURATIONS = [
    {},
    {"optimizer": "adagrad"},
    {"loss": "margin_ce"},
    {"hidden_layer_sizes": (16,), "dropout": 0.3},
    {"optimizer": "adamw", "early_stopping": True},
]


@pytest.mark.parametrize(
    "params", CONFIGURATIONS, ids=lambda params: "-".join(params) or "defaults"
)
def test_same_seed_same_model_whatever_torchs_generator(params, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=3, **params)
    torch.manual_seed(1)
    first = clf.fit(texts, labels).predict_proba(texts)
    torch.manual_seed(2)
    second = clf.fit(texts, labels).predict_proba(texts)
    np.testing.assert_array_equal(first, second)


def test_other_seed_other_model(multiclass):
    texts, labels = multiclass
    params = {"hidden_layer_sizes": (16,)}
    first = TfidfTorchClassifier(random_state=0, **params).fit(texts, labels)
    second = TfidfTorchClassifier(random_state=1, **params).fit(texts, labels)
    assert not np.allclose(first.predict_proba(texts), second.predict_proba(texts))


def test_random_state_instance_goes_on(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(hidden_layer_sizes=(16,), random_state=np.random.RandomState(0))
    first = clf.fit(texts, labels).predict_proba(texts)
    assert not np.allclose(first, clf.fit(texts, labels).predict_proba(texts))


@pytest.mark.parametrize(
    "params", CONFIGURATIONS, ids=lambda params: "-".join(params) or "defaults"
)
def test_generators_of_torch_and_numpy_are_left_as_found(params, multiclass):
    texts, labels = multiclass
    before_torch, before_numpy = torch.get_rng_state(), np.random.get_state()[1]
    TfidfTorchClassifier(random_state=0, **params).fit(texts, labels).predict(texts)
    assert torch.equal(torch.get_rng_state(), before_torch)
    np.testing.assert_array_equal(np.random.get_state()[1], before_numpy)


@pytest.fixture(scope="module")
def many_features():
    """Rows large enough that torch splits its sums over threads."""
    rng, vocabulary = np.random.RandomState(0), np.array([f"w{i}" for i in range(9000)])
    texts = [" ".join(vocabulary[rng.zipf(1.2, size=40) % 9000]) for _ in range(3000)]
    X = TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts)
    assert X.shape[1] > 40_000
    return X


@pytest.mark.parametrize(
    "params", CONFIGURATIONS, ids=lambda params: "-".join(params) or "defaults"
)
@pytest.mark.parametrize("n_columns", [1, 3])
def test_number_of_threads_does_not_matter(params, n_columns, many_features, rng):
    X, y = many_features, rng.randint(n_columns + 1, size=3000)
    threads = torch.get_num_threads()
    try:
        models = []
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            clf = TorchClassifier(random_state=0, max_epochs=2, **params).fit(X, y)
            models.append(clf.net_.module_.head.weight)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*models)


@pytest.mark.parametrize(("n_features", "n_classes"), [(2, 2), (60, 2), (20, 5)])
def test_many_rows_do_not_depend_on_threads_either(n_features, n_classes, rng):
    X, y = rng.normal(size=(80_000, n_features)), rng.randint(n_classes, size=80_000)
    threads = torch.get_num_threads()
    try:
        models = []
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            clf = TorchClassifier(random_state=0).fit(X, y)
            models.append(clf.net_.module_.head.bias)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*models)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_models_trained_side_by_side_do_not_disturb_each_other(backend, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(hidden_layer_sizes=(16,), dropout=0.3, random_state=0)
    expected = clf.fit(texts, labels).predict_proba(texts)
    with joblib.parallel_config(backend=backend, n_jobs=2):
        fitted = joblib.Parallel()(joblib.delayed(_fit)(clf, texts, labels) for _ in range(4))
    for proba in fitted:
        np.testing.assert_array_equal(proba, expected)


def _fit(clf, texts, labels):
    from sklearn.base import clone

    return clone(clf).fit(texts, labels).predict_proba(texts)
