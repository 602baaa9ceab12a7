"""Sparse rows stay sparse, in every container, from fit to predict."""

import pickle
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._training._batches import Batches
from sktext.modules import MLP, SparseLinear, SparseRows


@st.composite
def matrices(draw):
    """CSR matrices with empty rows and columns, explicit zeros and repeated entries."""
    n_rows, n_columns = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    n_values = draw(st.integers(0, 30))
    rows = draw(st.lists(st.integers(0, n_rows - 1), min_size=n_values, max_size=n_values))
    columns = draw(st.lists(st.integers(0, n_columns - 1), min_size=n_values, max_size=n_values))
    values = draw(st.lists(st.integers(-3, 3), min_size=n_values, max_size=n_values))
    return sparse.coo_array(
        (np.array(values, dtype=float), (rows, columns)), shape=(n_rows, n_columns)
    ).tocsr()


def dense(rows):
    return (
        sparse.csr_array(
            (rows.values.numpy(), rows.indices.numpy(), (rows.indptr - rows.indptr[0]).numpy()),
            shape=rows.shape,
        ).toarray()
        if int(rows.indptr[0]) == 0 and len(rows.values) == int(rows.indptr[-1])
        else (dense(rows.take(torch.arange(len(rows)))))
    )


@given(matrix=matrices(), data=st.data())
@settings(deadline=None, max_examples=60)
def test_taking_rows_is_what_scipy_does(matrix, data):
    rows = SparseRows.from_csr(matrix, torch.float64)
    picked = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=20))
    taken = rows.take(torch.tensor(picked))
    np.testing.assert_array_equal(dense(taken), matrix[picked].toarray())
    start = data.draw(st.integers(0, len(rows) - 1))
    stop = data.draw(st.integers(start + 1, len(rows)))
    np.testing.assert_array_equal(dense(rows.slice(start, stop)), matrix[start:stop].toarray())
    np.testing.assert_array_equal(
        dense(taken.slice(0, len(picked)).take(torch.tensor([0]))), matrix[picked[:1]].toarray()
    )


@given(matrix=matrices(), n_outputs=st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_sparse_and_dense_rows_give_the_same_output_and_gradient(matrix, n_outputs):
    layer = SparseLinear(matrix.shape[1], n_outputs).double()
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(-1, 1, layer.weight.numel()).reshape(layer.weight.shape))
    rows = SparseRows.from_csr(matrix, torch.float64)
    inputs = {
        "dense": torch.from_numpy(matrix.toarray()),
        "sparse": rows,
        "by columns": rows.with_transposed(),
    }
    results = {}
    for name, x in inputs.items():
        layer.zero_grad()
        out = layer(x)
        (out * torch.arange(1.0, out.numel() + 1).reshape(out.shape)).sum().backward()
        results[name] = out.detach(), layer.weight.grad.clone(), layer.bias.grad.clone()
    for name in ("sparse", "by columns"):
        for ours, expected in zip(results[name], results["dense"], strict=True):
            torch.testing.assert_close(ours, expected)


def test_dense_blocks_give_the_gradient_of_torch(rng):
    x = torch.from_numpy(rng.normal(size=(10_000, 3))).requires_grad_()
    layer = SparseLinear(3, 2).double()
    with torch.no_grad():
        layer.weight.normal_(generator=torch.Generator().manual_seed(0))
    layer(x).square().sum().backward()
    ours = x.grad.clone(), layer.weight.grad.clone(), layer.bias.grad.clone()
    x.grad = None
    layer.zero_grad()
    (x @ layer.weight + layer.bias).square().sum().backward()
    for mine, expected in zip(ours, (x.grad, layer.weight.grad, layer.bias.grad), strict=True):
        torch.testing.assert_close(mine, expected)


