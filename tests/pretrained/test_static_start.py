"""Networks on pieces of words start from the table of a static model, and train it or not."""

import pickle

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.base import clone
from static_models import DIM, OF_PIECES, PIECES, TABLE, model2vec, write_tokenizer

from sktext import CNNClassifier, FastTextClassifier, LSTMClassifier
from sktext._token_rows import N_RESERVED
from sktext.features import PretrainedTokenizer
from sktext.modules import EmbeddingInit

TEXTS = ["the late parcel", "parcels late again", "the bill", "bills again"] * 8
LABELS = ["delivery", "delivery", "billing", "billing"] * 8
CLASSIFIERS = {
    "fastText": FastTextClassifier(),
    "LSTM": LSTMClassifier(hidden_size=4),
    "CNN": CNNClassifier(),
}


@pytest.fixture(params=CLASSIFIERS)
def started(request, tmp_path):
    """A classifier of each kind that starts from the table."""
    folder = model2vec(tmp_path)
    return clone(CLASSIFIERS[request.param]).set_params(
        tokenizer=PretrainedTokenizer(folder / "tokenizer.json"),
        embedding_init=EmbeddingInit(folder),
        loss="focal",
        batch_size=8,
        max_epochs=1,
        random_state=0,
    )


def table_of(classifier):
    """Rows of the pieces in the table that a network has now."""
    rows = classifier.net_.module_.embedding.weight.detach().numpy()
    return rows[N_RESERVED : N_RESERVED + len(PIECES)]


@pytest.mark.parametrize("source", OF_PIECES)
def test_table_of_every_layout_is_written_by_piece(source, tmp_path):
    tokenizer = PretrainedTokenizer(write_tokenizer(tmp_path / "tokenizer.json")).fit(TEXTS)
    init = EmbeddingInit(OF_PIECES[source](tmp_path))
    matrix, found = init.build(tokenizer.vocabulary_)
    np.testing.assert_allclose(matrix[N_RESERVED:], TABLE.astype(np.float32), atol=1e-6)
    assert matrix.dtype == np.float32
    assert found.tolist() == [False] * N_RESERVED + [True] * len(PIECES)
    assert init.coverage_ == 1


@pytest.mark.parametrize("trainable", [1, False])
def test_frozen_network_has_the_table_that_was_given(started, trainable):
    started.set_params(embedding_init__trainable=trainable).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(table_of(started), TABLE)


def test_table_is_trained_from_where_it_starts(started):
    started.fit(TEXTS, LABELS)
    moved = np.abs(table_of(started) - TABLE).max(axis=1)
    used = [PIECES.index(piece) for piece in ("the", "late", "parcel", "bill")]
    assert (moved[used] > 0).all()
    assert moved.max() < 0.2
    assert started.embedding_init_.coverage_ == 1


def test_table_is_trained_after_the_frozen_epochs(started):
    started.set_params(embedding_init__trainable=1, max_epochs=2).fit(TEXTS, LABELS)
    assert (table_of(started) != TABLE).any()


def test_pickles_predict_the_same_without_the_files(started, tmp_path):
    expected = started.fit(TEXTS, LABELS).predict_proba(TEXTS)
    stored = pickle.dumps(started)
    for path in tmp_path.iterdir():
        path.unlink()
    np.testing.assert_array_equal(pickle.loads(stored).predict_proba(TEXTS), expected)


def test_words_are_refused_that_are_not_pieces(tmp_path):
    folder = model2vec(tmp_path)
    classifier = FastTextClassifier(embedding_init=EmbeddingInit(folder))
    with pytest.raises(ValueError, match=r"None of the 1 tokens .* has a vector"):
        classifier.fit(["zebra", "zebra"], [0, 1])


def test_vectors_have_the_length_that_is_asked_for(tmp_path):
    with pytest.raises(ValueError, match=rf"dim=9 .* have {DIM} numbers"):
        EmbeddingInit(model2vec(tmp_path)).build({"late": 2}, dim=9)


@pytest.mark.slow
def test_real_table_is_the_start_of_a_network(wordllama, sms):
    texts, labels = sms[0][:400], sms[1][:400]
    classifier = FastTextClassifier(
        tokenizer=PretrainedTokenizer(wordllama[1]),
        embedding_init=EmbeddingInit(wordllama, trainable=1),
        loss="focal",
        max_epochs=1,
        random_state=0,
    ).fit(texts, labels)
    table = load_file(wordllama[0])["embedding.weight"]
    rows = classifier.net_.module_.embedding.weight.detach().numpy()
    np.testing.assert_array_equal(rows[N_RESERVED : N_RESERVED + len(table)], table)
    assert classifier.set_params(max_epochs=5).fit(texts, labels).score(texts, labels) > 0.95
