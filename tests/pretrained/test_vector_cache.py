"""Each text is encoded once, whoever asks, and never by another model's vectors."""

import pickle
import sqlite3
import threading

import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.features import HybridVectorizer, SentenceEncoder
from sktext.features import _sentence_encoder as module
from sktext.features._vector_cache import FILE, FolderCache, ProcessCache
from sktext.model_selection import LossSearchCV

LOSSES = ["cross_entropy", "focal", "hinge", "poly1", "margin_ce", "crammer_singer"]
TEXTS = ["my refund is late", "parcel", "the invoice is not my parcel", "", "late"]


@pytest.fixture
def encoded(monkeypatch, tmp_path):
    """Texts that were encoded, in this process."""
    log = []
    plain = module.SentenceEncoder._encoded

    def counted(self, texts):
        log.extend(texts)
        return plain(self, texts)

    monkeypatch.setattr(module.SentenceEncoder, "_encoded", counted)
    return log


def rows_of(folder):
    with sqlite3.connect(folder / FILE) as connection:
        rows = connection.execute("SELECT key, value FROM vectors").fetchall()
    connection.close()
    return rows


def test_clones_pickles_and_shuffles_find_what_was_encoded(tiny_encoder, tmp_path, encoded):
    encoder = SentenceEncoder(tiny_encoder("bert"), cache=tmp_path)
    expected = encoder.fit_transform(TEXTS + TEXTS)
    assert sorted(encoded) == sorted(TEXTS)
    found = clone(encoder).fit_transform(TEXTS[::-1])
    np.testing.assert_array_equal(found[::-1], expected[:5])
    found = pickle.loads(pickle.dumps(encoder)).transform(TEXTS[1:])
    np.testing.assert_array_equal(found, expected[1:5])
    assert len(encoded) == 5
    encoder.transform([*TEXTS, "another one"])
    assert len(encoded) == 6


@pytest.mark.slow
def test_a_grid_search_encodes_each_text_once(tiny_encoder, binary, tmp_path, encoded):
    texts, labels = binary[0][:60], binary[1][:60]
    encoder = SentenceEncoder(tiny_encoder("bert", n_positions=512), cache=tmp_path)
    pipeline = Pipeline([("encode", encoder), ("classify", TorchClassifier(max_epochs=2))])
    GridSearchCV(pipeline, {"classify__loss": LOSSES}, cv=3).fit(texts, labels).predict(texts)
    assert sorted(encoded) == sorted(set(texts))


@pytest.mark.slow
def test_processes_share_a_folder(tiny_encoder, binary, tmp_path):
    texts, labels = binary[0][:60], binary[1][:60]
    encoder = SentenceEncoder(tiny_encoder("bert", n_positions=512), cache=tmp_path)
    pipeline = Pipeline([("encode", encoder), ("classify", TorchClassifier(max_epochs=2))])
    search = GridSearchCV(pipeline, {"classify__loss": LOSSES}, cv=3, n_jobs=2)
    search.fit(texts, labels)
    assert len(rows_of(tmp_path)) == len(set(texts))
    parts = [texts[i::4] for i in range(4)]
    found = Parallel(n_jobs=2)(delayed(clone(encoder).fit_transform)(part) for part in parts)
    for part, vectors in zip(parts, found, strict=True):
        expected = clone(encoder).set_params(cache=None).fit_transform(part)
        np.testing.assert_allclose(vectors, expected, atol=1e-5)


@pytest.mark.parametrize("hybrid", [False, True])
def test_a_search_over_losses_encodes_each_text_once(
    hybrid, tiny_encoder, binary, tmp_path, encoded
):
    texts, labels = binary[0][:60], binary[1][:60]
    vectorizer = SentenceEncoder(
        tiny_encoder("bert", n_positions=512), cache=tmp_path, normalize=True
    )
    if hybrid:
        vectorizer = HybridVectorizer(encoder=vectorizer)
    clf = TfidfTorchClassifier(vectorizer=vectorizer, max_epochs=2, random_state=0)
    LossSearchCV(clf, {"loss": LOSSES}, cv=3).fit(texts, labels)
    assert sorted(encoded) == sorted(set(texts))