@given(matrix=matrices(), batch_size=st.integers(1, 15), shuffled=st.booleans())
@settings(deadline=None, max_examples=60)
def test_batches_hold_every_row_once_with_its_target_and_weight(matrix, batch_size, shuffled):
    n_rows = matrix.shape[0]
    numbers = torch.arange(n_rows, dtype=torch.float64)
    rng = np.random.RandomState(0) if shuffled else None
    batches = Batches(
        SparseRows.from_csr(matrix, torch.float64), numbers, numbers + 0.5, batch_size, rng
    )
    seen = []
    for inputs, target in batches:
        assert len(inputs) == len(target) <= batch_size
        np.testing.assert_array_equal(dense(inputs.x), matrix[target.long().numpy()].toarray())
        assert torch.equal(inputs.weight, target + 0.5)
        seen += target.long().tolist()
    assert sorted(seen) == list(range(n_rows))
    assert len(batches) == -(-n_rows // batch_size)


@pytest.fixture
def problem(rng):
    X = sparse.random_array((300, 400), density=0.05, random_state=rng, format="csr")
    return X, (np.asarray(X[:, :50].sum(axis=1)).ravel() > 1.2).astype(int)


CONTAINERS = {
    "csr_matrix": sparse.csr_matrix,
    "csr_array": sparse.csr_array,
    "csc_array": sparse.csc_array,
    "coo_matrix": sparse.coo_matrix,
    "int64 indices": lambda X: _with_int64(X),
    "float32": lambda X: X.astype(np.float32),
    "dense": lambda X: X.toarray(),
}


def _with_int64(X):
    X = sparse.csr_array(X, copy=True)
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adamw"])
def test_container_of_the_matrix_does_not_matter(container, optimizer, problem):
    X, y = problem
    clf = TorchClassifier(optimizer=optimizer, random_state=0, max_epochs=2, dtype="float64")
    expected = clf.fit(X, y).decision_function(X)
    other = CONTAINERS[container](X)
    found = clf.fit(other, y).decision_function(other)
    exact = container not in ("float32", "dense")
    np.testing.assert_allclose(found, expected, atol=1e-12 if exact else 2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adamw", "sgd"])
@pytest.mark.parametrize("hidden_layer_sizes", [(), (4,)])
def test_nothing_is_ever_made_dense(optimizer, hidden_layer_sizes, monkeypatch, rng):
    X = sparse.random_array((2000, 20_000), density=0.001, random_state=rng, format="csr")
    y = rng.randint(2, size=2000)

    def refuse(*args, **kwargs):
        raise AssertionError("a sparse matrix was made dense")

    for kind in (sparse.csr_array, sparse.csr_matrix, sparse.csc_array, sparse.coo_array):
        monkeypatch.setattr(kind, "toarray", refuse)
        monkeypatch.setattr(kind, "todense", refuse)
    monkeypatch.setattr(torch.Tensor, "to_dense", refuse)
    clf = TorchClassifier(
        optimizer=optimizer, hidden_layer_sizes=hidden_layer_sizes, max_epochs=2, random_state=0
    )
    tracemalloc.start()
    clf.fit(X, y).predict_proba(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.shape[0] * X.shape[1] * 4 / 20


def test_sparray_interface_of_scikit_learn_is_understood(multiclass):
    import sklearn

    texts, labels = multiclass
    if "sparse_interface" not in sklearn.get_config():
        pytest.skip("this scikit-learn has no sparse_interface")
    expected = TfidfTorchClassifier().fit(texts, labels).predict_proba(texts)
    with sklearn.config_context(sparse_interface="sparray"):
        found = TfidfTorchClassifier().fit(texts, labels).predict_proba(texts)
    np.testing.assert_array_equal(found, expected)


def test_row_sparse_steps_equal_dense_ones(problem):
    X, y = problem
    for optimizer in (torch.optim.Adagrad, torch.optim.SGD):
        params = {"optimizer": optimizer, "lr": 0.1, "max_epochs": 3, "random_state": 0}
        row_sparse = TorchClassifier(**params, dtype="float64").fit(X, y)
        assert row_sparse.net_.module_.head.sparse_gradient
        full = TorchClassifier(**params, dtype="float64").fit(X.toarray(), y)
        assert not full.net_.module_.head.sparse_gradient
        np.testing.assert_allclose(
            row_sparse.decision_function(X), full.decision_function(X), atol=1e-9
        )


def test_rows_of_an_empty_matrix_get_the_bias():
    module = MLP(5, 2)
    with torch.no_grad():
        module.head.bias.copy_(torch.tensor([1.0, -1.0]))
    empty = SparseRows.from_csr(sparse.csr_array((3, 5)), torch.float32)
    assert torch.equal(module(empty), torch.tensor([[1.0, -1.0]] * 3))


def test_predictions_do_not_depend_on_the_batch(problem):
    X, y = problem
    clf = TorchClassifier(hidden_layer_sizes=(8,), dtype="float64", random_state=0).fit(X, y)
    together = clf.decision_function(X)
    alone = np.concatenate([clf.decision_function(X[[row]]) for row in range(X.shape[0])])
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_rows_read_in_inference_mode_can_be_trained_on():
    rows = SparseRows.from_csr(sparse.csr_array(np.eye(3)), torch.float32)
    layer = SparseLinear(3, 2)
    with torch.inference_mode():
        layer(rows)
    layer(rows).sum().backward()
    assert layer.weight.grad.tolist() == [[1.0, 1.0]] * 3


def test_rows_that_were_read_pickle_their_values_once():
    rows = SparseRows.from_csr(sparse.csr_array(np.ones((3, 1000))), torch.float32)
    before = len(pickle.dumps(rows))
    rows.bag()
    assert len(pickle.dumps(rows)) < before + 1000
