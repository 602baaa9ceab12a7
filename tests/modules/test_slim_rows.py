"""Weights of columns that no text has are in no file and add nothing."""

import copy
import pickle

import numpy as np
import pytest
import torch
from scipy import sparse

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.modules import SparseLinear

MODELS = {
    "linear": TfidfTorchClassifier("hashing", optimizer="lbfgs", max_epochs=3, random_state=0),
    "batches": TfidfTorchClassifier("hashing", optimizer="adagrad", random_state=0),
    "hidden": TfidfTorchClassifier("hashing", (10,), max_epochs=2, random_state=0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_file_of_hashed_words_is_as_large_as_what_occurs(name):
    texts, labels = make_imbalanced_texts(120, random_state=0)
    clf = copy.deepcopy(MODELS[name]).fit(texts[:100], labels[:100])
    file = pickle.dumps(clf)
    assert len(file) < 200_000
    twin = pickle.loads(file)
    np.testing.assert_array_equal(twin.predict_proba(texts), clf.predict_proba(texts))
    names = [name for name, _ in clf.net_.module_.named_parameters()]
    assert [name for name, _ in twin.net_.module_.named_parameters()] == names
    twin.set_params(warm_start=True).fit(texts, labels)
    clf.set_params(warm_start=True).fit(texts, labels)
    np.testing.assert_array_equal(twin.predict_proba(texts), clf.predict_proba(texts))


def test_columns_that_no_row_has_add_nothing():
    rng = np.random.RandomState(0)
    X = sparse.csr_array(rng.uniform(size=(60, 50)) * (rng.uniform(size=(60, 50)) < 0.2))
    X = sparse.csr_array((X.data, X.indices, X.indptr), shape=(60, 1000))
    clf = TorchClassifier((5,), random_state=0).fit(X, rng.randint(2, size=60))
    unknown = sparse.csr_array((np.ones(3), ([0, 0, 0], [60, 70, 999])), shape=(1, 1000))
    none = sparse.csr_array((1, 1000))
    np.testing.assert_array_equal(clf.predict_proba(unknown), clf.predict_proba(none))
    clf.partial_fit(unknown, [1])
    assert clf.net_.module_.layers[0].weight[[60, 70, 999]].any()


def test_slim_layer_is_whole_again():
    layer = SparseLinear(100, 3)
    with torch.no_grad():
        layer.weight[5] = 1
    layer.weight.requires_grad_(False)
    for twin in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert torch.equal(twin.weight, layer.weight)
        assert not twin.weight.requires_grad
        assert list(dict(twin.named_parameters())) == ["weight", "bias"]