@pytest.mark.slow
@pytest.mark.parametrize("cache", ["folder", True])
@pytest.mark.parametrize(
    "params",
    [
        {"pooling": "max"},
        {"normalize": True},
        {"prompt": "my "},
        {"max_length": 4},
        {"truncate_dim": 4},
        {"dtype": "bfloat16"},
        {"model": "other weights"},
        {"model": "other family"},
    ],
    ids=str,
)
def test_other_settings_get_other_vectors(cache, params, tiny_encoder, tmp_path, encoded):
    models = {
        "other weights": tiny_encoder("bert", seed=1),
        "other family": tiny_encoder("distilbert"),
    }
    params = {name: models.get(value, value) for name, value in params.items()}
    plain = SentenceEncoder(tiny_encoder("bert"), cache=tmp_path if cache == "folder" else cache)
    plain.fit_transform(["late my"])
    encoded.clear()
    other = clone(plain).set_params(**params)
    expected = clone(other).set_params(cache=None).fit_transform(["late my"])
    np.testing.assert_array_equal(other.fit_transform(["late my"]), expected)
    assert len(encoded) == 2


def test_copies_of_a_model_share_vectors(tiny_encoder, tmp_path, encoded):
    folder = tiny_encoder("bert")
    (tmp_path / "copy").symlink_to(folder)
    for model in (folder, tmp_path / "copy"):
        SentenceEncoder(model, cache=tmp_path / "cache").fit_transform(TEXTS)
    assert len(encoded) == 5


def test_an_interrupted_fit_leaves_what_was_encoded(tiny_encoder, tmp_path, monkeypatch):
    encoder = SentenceEncoder(tiny_encoder("bert"), cache=tmp_path, batch_tokens=1)
    plain = module.encode_batches

    def interrupted(*args):
        for i, batch in enumerate(plain(*args)):
            if i == 3:
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(module, "encode_batches", interrupted)
    with pytest.raises(KeyboardInterrupt):
        encoder.fit_transform(TEXTS)
    assert len(rows_of(tmp_path)) == 3


def test_flipped_bits_are_found(tiny_encoder, tmp_path, encoded):
    encoder = SentenceEncoder(tiny_encoder("bert"), cache=tmp_path)
    expected = encoder.fit_transform(TEXTS)
    with sqlite3.connect(tmp_path / FILE) as connection:
        rows = connection.execute("SELECT key, value FROM vectors").fetchall()
        for (key, value), bad in zip(rows, (0, 63, None), strict=False):
            damaged = bytearray(value)
            damaged[bad or 0] ^= 1
            value = None if bad is None else bytes(damaged)
            connection.execute("UPDATE vectors SET value = ? WHERE key = ?", (value, key))
    connection.close()
    encoded.clear()
    np.testing.assert_allclose(encoder.transform(TEXTS), expected, atol=1e-6)
    assert len(encoded) == 3
    encoder.transform(TEXTS)  # what was damaged has been replaced
    assert len(encoded) == 3


@pytest.mark.parametrize("kind", ["no database", "a file for a folder"])
def test_a_cache_that_cannot_be_used_is_said(kind, tiny_encoder, tmp_path):
    (tmp_path / FILE).write_text("no database " * 100)
    cache = tmp_path if kind == "no database" else tmp_path / FILE
    encoder = SentenceEncoder(tiny_encoder("bert"), cache=cache)
    with pytest.warns(UserWarning, match="texts are encoded as without it"):
        vectors = encoder.fit_transform(TEXTS)
    expected = encoder.set_params(cache=None).transform(TEXTS)
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_the_cache_of_the_process_has_a_limit():
    cache = ProcessCache(max_bytes=4 * 40)
    rows = np.arange(60, dtype=np.float32).reshape(6, 10)
    cache.put(list("abcdef"), rows)
    assert list(cache.get(list("abcdef"))) == list("cdef")
    cache.put(["f"], rows[:1])
    assert cache.n_bytes == 160
    np.testing.assert_array_equal(cache.get(["f"])["f"], rows[5])


def test_a_new_cache_is_opened_by_many_at_once(tmp_path):
    vector = np.ones((1, 3), np.float32)
    for round_number in range(20):
        folder, gate = tmp_path / str(round_number), threading.Barrier(8)

        def put(number, folder=folder, gate=gate):
            gate.wait()
            with FolderCache(folder) as cache:
                cache.put([bytes([number])], vector)

        threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(rows_of(folder)) == 8


def test_threads_share_a_cache(tiny_encoder, tmp_path):
    encoder = SentenceEncoder(tiny_encoder("bert"), cache=tmp_path).fit(TEXTS)
    expected = clone(encoder).set_params(cache=None).fit_transform(TEXTS)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(encoder.transform(TEXTS))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for vectors in found:
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
